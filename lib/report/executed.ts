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
import { notebooksIn, READING_ORDER } from "../jupyter/reading-order";
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

/** Notebooks for a report, and a sentence about each one that is not in it, or not whole. */
export interface ChosenNotebooks {
  readonly notebooks: readonly ReportNotebook[];
  readonly notices: readonly string[];
}

export interface ExecutionOptions {
  /** Interrupts the running cell when aborted. */
  readonly signal?: AbortSignal;
  /** Called before each cell. */
  readonly onCell?: (start: CellStart, notebook: number, notebooks: number) => void;
}

/**
 * Executes the notebooks of a folder on the results: those that its list names, where it has one. They work on a copy of the ledger, and only
 * copies of them are written, so that neither the results nor the notebooks change. A notebook with a cell that fails is shown up to there.
 *
 * @throws CellFailed where it is interrupted, Error where there is no notebook to execute
 */
export async function executedNotebooks(
  folder: string,
  { study, records }: ReportedResults,
  options: ExecutionOptions = {},
): Promise<ChosenNotebooks> {
  const { files, notices } = chosenFiles(folder);
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
    const notebooks: ReportNotebook[] = [];
    for (const [i, file] of files.entries()) {
      const output = join(scratch, file);
      mkdirSync(dirname(output), { recursive: true });
      let failure: CellFailed | undefined;
      try {
        await executeNotebook(join(folder, file), {
          name: file,
          parameters,
          output,
          onCell: (start) => options.onCell?.(start, i + 1, files.length),
          ...(options.signal && { signal: options.signal }),
        });
      } catch (error) {
        if (!(error instanceof CellFailed) || error.interrupted) throw error;
        failure = error;
      }
      const { cells } = readNotebook(output);
      if (failure === undefined) notebooks.push({ file, cells });
      else {
        const { message } = asNumbered(join(folder, file), failure);
        notices.push(`${message.split("\n")[0]}; the report shows that notebook up to there`);
        notebooks.push(upTo(failure, { file, cells }));
      }
    }
    return { notebooks, notices };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The notebooks that a report can be made of, and why it leaves the others out. */
function chosenFiles(folder: string): { files: string[]; notices: string[] } {
  const { listed, others } = notebooksIn(folder);
  const files = listed.filter((file) => {
    const parameters = readNotebook(join(folder, file)).cells.find((cell) => hasTag(cell, "parameters"));
    const names = declaredParameters(parameters?.source ?? "").map(({ name }) => name);
    return names.includes("study") && names.includes("results");
  });
  if (files.length === 0) {
    throw new Error(
      `there is no notebook in ${folder} with the parameters study and results, which a report sets; name another folder with --notebooks`,
    );
  }
  return {
    files,
    notices: [
      ...listed
        .filter((file) => !files.includes(file))
        .map((file) => `${file} has no parameters study and results: the report leaves it out`),
      ...others.map((file) => `${file} is not named in ${READING_ORDER}: the report leaves it out`),
    ],
  };
}

/** A notebook with what it showed until a cell failed. */
function upTo({ cell, reason }: CellFailed, { file, cells }: ReportNotebook): ReportNotebook {
  if (cell === undefined) return { file, cells, stopped: `This notebook failed at its end: ${reason}` };
  const shown = cells.slice(0, cells.indexOf(codeCells(cells)[cell - 1]!) + 1);
  const rest = codeCells(cells).length - cell;
  const stopped = `This notebook stopped here with an error${rest === 0 ? "" : "; the cells that follow were not executed"}.`;
  return { file, cells: shown, stopped };
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
 * The notebooks of a folder with the outputs that they hold already, where they are about this study.
 *
 * @throws where one was not executed whole, all are about other studies, or they show other results than these
 */
export function notebooksAsTheyStand(folder: string, results: ReportedResults): ChosenNotebooks {
  const { files, notices } = chosenFiles(folder);
  const all = files.map((file) => ({ file, cells: readNotebook(join(folder, file)).cells }));
  const notebooks = all.filter((notebook) => isAbout(notebook, results.study));
  for (const { file } of all.filter((notebook) => !notebooks.includes(notebook)))
    notices.push(`${file} was executed on another study: the report leaves it out`);
  if (notebooks.length === 0) {
    for (const notebook of all) requireExecuted(notebook);
    throw new Error(
      `the notebooks in ${folder} were executed with other parameters than the study ${results.study.name} by default; leave out --no-execute to execute them on these results`,
    );
  }
  for (const notebook of notebooks) requireExecuted(notebook);
  const read = resultsByDefault(results.study);
  if (!results.records.every((record) => isDeepStrictEqual(record, read.get(record.id)))) {
    throw new Error(
      `the notebooks in ${folder} show other results than these; leave out --no-execute to execute them on these`,
    );
  }
  return { notebooks, notices };
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

/** Whether the notebook names this study itself, and nobody set other values when it was executed. */
function isAbout({ cells }: ReportNotebook, study: Study): boolean {
  if (cells.some((cell) => hasTag(cell, "injected-parameters"))) return false;
  const parameters = cells.find((cell) => hasTag(cell, "parameters"));
  const declared = declaredParameters(parameters?.source ?? "").find(({ name }) => name === "study");
  return studyHash(namedStudy(JSON.parse(declared!.value) as string)) === studyHash(study);
}

/** What notebooks read that are executed without parameters: the default results folder, filled up from the reference run. */
function resultsByDefault(study: Study): Map<string, TrialRecord> {
  const own = readResultsOf(study, resultsFolder(study, "")).records;
  return new Map([...referenceOf(study), ...own.map((record) => [record.id, record] as const)]);
}
