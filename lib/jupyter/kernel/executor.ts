// tslab's executor, mended to say why a cell failed: the thrown value or the compiler's diagnostics, which it otherwise only prints.
// When to run a cell, and what else may make it fail, is server.ts.

import { type CellSource, recordSourceMaps } from "./cell-source";
import type { Converter, ConverterSet, Diagnostic, Executor, Tslab } from "./tslab";

/** What became of a cell's own code: it may have completed, thrown, or been refused by the compiler. */
export interface Outcome {
  ok: boolean;
  thrown?: { value: unknown };
  diagnostics: Diagnostic[];
}

/** An executor whose `run` tells the outcome; `execute` stays as tslab has it. */
export interface MendedExecutor extends Executor {
  run(cell: CellSource): Promise<Outcome>;
}

const diagnosticFormat = "%s%d:%d - %s";

/** Makes every executor that tslab creates from now on a `MendedExecutor`. */
export function mendExecutor(tslab: Tslab): void {
  const takeMaps = recordSourceMaps(tslab.compiler);
  const { createExecutor } = tslab.executor;
  tslab.executor.createExecutor = (rootDir, converters, { log }) => {
    let cell: CellSource | undefined;
    let outcome: Outcome = { ok: true, diagnostics: [] };

    const mendConverter = (converter: Converter): Converter => ({
      ...converter,
      convert(previousDeclarations, source) {
        const result = converter.convert(previousDeclarations, source);
        outcome.diagnostics.push(...result.diagnostics);
        if (!result.output || !cell) return result;
        return { ...result, output: cell.adopt(result.output, takeMaps(result.output)) };
      },
      addModule(name, content, metadata) {
        const diagnostics = converter.addModule(name, content, metadata);
        outcome.diagnostics.push(...diagnostics);
        return diagnostics;
      },
    });
    const executor = createExecutor(rootDir, mendConverters(converters, mendConverter), {
      log,
      // Diagnostics arrive here too, but the converter gives them whole.
      error(...values) {
        if (values[0] !== diagnosticFormat || values.length !== 5) outcome.thrown ??= { value: values[0] };
      },
    });

    async function run(source: CellSource): Promise<Outcome> {
      cell = source;
      const mine: Outcome = { ok: false, diagnostics: [] };
      outcome = mine;
      try {
        mine.ok = await executor.execute(source.text);
      } catch (error) {
        mine.thrown ??= { value: error };
      }
      // tslab accepts a `@module` cell whatever the compiler said of it.
      if (mine.diagnostics.length > 0) mine.ok = false;
      return mine;
    }
    return Object.assign(executor, { run });
  };
}

/** The converters are created on first use, so they are mended on first use. */
function mendConverters(converters: ConverterSet, mend: (converter: Converter) => Converter): ConverterSet {
  let node: Converter | undefined;
  let browser: Converter | undefined;
  return {
    get node() {
      node ??= mend(converters.node);
      return node;
    },
    get browser() {
      browser ??= mend(converters.browser);
      return browser;
    },
    close: () => converters.close(),
  };
}
