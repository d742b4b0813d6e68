// The kernel's cells: runs one at a time and decides whether it failed. Holds the rules for rejections and exceptions that nobody awaited,
// for interrupts and for process.exit. Messages to the front end are server.ts.
//
// Who fails for an error that no cell awaited:
//  1. the cell whose code caused it, when that cell is still running. A cell is finished only after one turn of the event loop in which
//     rejections already due have surfaced;
//  2. else, when another cell is running, that cell, with the name of the one that left the work behind;
//  3. else the next cell, before any of its code runs; and if no cell follows, the kernel ends with exit code 1.
// An error of a cell that has already been reported as failed is shown with that cell and fails no other.

import { AsyncLocalStorage } from "node:async_hooks";
import { provideCellSignal } from "../cell-signal";
import { CellSource } from "./cell-source";
import type { MendedExecutor, Outcome } from "./executor";
import { describeDiagnostics, describeThrown, type Failure } from "./failure";
import type { Printed } from "./printed";

/** How long a cell that holds its signal may take to end after an interrupt, in milliseconds. A second interrupt ends it at once. */
const interruptGrace = 15_000;

/** How many past cells stack traces can still be traced to. */
const remembered = 1000;

interface Cell extends CellSource {
  controller: AbortController;
  /** Whether the cell's code asked for its signal, and so is trusted to stop by itself. */
  heedsSignal: boolean;
  interrupted: boolean;
  exitCode: number | undefined;
  /** Failures that reached the cell from outside its own awaited code. */
  strays: Failure[];
  state: "running" | "done" | "failed";
  output: CellOutput;
}

/** Where a cell is shown, also after it has finished. */
export interface CellOutput {
  show(failure: Failure): void;
  printed: Printed;
}

const interruption: Failure = {
  ename: "Interrupt",
  evalue: "the kernel was interrupted",
  traceback: ["Interrupt: the kernel was interrupted while this cell was running."],
};

export class Cells {
  #context = new AsyncLocalStorage<Cell>();
  #cells = new Map<number, Cell>();
  #running: Cell | undefined;
  #unreported: Failure[] = [];
  #closed = false;
  #lastId = 0;

  /** @param report writes text where it is seen when no cell can show it, such as the kernel's own error stream */
  constructor(
    readonly executor: MendedExecutor,
    readonly report: (text: string) => void,
  ) {
    provideCellSignal(() => {
      const cell = this.#context.getStore() ?? this.#running;
      if (cell) cell.heedsSignal = true;
      return cell?.controller.signal;
    });
  }

  /**
   * Runs one cell to its end. Answers its failure, or undefined when it succeeded; `exitCode` is set when the cell asked the process to end.
   * @param output where a failure is shown that comes to light after the cell has finished
   */
  async run(
    code: string,
    label: string,
    output: CellOutput,
  ): Promise<{ failure?: Failure; exitCode?: number }> {
    const cell = this.#begin(code, label, output);
    let failure = this.#takeUnreported();
    if (!failure) {
      const outcome = await this.#context.run(cell, () => this.executor.run(cell));
      await turnOfTheLoop();
      failure = this.#verdict(cell, outcome);
    }
    cell.state = failure ? "failed" : "done";
    this.#running = undefined;
    if (failure) cell.controller.abort(interruptError("the cell has failed"));
    return { ...(failure && { failure }), ...(cell.exitCode !== undefined && { exitCode: cell.exitCode }) };
  }

  /** Interrupts the running cell, if there is one. */
  interrupt(): void {
    const cell = this.#running;
    if (!cell) return;
    const again = cell.interrupted;
    cell.interrupted = true;
    cell.controller.abort(interruptError(interruption.evalue));
    if (again || !cell.heedsSignal) this.executor.interrupt();
    else setTimeout(() => cell.state === "running" && this.executor.interrupt(), interruptGrace).unref();
  }

  /** Where the failed cell is shown whose left-over code is asking; undefined for all other code. */
  failedCaller(): CellOutput | undefined {
    const cell = this.#context.getStore();
    return cell?.state === "failed" ? cell.output : undefined;
  }

