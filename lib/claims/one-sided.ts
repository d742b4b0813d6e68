/** What only one of two runs has: values of factors, and its trials in order. */

import type { FactorValue, TrialRecord } from "../sweep/record";
import { compareFactorValues } from "../tables/levels";

/** Levels of a factor that only one side has; all of its levels where the other side lacks the factor. */
export interface FactorLevels {
  readonly factor: string;
  readonly values: readonly FactorValue[];
}

/** Orders trials by their factors from left to right, then by id. */
export function byFactors(one: TrialRecord, other: TrialRecord): number {
  for (const [name, value] of Object.entries(one.factors)) {
    const theirs = other.factors[name];
    const order = theirs === undefined ? 0 : compareFactorValues(value, theirs);
    if (order !== 0) return order;
  }
  return one.id < other.id ? -1 : 1;
}

/** Levels that `records` have and `without` lack, by factor. */
export function levelsMissingIn(
  without: Iterable<TrialRecord>,
  records: Iterable<TrialRecord>,
): FactorLevels[] {
  const known = levelsByFactor(without);
  return [...levelsByFactor(records)]
    .map(([factor, levels]) => ({
      factor,
      values: [...levels].filter((level) => !known.get(factor)?.has(level)).sort(compareFactorValues),
    }))
    .filter(({ values }) => values.length > 0)
    .sort((one, other) => (one.factor < other.factor ? -1 : 1));
}

function levelsByFactor(records: Iterable<TrialRecord>): Map<string, Set<FactorValue>> {
  const levels = new Map<string, Set<FactorValue>>();
  for (const { factors } of records) {
    for (const [name, value] of Object.entries(factors)) {
      levels.set(name, (levels.get(name) ?? new Set()).add(value));
    }
  }
  return levels;
}
