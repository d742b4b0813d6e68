/**
 * The trials of two runs side by side, matched by id: which are the same numbers, and where they are not, whether
 * rounding or the noise of seeds can explain it. Studies and claims are `compare.ts`.
 */

import { mean, sampleStandardDeviation } from "simple-statistics";
import { explainedDifference, type SeedNoise } from "../laws/seed-noise";
import type { CompletedRecord, FactorValue, TrialRecord } from "../sweep/record";
import type { Measure } from "../tables/cells";
import { byFactors, type FactorLevels, levelsMissingIn } from "./one-sided";
import { COMPARED_MEASURES, COMPARISON_LEVEL, SHIFT_LIMIT, withinRounding } from "./tolerances";
import { cellKey, trialNoise, withoutSeed } from "./trial-noise";

/** How close two results of one trial are, from the closest to the farthest. */
export type PairState = "identical" | "within_rounding" | "within_seeds" | "outside";

/** The states as they are called in sentences. */
export const PAIR_WORDS: Readonly<Record<PairState, string>> = {
  identical: "identical to the bit",
  within_rounding: "within rounding",
  within_seeds: "within the noise of seeds",
  outside: "outside the noise of seeds",
};

/** A trial that both sides have. */
export interface TrialPair {
  readonly id: string;
  readonly factors: Readonly<Record<string, FactorValue>>;
  readonly state: PairState;
  readonly one: TrialRecord;
  readonly other: TrialRecord;
  /** Second side less first, by measure: losses in nats, accuracy from 0 to 1; null where a side diverged. */
  readonly differences: Readonly<Record<Measure, number | null>>;
  /**
   * The largest of the differences as a share of what the noise of seeds allows; 0 where both diverged or all are
   * within rounding, infinite where one side alone diverged, or there is no noise to explain the difference.
   */
  readonly excess: number;
}

/** The mean difference of a measure over the trials that both sides completed. */
export interface Shift {
  readonly measure: Measure;
  /** Second side less first, in the unit of the measure. */
  readonly mean: number;
  /**
   * In standard errors of the mean, of differences each divided by the standard deviation of a difference between two
   * seeds: in those of independent draws of the seeds, or in those of the scatter found, whichever are fewer.
   */
  readonly standardErrors: number;
  /** Whether that is more than such draws explain. */
  readonly outside: boolean;
}

/** The trials of two runs of one study, held against each other one by one. */
export interface TrialComparison {
  /** Trials in both, the farthest apart first. */
  readonly pairs: readonly TrialPair[];
  readonly counts: Readonly<Record<PairState, number>>;
  /** Trials that diverged on one side and completed on the other. */
  readonly divergedOnOneSide: number;
  /** Trials that only the first or the second side has, by factors. */
  readonly onlyOne: readonly TrialRecord[];
  readonly onlyOther: readonly TrialRecord[];
  readonly levelsOnlyOne: readonly FactorLevels[];
  readonly levelsOnlyOther: readonly FactorLevels[];
  readonly shifts: readonly Shift[];
  /** Whether any cell has two seeds, without which the noise of seeds is unknown. */
  readonly noiseKnown: boolean;
}

/** Compares the trials of two runs. Neither the order of the records nor which side comes first matters. */
export function compareTrials(one: readonly TrialRecord[], other: readonly TrialRecord[]): TrialComparison {
  const [ours, theirs] = [byId(one), byId(other)];
  const matched = [...ours.keys()].filter((id) => theirs.has(id)).sort();
  const noise = new Map(
    COMPARED_MEASURES.map((measure) => [measure, [trialNoise(one, measure), trialNoise(other, measure)]]),
  );
  const cells = [one, other].map(trialsByCell);
  // One share for each number that is judged.
  const level = 1 - (1 - COMPARISON_LEVEL) / Math.max(1, matched.length * COMPARED_MEASURES.length);
  const pairs = matched
    .map((id) => {
      const noiseOf = (measure: Measure) =>
        quieter(noise.get(measure)!.flatMap((side) => side.get(id) ?? []));
      const [left, right] = [ours.get(id)!, theirs.get(id)!];
      const seeds = [otherSeeds(left, cells[0]!), otherSeeds(right, cells[1]!)];
      return pairOf(left, right, { noiseOf, level, seeds });
    })
    .sort(worstFirst);
  const count = (state: PairState) => pairs.filter((pair) => pair.state === state).length;
  return {
    pairs,
    counts: {
      identical: count("identical"),
      within_rounding: count("within_rounding"),
      within_seeds: count("within_seeds"),
      outside: count("outside"),
    },
    divergedOnOneSide: pairs.filter((pair) => pair.one.status !== pair.other.status).length,
    onlyOne: [...ours.values()].filter(({ id }) => !theirs.has(id)).sort(byFactors),
    onlyOther: [...theirs.values()].filter(({ id }) => !ours.has(id)).sort(byFactors),
    levelsOnlyOne: levelsMissingIn(theirs.values(), ours.values()),
    levelsOnlyOther: levelsMissingIn(ours.values(), theirs.values()),
    shifts: COMPARED_MEASURES.flatMap((measure) => shiftOf(measure, pairs, noise.get(measure)!) ?? []),
    noiseKnown: noise.get("loss")!.some((side) => side.size > 0),
  };
}

interface PairContext {
  readonly noiseOf: (measure: Measure) => SeedNoise | null;
  readonly level: number;
  /** The other seeds of the trial's cell, on either side. */
  readonly seeds: readonly (readonly TrialRecord[])[];
}

