// What the kernel remembers of every executed cell: its text, and the way back from a line of the compiled code to a line of that text.
// The compiler is asked for source maps through its own options; formatting of errors is in failure.ts.

import { SourceMap, type SourceMapPayload } from "node:module";
import type { Compiler } from "./tslab";

const inlineMap = /\n?\/\/# sourceMappingURL=data:application\/json;base64,([\w+/=]+)\s*$/;

/** Lines that tslab puts before the cell's text when it compiles it ("export {};"). */
const compilerLines = 1;

/** A place in a cell's own text: one-based line and column. */
export interface Place {
  line: number;
  column: number;
}

/** An executed cell: how it is called in stack traces and in messages, its text, and its source maps once compiled. */
export class CellSource {
  #maps: [SourceMap, SourceMap] | undefined;
  #compiledLines = 0;

  /**
   * @param id unique in this kernel; stack traces name the cell `cell[id]`
   * @param label how messages name it: its execution count
   * @param text the cell's own text
   */
  constructor(
    readonly id: number,
    readonly label: string,
    readonly text: string,
  ) {}

  /** The compiled code, changed so that stack traces name this cell and count lines as the source maps do. */
  adopt(output: string, payloads: [SourceMapPayload, SourceMapPayload] | undefined): string {
    this.#maps = payloads && [new SourceMap(payloads[0]), new SourceMap(payloads[1])];
    this.#compiledLines = output.split("\n").length;
    // tslab puts a function head before the first line: the line feed keeps the columns of the first line right.
    return `\n${output}\n//# sourceURL=cell[${this.id}]`;
  }

  /** Where in the cell's text the compiled position (one-based) comes from; undefined when it is not the cell's own code. */
  original(line: number, column: number): Place | undefined {
    const compiledLine = line - 2;
    if (this.#maps === undefined || compiledLine < 0 || compiledLine >= this.#compiledLines) return undefined;
    const [toScript, toCompiled] = this.#maps;
    const script = toCompiled.findEntry(compiledLine, column - 1);
    if (!("originalLine" in script)) return undefined;
    const source = toScript.findEntry(script.originalLine, script.originalColumn);
    if (!("originalLine" in source) || source.originalLine < compilerLines) return undefined;
    return { line: source.originalLine - compilerLines + 1, column: source.originalColumn + 1 };
  }
}

/**
 * Makes the compiler keep source maps, and returns a function that gives the two maps (TypeScript to script, script to CommonJS) of an
 * output of tslab's converter, once.
 */
export function recordSourceMaps(
  compiler: Compiler,
): (output: string) => [SourceMapPayload, SourceMapPayload] | undefined {
  const recorded = new Map<string, [SourceMapPayload, SourceMapPayload]>();
  const { createWatchCompilerHost, transpileModule } = compiler;
  compiler.createWatchCompilerHost = (files, options, ...rest) =>
    createWatchCompilerHost(files, { ...options, inlineSourceMap: true }, ...rest);
  compiler.transpileModule = (input, options) => {
    const found = inlineMap.exec(input);
    if (!found) return transpileModule(input, options);
    const result = transpileModule(input.slice(0, found.index), {
      ...options,
      compilerOptions: { ...options.compilerOptions, sourceMap: true },
    });
    const outputText = result.outputText.replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, "\n");
    if (result.sourceMapText !== undefined) {
      const first = JSON.parse(Buffer.from(found[1]!, "base64").toString("utf8"));
      recorded.set(outputText, [first, JSON.parse(result.sourceMapText)]);
    }
    return { ...result, outputText };
  };
  return (output) => {
    const maps = recorded.get(output);
    recorded.clear();
    return maps;
  };
}
