/** The command `report`: one HTML file of a study's results, to be sent to others. What stands in it and how it looks is the room `report`. */

import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { type JudgedSource, judgeClaims } from "../../claims/judge";
import { gridSource, trialSource } from "../../claims/source";
import { CellFailed, type CellStart } from "../../jupyter/execute-notebook";
import { projectFolder } from "../../notebook/project";
import { postCells } from "../../notebook/reference";
import { reportClaims } from "../../report/claim-rows";
import type { ReportClaim } from "../../report/contents";
import {
  type ChosenNotebooks,
  executedNotebooks,
  notebooksAsTheyStand,
  type ReportedResults,
} from "../../report/executed";
import { openingOf } from "../../report/opening";
import { MOST_BYTES, renderReport } from "../../report/report";
import { resultsError } from "../../sweep/errors";
import { writeWhole } from "../../sweep/folder";
import { provenanceRows } from "../../sweep/provenance";
import { interruptible } from "../interruption";
import { path } from "../options";
import { referenceSource } from "../reference-source";
import { resultsOf } from "../results";

const { version } = require("offcurve/package.json") as { version: string };

interface ReportArguments {
  readonly out: string;
  readonly notebooks?: string;
  readonly execute: boolean;
}

/** Registers `offcurve report --out DIR [--notebooks DIR] [--no-execute] FILE`. */
export function reportCommand(program: Command): void {
  program
    .command("report")
    .description("write one HTML file that opens offline: finding, claims, notebooks, provenance")
    .argument("<file>", "the HTML file to write", path)
    .requiredOption("--out <dir>", "the results folder of the study", path)
    .option("--notebooks <dir>", "folder of the notebooks (default: notebooks/ of the project)")
    .option("--no-execute", "take the notebooks' outputs as they are, if they show these results")
    .action(report);
}

async function report(file: string, { out, notebooks, execute }: ReportArguments): Promise<void> {
  requireWritable(file);
  const results = completeResults(out);
  const { manifest } = results;
  const judged = judgeClaims(trialSource("this run", results.study, results.records));
  const folder = resolve(notebooks ?? `${projectFolder()}/notebooks`);
  const chosen = execute ? await execution(folder, results) : notebooksAsTheyStand(folder, results);
  if (!chosen) return;
  for (const notice of chosen.notices) process.stderr.write(`${notice}\n`);
  const stopped = chosen.notebooks.filter((notebook) => notebook.stopped !== undefined);
  const html = await renderReport({
    study: results.study.name,
    ...openingOf(results.study, results.records, judged),
    claims: claimsBesideOthers(judged),
    notebooks: chosen.notebooks,
    provenance: [
      ...(manifest ? provenanceRows(manifest) : [{ label: "Run", value: "not recorded" }]),
      {
        label: "Notebooks",
        value: [
          execute
            ? "executed on these results when this report was made"
            : "shown with the outputs of an earlier execution on the same trials",
          ...stopped.map(({ file }) => `${file} stopped with an error`),
        ].join("; "),
      },
    ],
    generator: `offcurve ${version}`,
  });
  writeWhole(file, html);
  process.stdout.write(`${file}\n`);
  const bytes = Buffer.byteLength(html);
  if (bytes > MOST_BYTES) {
    process.stderr.write(
      `${file} has ${(bytes / 1e6).toFixed(1)} MB: more than the ${MOST_BYTES / 1e6} MB that a report should have to pass as an attachment.\n`,
    );
  }
}

/** The claims with their verdicts, beside the post and the reference run. */
function claimsBesideOthers(own: JudgedSource): ReportClaim[] {
  const [post, reference] = [gridSource("the post", postCells()), referenceSource()].map((source) =>
    judgeClaims(source),
  );
  return reportClaims([post!, own, reference!], own);
}

/** All trials of the study in the folder; the notebooks would train what is missing, which a report must not. */
function completeResults(out: string) {
  const { study, trials, records, manifest } = resultsOf(out);
  const found = new Map(records.map((record) => [record.id, record]));
  const present = trials.flatMap(({ id }) => found.get(id) ?? []);
  if (present.length < trials.length) {
    throw new Error(
      `${out} has ${present.length} of the ${trials.length} trials of ${study.name}; train the others with: npx offcurve run --study ${out}/study.json --out ${out}`,
    );
  }
  return { study, records: present, manifest };
}

/** @returns undefined where it was interrupted, which has been said */
async function execution(folder: string, results: ReportedResults): Promise<ChosenNotebooks | undefined> {
  const progress = new ProgressLine();
  const onCell = (start: CellStart, notebook: number, notebooks: number) =>
    progress.show(start, notebook, notebooks);
  try {
    return await interruptible((signal) => executedNotebooks(folder, results, { signal, onCell }));
  } catch (error) {
    if (!(error instanceof CellFailed)) throw error;
    progress.end();
    process.stderr.write("Interrupted: no report was written.\n");
    return undefined;
  } finally {
    progress.end();
  }
}

/** One line on standard error that is redrawn, or a line a notebook where there is no terminal. */
class ProgressLine {
  private notebook = 0;
  private open = false;

  show({ notebook: file, cell, cells }: CellStart, notebook: number, notebooks: number): void {
    const text = `Executing ${file}, notebook ${notebook} of ${notebooks}`;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\u001b[K${text}, cell ${cell} of ${cells}`);
      this.open = true;
    } else if (notebook !== this.notebook) process.stderr.write(`${text}\n`);
    this.notebook = notebook;
  }

  end(): void {
    if (this.open) process.stderr.write("\r\u001b[K");
    this.open = false;
  }
}

/** Says so before minutes of work rather than after them. */
function requireWritable(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`${file} is a folder; name the HTML file to write, such as ${file}/report.html`);
  }
  const folder = dirname(file);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`cannot write ${file}: there is no folder ${folder}; make it first`);
  }
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw resultsError(error, file);
  }
}