function pairOf(one: TrialRecord, other: TrialRecord, context: PairContext): TrialPair {
  const common = { id: one.id, factors: { ...other.factors, ...one.factors }, one, other };
  const none = { loss: null, test_loss: null, test_accuracy: null };
  if (one.status === "diverged" && other.status === "diverged") {
    const same = one.diverged_at === other.diverged_at && sameCurve(one, other, (a, b) => a === b);
    // When a trial diverges is as chaotic as its loss before, and there is no loss to compare.
    return { ...common, differences: none, state: same ? "identical" : "within_seeds", excess: 0 };
  }
  if (one.status !== "completed" || other.status !== "completed") {
    // Where on both sides of the other seeds some diverge and some do not, it is chance whether this one does.
    const chance = context.seeds.every((side) => new Set(side.map(({ status }) => status)).size === 2);
    const state = chance ? "within_seeds" : "outside";
    return { ...common, differences: none, state, excess: Number.POSITIVE_INFINITY };
  }
  const differences = {
    loss: other.loss - one.loss,
    test_loss: other.test_loss - one.test_loss,
    test_accuracy: other.test_accuracy - one.test_accuracy,
  };
  const excess = Math.max(
    ...COMPARED_MEASURES.map((measure) => {
      if (withinRounding(measure, one[measure], other[measure])) return 0;
      // Infinite where there is no noise to explain a difference that rounding does not.
      const explained = explainedDifference(context.noiseOf(measure), 1, 1, context.level);
      return Math.abs(differences[measure]) / explained;
    }),
  );
  return { ...common, differences, state: stateOf(one, other, excess), excess };
}

function stateOf(one: CompletedRecord, other: CompletedRecord, excess: number): PairState {
  const agree = (same: (measure: Measure, a: number, b: number) => boolean) =>
    COMPARED_MEASURES.every((measure) => same(measure, one[measure], other[measure])) &&
    sameCurve(one, other, (a, b) => same("loss", a, b));
  if (agree((_, a, b) => a === b)) return "identical";
  if (agree(withinRounding)) return "within_rounding";
  return excess <= 1 ? "within_seeds" : "outside";
}

function sameCurve(one: TrialRecord, other: TrialRecord, same: (a: number, b: number) => boolean): boolean {
  return (
    one.curve.length === other.curve.length &&
    one.curve.every(([update, loss], i) => {
      const [otherUpdate, otherLoss] = other.curve[i]!;
      return update === otherUpdate && same(loss, otherLoss);
    })
  );
}

function trialsByCell(records: readonly TrialRecord[]): Map<string, TrialRecord[]> {
  const cells = new Map<string, TrialRecord[]>();
  for (const record of records) {
    const key = cellKey(withoutSeed(record.factors));
    cells.set(key, [...(cells.get(key) ?? []), record]);
  }
  return cells;
}

function otherSeeds({ id, factors }: TrialRecord, cells: ReadonlyMap<string, TrialRecord[]>): TrialRecord[] {
  return (cells.get(cellKey(withoutSeed(factors))) ?? []).filter((record) => record.id !== id);
}

/**
 * The noise of the quieter side: what is wrong with a trial also makes its own side look noisy, and must not excuse
 * itself by that.
 */
function quieter(sides: readonly SeedNoise[]): SeedNoise | null {
  const [first, ...others] = sides;
  if (first === undefined) return null;
  return others.reduce((least, side) => {
    const same = side.variance === least.variance;
    return side.variance < least.variance || (same && side.degrees < least.degrees) ? side : least;
  }, first);
}

function shiftOf(
  measure: Measure,
  pairs: readonly TrialPair[],
  noise: readonly ReadonlyMap<string, SeedNoise>[],
): Shift | null {
  const differences: number[] = [];
  const scaled: number[] = [];
  for (const pair of [...pairs].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const { one, other } = pair;
    const variance = quieter(noise.flatMap((side) => side.get(pair.id) ?? []))?.variance;
    if (one.status !== "completed" || other.status !== "completed") continue;
    differences.push(pair.differences[measure]!);
    if (variance === undefined || variance === 0) continue;
    const rounded = withinRounding(measure, one[measure], other[measure]);
    scaled.push(rounded ? 0 : pair.differences[measure]! / Math.sqrt(2 * variance));
  }
  if (scaled.length < 2) return null;
  const center = mean(scaled);
  const scatter = Math.max(1, sampleStandardDeviation(scaled));
  const standardErrors = (center / scatter) * Math.sqrt(scaled.length);
  return {
    measure,
    mean: mean(differences),
    standardErrors,
    outside: Math.abs(standardErrors) > SHIFT_LIMIT,
  };
}

/** Outside first, then by how far; of equals by id, so that the order is always the same. */
function worstFirst(one: TrialPair, other: TrialPair): number {
  const order: readonly PairState[] = ["outside", "within_seeds", "within_rounding", "identical"];
  const states = order.indexOf(one.state) - order.indexOf(other.state);
  if (states !== 0) return states;
  if (one.excess !== other.excess) return one.excess > other.excess ? -1 : 1;
  const [ours, theirs] = [one, other].map(({ differences }) => Math.abs(differences.loss ?? 0));
  if (ours !== theirs) return ours! > theirs! ? -1 : 1;
  return one.id < other.id ? -1 : 1;
}

function byId(records: readonly TrialRecord[]): Map<string, TrialRecord> {
  return new Map(records.map((record) => [record.id, record]));
}
