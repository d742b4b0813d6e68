// Executes one notebook through a kernel of its own and writes its outputs into the file. Choosing notebooks and telling a person about
// them is main.ts.
//
//   read -> inject parameters -> clear outputs -> run cell after cell -> shut the kernel down -> write

import { basename, dirname, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Kernel, KernelDied } from "./kernel";
import { type NotebookCell, readNotebook, writeNotebook } from "./notebook-file";
import { OutputCollector } from "./outputs";
import { injectParameters, type Parameters } from "./parameters";

/** Where an execution stands: about to run code cell `cell` of `cells`, both counted from 1 and without empty cells. */
export interface CellStart {
  notebook: string;
  cell: number;
  cells: number;
  source: string;
}

export interface ExecuteOptions {
  /** What messages call the notebook; defaults to the name of its file. */
  name?: string;
  /** Where the executed notebook is written; defaults to the notebook's own file. */
  output?: string;
  /** Values for the notebook's parameters; defaults to none, which leaves the notebook's own defaults. */
  parameters?: Parameters;
  /** How long one cell may run, in seconds; defaults to no limit. */
  cellTimeout?: number;
  /** How long an interrupted cell may take to end before the kernel is killed, in seconds; defaults to 20. */
  interruptGrace?: number;
  /** Interrupts the running cell when aborted. */
  signal?: AbortSignal;
  /** Called before each cell. */
  onCell?: (start: CellStart) => void;
}

/** A cell of a notebook failed. The outputs up to there are in the written file. */
export class CellFailed extends Error {
  /**
   * @param notebook what messages call the notebook
   * @param cell number of the cell, from 1 among the notebook's code cells, as Jupyter shows it; undefined after the last one
   * @param source the cell's text
   * @param reason name and message of the kernel's error
   * @param traceback the kernel's account of the error
   * @param interrupted whether the cell was interrupted because the caller asked for it
   */
  constructor(
    readonly notebook: string,
    readonly cell: number | undefined,
    readonly source: string,
    readonly reason: string,
    readonly traceback: string,
    readonly interrupted: boolean,
  ) {
    super(`${notebook}, ${cell === undefined ? "after its last cell" : `cell ${cell}`}: ${reason}`);
    this.name = "CellFailed";
  }
}

/**
 * Executes the notebook in `file`, with the notebook's folder as the kernel's working directory.
 * @throws CellFailed when a cell fails, the kernel dies, or a cell runs past the time limit.
 * @throws Error when the notebook or its parameters are not valid, or the kernel does not start.
 */
export async function executeNotebook(file: string, options: ExecuteOptions = {}): Promise<void> {
  const name = options.name ?? basename(file);
  const notebook = injectParameters(readNotebook(file), options.parameters ?? {}, name);
  delete notebook.metadata.papermill;
  const cells = notebook.cells.filter((cell) => cell.cell_type === "code");
  for (const cell of cells) clear(cell);

  const kernel = await Kernel.start(dirname(resolve(file)));
  try {
    notebook.metadata.language_info = kernel.languageInfo;
    await runCells(kernel, name, cells, options);
    const end = await kernel.shutdown();
    // Left-over work that hangs is ended without a word, as Jupyter does; left-over work that fails is not.
    if (end.code !== 0 && end.signal !== "SIGKILL") {
      const reason = `work that it left running failed: the kernel ended with ${end.signal ?? `exit code ${end.code}`}`;
      const output = { output_type: "error", ename: "KernelDied", evalue: reason, traceback: [end.log] };
      cells.findLast((cell) => cell.execution_count !== null)?.outputs?.push(output);
      throw new CellFailed(name, undefined, "", reason, end.log, false);
    }
  } finally {
    await kernel.kill();
    writeNotebook(options.output ?? file, notebook);
  }
}

async function runCells(
  kernel: Kernel,
  name: string,
  all: NotebookCell[],
  options: ExecuteOptions,
): Promise<void> {
  const cells = all.filter((cell) => cell.source.trim() !== "");
  const collector = new OutputCollector();
  for (const [index, cell] of cells.entries()) {
    const number = index + 1;
    options.onCell?.({ notebook: name, cell: number, cells: cells.length, source: cell.source });
    const fail = (ename: string, evalue: string, traceback: string[]) => {
      if (!cell.outputs?.some((output) => output.output_type === "error")) {
        collector.append(cell, { output_type: "error", ename, evalue, traceback });
      }
      const interrupted = options.signal?.aborted ?? false;
      return new CellFailed(
        name,
        number,
        cell.source,
        `${ename}: ${evalue}`,
        traceback.join("\n"),
        interrupted,
      );
    };
    if (options.signal?.aborted) throw fail("Interrupt", "interrupted before this cell was run", []);
    const limits = new CellLimits(kernel, options);
    try {
      const reply = await kernel.execute(cell.source, (message) => {
        collector.take(cell, message);
        // The kernel announces a cell's input when it starts it; an interrupt sent before that would be lost.
        limits.begin();
      });
      if (limits.exceeded) {
        throw fail("CellTimeout", limits.exceeded, []);
      }
      if (reply.status !== "ok") {
        throw fail(
          String(reply.ename ?? reply.status),
          String(reply.evalue ?? ""),
          (reply.traceback ?? []) as string[],
        );
      }
    } catch (error) {
      if (!(error instanceof KernelDied)) throw error;
      if (limits.exceeded) throw fail("CellTimeout", limits.exceeded, []);
      throw fail("KernelDied", error.message, []);
    } finally {
      limits.end();
    }
  }
}

/** Watches one running cell: interrupts it at its time limit or on request, and kills a kernel that does not heed that. */
class CellLimits {
  /** Says which limit the cell ran past, once it has. */
  exceeded: string | undefined;
  #over = new AbortController();
  #begun = false;

  constructor(
    readonly kernel: Kernel,
    readonly options: ExecuteOptions,
  ) {}

  /** Starts watching, once. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const { cellTimeout, signal } = this.options;
    const stop = () => void this.#stop();
    if (cellTimeout !== undefined) {
      void this.#wait(cellTimeout).then((passed) => {
        if (!passed) return;
        this.exceeded = `the cell ran past its limit of ${cellTimeout} s and was interrupted`;
        stop();
      });
    }
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { signal: this.#over.signal });
  }

  end(): void {
    this.#over.abort();
  }

  async #stop(): Promise<void> {
    this.kernel.interrupt();
    if (!(await this.#wait(this.options.interruptGrace ?? 20))) return;
    if (this.exceeded) this.exceeded += "; it did not stop, so the kernel was killed";
    await this.kernel.kill();
  }

  /** Whether `seconds` have passed before the cell ended. */
  #wait(seconds: number): Promise<boolean> {
    return delay(seconds * 1000, true, { signal: this.#over.signal }).catch(() => false);
  }
}

/** Removes what an earlier execution left in a code cell, and the clock times that other tools leave there. */
function clear(cell: NotebookCell): void {
  cell.outputs = [];
  cell.execution_count = null;
  delete cell.metadata.execution;
  delete cell.metadata.papermill;
}
