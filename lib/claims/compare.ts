/**
 * Two runs side by side: whether they are runs of the same thing at all, whether their trials are the same numbers
 * (`compare-trials.ts`), and whether the claims come out the same.
 */

import { CONFIG_FIELDS, type ConfigField } from "../studies/config";
import { type Study, valuesOf } from "../studies/study";
import type { TrialRecord } from "../sweep/record";
import { compareTrials, type TrialComparison } from "./compare-trials";
import { type JudgeOptions, judgeClaims } from "./judge";
import { trialSource } from "./source";
import { CLAIMS, type ClaimId } from "./statements";
import type { Verdict } from "./verdict";

/** One of the runs. */
export interface RunSide {
  /** How it is called in sentences, such as its folder. */
  readonly name: string;
  readonly study: Study;
  readonly records: readonly TrialRecord[];
  /** SHA-256 of the data set's files by path; null where they are not known. */
  readonly checksums: Readonly<Record<string, string>> | null;
}

/** Something that two runs do not share, on the first side and on the second. */
export interface Difference {
  /** The study's field, such as `base.updates`, or the file of the data set. */
  readonly field: string;
  readonly one: string;
  readonly other: string;
}

/** A statement's verdicts on both sides. */
export interface ClaimAgreement {
  readonly id: ClaimId;
  readonly words: string;
  readonly one: Verdict;
  readonly other: Verdict;
  readonly agrees: boolean;
}

/** What became of comparing two runs. */
export type Comparison =
  /** Runs of different things: what differs, instead of a comparison. */
  | { readonly status: "different"; readonly differences: readonly Difference[] }
  | {
      readonly status: "compared";
      readonly trials: TrialComparison;
      readonly claims: readonly ClaimAgreement[];
      /** Whether nothing is outside: no trial, and no shift of all of them. */
      readonly agrees: boolean;
      readonly notices: readonly string[];
    };

/**
 * Compares two runs. Levels of a factor that one side lacks do not keep the others from being compared; data, seeds or
 * fields of the configuration that have no value in common do.
 */
export function compareRuns(one: RunSide, other: RunSide, options: JudgeOptions = {}): Comparison {
  const differences = [...studyDifferences(one.study, other.study), ...dataDifferences(one, other)];
  if (differences.length > 0) return { status: "different", differences };
  const trials = compareTrials(one.records, other.records);
  const [ours, theirs] = [one, other].map(
    ({ name, study, records }) => judgeClaims(trialSource(name, study, records), options).results,
  );
  return {
    status: "compared",
    trials,
    claims: CLAIMS.map(({ id, words }, i) => {
      const [left, right] = [ours![i]!.verdict, theirs![i]!.verdict];
      return { id, words, one: left, other: right, agrees: left === right };
    }),
    agrees:
      trials.pairs.length > 0 && trials.counts.outside === 0 && !trials.shifts.some((shift) => shift.outside),
    notices: noticesOf(one, other, trials),
  };
}

/** Fields that differ so that no trial of one study can be a trial of the other. */
function studyDifferences(one: Study, other: Study): Difference[] {
  const differences: Difference[] = [];
  for (const field of ["dataset", "data_seed", "evaluation"] as const) {
    const [ours, theirs] = [sortedJson(one[field]), sortedJson(other[field])];
    if (ours !== theirs) differences.push({ field, one: ours, other: theirs });
  }
  for (const field of Object.keys(CONFIG_FIELDS) as ConfigField[]) {
    const [ours, theirs] = [valuesOf(one, field), valuesOf(other, field)];
    if (!ours.some((value) => (theirs as readonly unknown[]).includes(value))) {
      differences.push({ field, one: ours.join(", "), other: theirs.join(", ") });
    }
  }
  return differences;
}

function dataDifferences({ checksums: ours }: RunSide, { checksums: theirs }: RunSide): Difference[] {
  if (ours === null || theirs === null) return [];
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])]
    .sort()
    .filter((file) => ours[file] !== theirs[file])
    .map((file) => ({
      field: `SHA-256 of ${file}`,
      one: ours[file] ?? "no such file",
      other: theirs[file] ?? "no such file",
    }));
}

function noticesOf(one: RunSide, other: RunSide, { pairs, noiseKnown }: TrialComparison): string[] {
  const notices: string[] = [];
  for (const { name, checksums } of [one, other]) {
    if (checksums === null)
      notices.push(`${name} has no checksums of its data, so the data were not compared`);
  }
  if (pairs.length === 0) notices.push("no trial is in both, so nothing was compared");
  else if (!noiseKnown) {
    notices.push(
      "no cell has two seeds, so the noise of seeds is unknown: whatever is beyond rounding is outside",
    );
  }
  return notices;
}

/** JSON with the fields of objects in alphabetical order. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner === null || typeof inner !== "object" || Array.isArray(inner)
      ? inner
      : Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}
