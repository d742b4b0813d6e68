// The command `npm run notebooks [-- NAME…]`: executes the project's notebooks in reading order and tells how it goes.
// Which notebooks there are is reading-order.ts; how one is executed is execute-notebook.ts.

import { mkdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { CellFailed, type CellStart, executeNotebook } from "./execute-notebook";
import type { Parameters } from "./parameters";
import { selectNotebooks } from "./reading-order";

interface Options {
  study?: string;
  parameter: Parameters;
  cellTimeout?: number;
  notebooks: string;
  output?: string;
}

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** The account of a failed cell that a person reads: notebook, cell number and source, and the kernel's message. */
export function describeFailure(failure: CellFailed): string {
  const source = failure.source.split("\n").map((line) => `    ${line}`.trimEnd());
  const cell = failure.cell === undefined ? [] : ["", ...source];
  // The traceback starts with the reason only for thrown errors, so the reason is always told first.
  const account = failure.traceback === "" ? [] : ["", failure.traceback];
  return [failure.message, ...cell, ...account, ""].join("\n");
}

async function run(names: readonly string[], options: Options): Promise<number> {
  const folder = resolve(options.notebooks);
  const parameters = { ...options.parameter, ...(options.study !== undefined && { study: options.study }) };
  const { controller, exitCode } = interruptions();
  const progress = progressLine();
  for (const file of selectNotebooks(folder, names)) {
    const started = Date.now();
    const written = join(options.output ?? folder, file);
    mkdirSync(dirname(written), { recursive: true });
    try {
      await executeNotebook(join(folder, file), {
        name: file,
        output: written,
        parameters,
        signal: controller.signal,
        onCell: progress.show,
        ...(options.cellTimeout !== undefined && { cellTimeout: options.cellTimeout }),
      });
      progress.finish(`${file}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    } catch (error) {
      progress.finish(`${file}: failed`);
      if (!(error instanceof CellFailed)) throw error;
      console.error(`\n${describeFailure(error)}`);
      console.error(`The outputs so far are in ${relative("", written)}.`);
      return error.interrupted ? exitCode() : 1;
    }
    if (controller.signal.aborted) return exitCode();
  }
  return 0;
}

/** The first signal interrupts the running cell, so that what it has finished is saved; a second one ends everything at once. */
function interruptions(): { controller: AbortController; exitCode: () => number } {
  const controller = new AbortController();
  let code = 1;
  for (const [name, value] of Object.entries(exitCodes)) {
    process.on(name, () => {
      code = value;
      if (controller.signal.aborted) process.exit(code);
      console.error(`\n${name}: interrupting the running cell; once more to stop at once.`);
      controller.abort();
    });
  }
  return { controller, exitCode: () => code };
}

/** On a terminal one line that is replaced, else one line a cell. */
function progressLine(): { show: (start: CellStart) => void; finish: (text: string) => void } {
  const { stdout } = process;
  return {
    show({ notebook, cell, cells, source }) {
      const first = source.trim().split("\n")[0]!;
      const text = `${notebook}: cell ${cell} of ${cells}: ${first}`;
      if (stdout.isTTY) stdout.write(`\r\u001b[K${text.slice(0, (stdout.columns || 80) - 1)}`);
      else stdout.write(`${text}\n`);
    },
    finish: (text) => void stdout.write(`${stdout.isTTY ? "\r\u001b[K" : ""}${text}\n`),
  };
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("It must be a number of seconds above 0.");
  return value;
}

function parameter(text: string, before: Parameters): Parameters {
  const [, name, value] = /^([A-Za-z_$][\w$]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError("It must be NAME=VALUE.");
  try {
    return { ...before, [name]: JSON.parse(value!) };
  } catch {
    return { ...before, [name]: value };
  }
}

/** The command line of `npm run notebooks`. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command("notebooks")
    .description("Execute the notebooks in order and write their outputs into them; no Python is needed.")
    .argument(
      "[names...]",
      "notebooks to execute, by name or its beginning, such as 01 or metz-2022 (default: all)",
    )
    .option("--study <name>", "value for the notebooks' parameter `study`")
    .option(
      "--parameter <name=value>",
      "value for another parameter: JSON, or else text (repeatable)",
      parameter,
      {},
    )
    .option(
      "--cell-timeout <seconds>",
      "stop at a cell that runs longer than this (default: no limit)",
      seconds,
    )
    .option("--notebooks <folder>", "where the notebooks are", "notebooks")
    .option("--output <folder>", "where to write the executed notebooks (default: in place)")
    .action(async (names: string[], options: Options) => {
      process.exitCode = await run(names, options);
    });
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

if (require.main === module) void main(process.argv);
