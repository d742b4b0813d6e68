/**
 * A results folder as every reader takes it: study, manifest and ledger, held against each other before a number of them is used. How
 * each of the three files is read alone stands in folder.ts, manifest.ts and ledger.ts.
 *
 * A wrong number must never enter a table, and nothing that was measured is deleted by reading:
 *
 *     what is wrong                                   what every command does
 *     no study, or one that is not valid              refuses
 *     a damaged manifest                              refuses: the run cannot be told from another
 *     study and manifest of different studies         refuses: either may have been edited by hand
 *     a line that is no trial                         refuses, and names the line
 *     a line whose factors contradict its id          refuses, and names line and factor: its losses may be forged as well
 *     two lines of a trial with different results     refuses, and names both: nobody can tell which is right
 *     two lines of a trial with the same results      notice with the line; the first counts
 *     a line of no trial of the study                 notice with the line; it counts nowhere. Where all are such, refuses
 *     a last line that was torn                       notice; the trial will run again
 *     no manifest                                     nothing, but for `export` and `import`, which refuse: nobody knows where the trials came from
 */

import { join } from "node:path";
import type { FactorValue, Study } from "../studies/study";
import { studyHash, type Trial, trialsOf } from "../studies/trials";
import { ResultsError } from "./errors";
import { anotherStudy, readStudy, readStudyIfThere, STUDY } from "./folder";
import { LEDGER, readLedger } from "./ledger";
import { MANIFEST, type Manifest, readManifestIfThere } from "./manifest";
import type { TrialRecord } from "./record";
import { counted } from "./words";

/** What a results folder holds, each part checked against the others. */
export interface Results {
  readonly study: Study;
  /** All trials of the study, in the order of its grid. */
  readonly trials: readonly Trial[];
  /** Those that are finished, in the order in which they finished; each is a trial of the study and has that trial's factors. */
  readonly records: TrialRecord[];
  /** Undefined where the folder has none. */
  readonly manifest: Manifest | undefined;
  /** What a reader should know, such as a line that was left out. */
  readonly notices: readonly string[];
}

/**
 * The results of a folder.
 *
 * @throws ResultsError where it holds none, or its files are damaged or contradict each other, naming file and line
 */
export function readResults(folder: string): Results {
  return checked(readStudy(folder), folder);
}

/**
 * What a folder holds of a study: no record where it holds nothing yet.
 *
 * @throws ResultsError as `readResults`, and where the folder holds another study
 */
export function readResultsOf(study: Study, folder: string): Results {
  const present = readStudyIfThere(folder);
  const results = checked(present ?? study, folder);
  if (present && studyHash(present) !== studyHash(study)) throw anotherStudy(present, folder);
  return { ...results, study };
}

function checked(study: Study, folder: string): Results {
  const manifest = readManifestIfThere(folder);
  if (manifest) requireOneStudy(study, manifest, folder);
  const trials = trialsOf(study);
  const { records, lines, notices } = readLedger(folder);
  const own = new Map(trials.map((trial) => [trial.id, trial]));
  const strange: number[] = [];
  const known = records.filter((record) => {
    const trial = own.get(record.id);
    if (trial) requireSameFactors(record, trial, `${join(folder, LEDGER)}:${lines.get(record.id)}`);
    else strange.push(lines.get(record.id)!);
    return trial !== undefined;
  });
  return {
    study,
    trials,
    records: known,
    manifest,
    notices: [...notices, ...noticeOfStrange(strange, known.length, study, join(folder, LEDGER))],
  };
}

/** A study edited by hand gives its trials other ids and its numbers another meaning. */
function requireOneStudy(study: Study, manifest: Manifest, folder: string): void {
  if (manifest.study_hash === studyHash(study)) return;
  throw new ResultsError(
    `${folder}: ${STUDY} and ${MANIFEST} are of different studies; one was edited or comes from elsewhere: restore it from a copy`,
  );
}

/** The factors follow from the trial's id, so a line in which they differ was changed after it was written. */
function requireSameFactors({ id, factors }: TrialRecord, trial: Trial, place: string): void {
  const names = new Set([...Object.keys(trial.factors), ...Object.keys(factors)]);
  const name = [...names].find((name) => factors[name] !== trial.factors[name]);
  if (name === undefined) return;
  const text = (value: FactorValue | undefined) =>
    value === undefined ? `no ${name}` : `${name} ${JSON.stringify(value)}`;
  throw new ResultsError(
    `${place}: trial ${id} has ${text(factors[name])}, where its id stands for ${text(trial.factors[name])}; restore the line from a copy, or delete it to run its trial again`,
  );
}

/** Lines that are named one by one. */
const NAMED = 5;

function noticeOfStrange(lines: readonly number[], known: number, study: Study, ledger: string): string[] {
  const [first] = lines;
  if (first === undefined) return [];
  if (known === 0) {
    throw new ResultsError(
      `${ledger}: none of its ${counted(lines.length, "trial")} is one of the study ${study.name} beside it, as this version of offcurve declares it; restore the file that does not belong there`,
    );
  }
  if (lines.length === 1)
    return [`${ledger}:${first}: left out, since it is of no trial of the study ${study.name}`];
  const rest = lines.length > NAMED ? ` and ${lines.length - NAMED} more` : "";
  return [
    `${ledger}: left out the lines ${lines.slice(0, NAMED).join(", ")}${rest}, since they are of no trial of the study ${study.name}`,
  ];
}
