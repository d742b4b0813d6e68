// The parts of tslab 1.0 that the preload builds on, as types, and which installed tslab a kernel process will run.
// tslab keeps these modules internal, so this file is where a new tslab version has to be compared with its source.

import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A position of tslab's: zero-based line and character in the cell's own text. */
export interface Position {
  line: number;
  character: number;
}

/** One message of the TypeScript compiler about a cell. `fileName` is set when it is about another file. */
export interface Diagnostic {
  start: Position;
  end: Position;
  messageText: string;
  code: number;
  fileName?: string;
}

export interface Conversion {
  diagnostics: Diagnostic[];
  output?: string;
}

export interface Converter {
  convert(previousDeclarations: string, source: string): Conversion;
  addModule(name: string, content: string, metadata: unknown): Diagnostic[];
  inspect(...args: unknown[]): unknown;
  complete(...args: unknown[]): unknown;
  close(): void;
}

export interface ConverterSet {
  readonly node: Converter;
  readonly browser: Converter;
  close(): void;
}

export interface Executor {
  execute(code: string): Promise<boolean>;
  interrupt(): void;
}

export interface ExecutorConsole {
  log(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

export interface KernelMessage {
  header: { msg_type: string; msg_id: string };
  content: Record<string, unknown>;
  createReply(): KernelMessage;
  signAndSend(key: string, socket: unknown): void;
}

export interface KernelServer {
  connInfo: { key: string };
  iopub: unknown;
  handler: { executor: Executor };
  init(): Promise<void>;
  close(): void;
  publishStatus(status: string, parent: KernelMessage): void;
  handleExecute(socket: unknown, message: KernelMessage): Promise<void>;
  handleShellMessage(socket: unknown, ...frames: Buffer[]): Promise<void>;
}

export type WriteDisplayData = (content: Record<string, unknown>, update?: boolean) => void;

/** A node of a cell's syntax tree. */
export interface SyntaxNode {
  readonly parent?: SyntaxNode;
  readonly name?: SyntaxNode;
  readonly propertyName?: SyntaxNode;
}

interface TypeChecker {
  getSymbolAtLocation(node: SyntaxNode): unknown;
  getShorthandAssignmentValueSymbol(node: SyntaxNode): unknown;
}

interface CompilerHost {
  createProgram(...parts: unknown[]): { getProgram(): { getTypeChecker(): TypeChecker } };
}

/** The compiler functions that tslab calls through its module object, and that the preload mends or asks for source maps. */
export interface Compiler {
  readonly factory: { createPropertyAssignment(name: SyntaxNode, value: SyntaxNode): SyntaxNode };
  isBindingElement(node: SyntaxNode): boolean;
  isShorthandPropertyAssignment(node: SyntaxNode): boolean;
  visitEachChild(node: SyntaxNode, visitor: (node: SyntaxNode) => SyntaxNode, context: unknown): SyntaxNode;
  createWatchCompilerHost(
    files: string[],
    options: Record<string, unknown>,
    ...rest: unknown[]
  ): CompilerHost;
  transpileModule(
    input: string,
    options: { compilerOptions: Record<string, unknown> },
  ): { outputText: string; sourceMapText?: string };
}

export interface Tslab {
  /** The folder of tslab's compiled files. */
  dist: string;
  compiler: Compiler;
  executor: {
    createExecutor(rootDir: string, converters: ConverterSet, console: ExecutorConsole): Executor;
  };
  jupyter: { lastWriteDisplayData: WriteDisplayData | null; ZmqServer: { prototype: KernelServer } };
}

/**
 * Loads the tslab that a kernel started as `script` in folder `cwd` will run: like tslab itself, the one installed nearest above
 * `cwd`, else the one that `script` belongs to. Returns undefined when `script` is not tslab's command.
 */
export function loadTslab(script: string, cwd: string): Tslab | undefined {
  const own = dirname(dirname(realpathSync(script)));
  if (!existsSync(join(own, "dist", "jupyter.js"))) return undefined;
  const dist = join(nearestInstalled(cwd) ?? own, "dist");
  const load = createRequire(join(dist, "main.js"));
  return {
    dist,
    compiler: replaceableCompiler(load),
    executor: load(join(dist, "executor.js")),
    jupyter: load(join(dist, "jupyter.js")),
  };
}

/** The TypeScript module with functions that can be replaced: its own exports are read-only. To be called before tslab loads it. */
function replaceableCompiler(load: NodeJS.Require): Compiler {
  const file = load.resolve("@tslab/typescript-for-tslab");
  const original = load(file) as Compiler;
  const compiler = Object.create(null, {
    ...Object.getOwnPropertyDescriptors(original),
    createWatchCompilerHost: { value: original.createWatchCompilerHost, writable: true, enumerable: true },
    transpileModule: { value: original.transpileModule, writable: true, enumerable: true },
    visitEachChild: { value: original.visitEachChild, writable: true, enumerable: true },
  }) as Compiler;
  load.cache[file]!.exports = compiler;
  return compiler;
}

function nearestInstalled(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", "tslab");
    if (existsSync(join(candidate, "dist", "main.js"))) return realpathSync(candidate);
    if (folder === dirname(folder)) return undefined;
  }
}
