/**
 * The notebooks with outputs that belong to one results folder: executed on it, or taken as they stand where that is the same.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CellFailed, type CellStart, executeNotebook } from "../jupyter/execute-notebook";
import { hasTag, type NotebookCell, readNotebook } from "../jupyter/notebook-file";
import { declaredParameters } from "../jupyter/parameters";
import { selectNotebooks } from "../jupyter/reading-order";
import { namedStudy, resultsFolder } from "../notebook/project";
import { referenceOf } from "../notebook/reference";
import type { Study } from "../studies/study";
import { studyHash } from "../studies/trials";
import type { TrialRecord } from "../sweep/record";
import { readResultsOf } from "../sweep/results";
import type { ReportNotebook } from "./contents";

/** The results that a report is about: all trials of the study. */
export interface ReportedResults {
  readonly study: Study;
  readonly records: readonly TrialRecord[];
}

export interface ExecutionOptions {
  /** Interrupts the running cell when aborted. */
  readonly signal?: AbortSignal;
  /** Called before each cell. */
  readonly onCell?: (start: CellStart, notebook: number, notebooks: number) => void;
}

/**
 * Executes the notebooks of a folder on the results. They work on a copy of the ledger, and only copies of them are written, so that
 * neither the results nor the notebooks change.
 *
 * @throws CellFailed where a cell fails or is interrupted
 */
export async function executedNotebooks(
  folder: string,
  { study, records }: ReportedResults,
  options: ExecutionOptions = {},
): Promise<ReportNotebook[]> {
  const scratch = mkdtempSync(join(tmpdir(), "offcurve-report-"));
  try {
    const results = join(scratch, study.name);
    mkdirSync(results);
    writeFileSync(join(results, "study.json"), `${JSON.stringify(study)}\n`);
    writeFileSync(
      join(results, "ledger.jsonl"),
      records.map((record) => `${JSON.stringify(record)}\n`).join(""),
    );
    const parameters = { study: join(results, "study.json"), results };
    const files = selectNotebooks(folder, []);
    const executed: ReportNotebook[] = [];
    for (const [i, file] of files.entries()) {
      const output = join(scratch, file);
      mkdirSync(dirname(output), { recursive: true });
      try {
        await executeNotebook(join(folder, file), {
          name: file,
          parameters,
          output,
          onCell: (start) => options.onCell?.(start, i + 1, files.length),
          ...(options.signal && { signal: options.signal }),
        });
      } catch (error) {
        throw error instanceof CellFailed ? asNumbered(join(folder, file), error) : error;
      }
      executed.push({ file, cells: readNotebook(output).cells });
    }
    return executed;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The failure with the cell's number in the reader's own notebook, which lacks the cell that sets the parameters. */
function asNumbered(file: string, failure: CellFailed): CellFailed {
  const code = codeCells(readNotebook(file).cells);
  const parameters = code.findIndex((cell) => hasTag(cell, "parameters")) + 1;
  const { notebook, cell, source, reason, traceback, interrupted } = failure;
  if (cell === undefined || cell <= parameters || code.some((each) => hasTag(each, "injected-parameters"))) {
    return failure;
  }
  return new CellFailed(notebook, cell - 1, source, reason, traceback, interrupted);
}

/** The cells that are executed. */
function codeCells(cells: readonly NotebookCell[]): NotebookCell[] {
  return cells.filter((cell) => cell.cell_type === "code" && cell.source.trim() !== "");
}

/**
 * The notebooks of a folder with the outputs that they hold already.
 *
 * @throws where they were not executed whole, or on other results than these
 */
export function notebooksAsTheyStand(folder: string, results: ReportedResults): ReportNotebook[] {
  const notebooks = selectNotebooks(folder, []).map((file) => ({
    file,
    cells: readNotebook(join(folder, file)).cells,
  }));
  for (const notebook of notebooks) {
    requireExecuted(notebook);
    requireSameStudy(notebook, results.study);
  }
  const read = resultsByDefault(results.study);
  if (!results.records.every((record) => isDeepStrictEqual(record, read.get(record.id)))) {
    throw new Error(
      `the notebooks in ${folder} show other results than these; leave out --no-execute to execute them on these`,
    );
  }
  return notebooks;
}

const REMEDY = "execute it again (npm run notebooks), or leave out --no-execute";

function requireExecuted({ file, cells }: ReportNotebook): void {
  for (const [i, { execution_count, outputs = [] }] of codeCells(cells).entries()) {
    const failed = outputs.find(({ output_type }) => output_type === "error");
    if (failed) {
      throw new Error(
        `${file}, cell ${i + 1}: failed with ${failed.ename}: ${failed.evalue}; mend it and ${REMEDY}`,
      );
    }
    if (typeof execution_count !== "number") {
      throw new Error(`${file}, cell ${i + 1}: was not executed; ${REMEDY}`);
    }
  }
}

/** The notebook names this study itself, and nobody set other values when it was executed. */
function requireSameStudy({ file, cells }: ReportNotebook, study: Study): void {
  const parameters = cells.find((cell) => hasTag(cell, "parameters"));
  const declared = declaredParameters(parameters?.source ?? "").find(({ name }) => name === "study");
  const named = declared === undefined ? undefined : namedStudy(JSON.parse(declared.value) as string);
  const changed = cells.some((cell) => hasTag(cell, "injected-parameters"));
  if (changed || named === undefined || studyHash(named) !== studyHash(study)) {
    throw new Error(
      `${file} was executed with other parameters than the study ${study.name} by default; ${REMEDY}`,
    );
  }
}

/** What notebooks read that are executed without parameters: the default results folder, filled up from the reference run. */
function resultsByDefault(study: Study): Map<string, TrialRecord> {
  const own = readResultsOf(study, resultsFolder(study, "")).records;
  return new Map([...referenceOf(study), ...own.map((record) => [record.id, record] as const)]);
}