  /** Takes an exception that nobody caught or a rejection that nobody handled. */
  stray(reason: unknown): void {
    const failure = describeThrown(reason, this.#context.getStore(), (id) => this.#cells.get(id));
    const cause = this.#context.getStore() ?? this.#causeInText(failure) ?? this.#running;
    if (this.#closed) {
      this.report(`${late(failure, cause).traceback.join("\n")}\n`);
      process.exit(1);
    }
    if (cause && cause.state !== "running") cause.output.show(failure);
    if (cause?.state === "failed") return;
    if (this.#running === undefined) {
      this.#unreported.push(late(failure, cause));
      return;
    }
    this.#running.strays.push(cause === this.#running ? failure : late(failure, cause));
    this.executor.interrupt();
  }

  /** Whether `process.exit` was called by the running cell; if so the cell fails, and the kernel ends once that has been told. */
  exits(code: number): boolean {
    const cell = this.#running;
    if (!cell || this.#closed) return false;
    cell.exitCode = code;
    cell.strays.unshift({
      ename: "KernelExit",
      evalue: `the cell ended the kernel with process.exit(${code})`,
      traceback: [`KernelExit: the cell ended the kernel with process.exit(${code}).`],
    });
    this.executor.interrupt();
    return true;
  }

  /** The kernel is ending: failures that no cell has shown make it end with exit code 1. */
  close(): void {
    this.#closed = true;
    const failure = this.#takeUnreported();
    if (!failure) return;
    this.report(`${failure.traceback.join("\n")}\n`);
    process.exitCode = 1;
  }

  #begin(code: string, label: string, output: CellOutput): Cell {
    const id = ++this.#lastId;
    const cell: Cell = Object.assign(new CellSource(id, label, code), {
      controller: new AbortController(),
      heedsSignal: false,
      interrupted: false,
      exitCode: undefined,
      strays: [],
      state: "running" as const,
      output,
    });
    this.#cells.set(id, cell);
    this.#cells.delete(id - remembered);
    this.#running = cell;
    return cell;
  }

  #verdict(cell: Cell, outcome: Outcome): Failure | undefined {
    const stopped =
      (outcome.thrown?.value as { code?: unknown } | undefined)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED";
    if (cell.exitCode !== undefined) return cell.strays[0];
    if (cell.interrupted || stopped) return interruption;
    if (cell.strays.length > 0) return together(cell.strays);
    if (outcome.ok) return undefined;
    if (outcome.diagnostics.length > 0) return describeDiagnostics(outcome.diagnostics, cell);
    return describeThrown(outcome.thrown?.value, cell, (id) => this.#cells.get(id));
  }

  #takeUnreported(): Failure | undefined {
    const failures = this.#unreported;
    this.#unreported = [];
    return failures.length > 0 ? together(failures) : undefined;
  }

  /** The cell that the topmost cell frame of a traceback names. */
  #causeInText(failure: Failure): Cell | undefined {
    const label = /\(cell \[(.*?)\], line /.exec(failure.traceback.join("\n"))?.[1];
    return [...this.#cells.values()].reverse().find((cell) => cell.label === label);
  }
}

function together(failures: readonly Failure[]): Failure {
  return { ...failures[0]!, traceback: failures.flatMap((failure) => failure.traceback) };
}

function late(failure: Failure, cause: Cell | undefined): Failure {
  const origin = cause
    ? `left running by cell [${cause.label}], which had already finished`
    : "raised outside any cell";
  return {
    ename: failure.ename,
    evalue: `${failure.evalue} (${origin})`,
    traceback: [`This error was ${origin}:`, ...failure.traceback],
  };
}

function interruptError(message: string): Error {
  const error = new Error(message);
  error.name = interruption.ename;
  return error;
}

/** Lets timers that are due, and rejections already made, run. */
async function turnOfTheLoop(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => setImmediate(resolve));
}
