/** How much trials that differ in nothing but their seed differ, in each part of a grid. */

import { type SeedNoise, seedNoise } from "../laws/seed-noise";
import type { FactorValue, TrialRecord } from "../sweep/record";
import type { Measure } from "../tables/cells";
import { compareFactorValues } from "../tables/levels";

/**
 * The noise of seeds about each trial, pooled over its cell and the cells next to it in the grid: those one level away
 * in one factor that is a number. Not over the whole grid, for trials at high rates differ many times more than tuned
 * ones, and would hide what goes wrong with these. Where no cell about it has two completed seeds, it is pooled over all.
 *
 * @returns by trial id; no entries where no cell has two completed seeds.
 */
export function trialNoise(records: readonly TrialRecord[], measure: Measure): Map<string, SeedNoise> {
  const cells = new Map<string, readonly number[]>();
  for (const record of records) {
    if (record.status !== "completed") continue;
    const key = cellKey(withoutSeed(record.factors));
    // Ascending, so that no sum depends on the order of the records.
    cells.set(
      key,
      [...(cells.get(key) ?? []), record[measure]].sort((one, other) => one - other),
    );
  }
  const everywhere = seedNoise([...cells.keys()].sort().map((key) => cells.get(key)!));
  if (everywhere === null) return new Map();
  const levels = numericLevels(records);
  const about = new Map<string, SeedNoise>();
  return new Map(
    records.map(({ id, factors }) => {
      const cell = withoutSeed(factors);
      const key = cellKey(cell);
      const noise = about.get(key) ?? seedNoise(neighbourhood(cell, levels, cells)) ?? everywhere;
      about.set(key, noise);
      return [id, noise];
    }),
  );
}

/** A factor's values in a form that tells cells apart, whatever the order of the factors. */
export function cellKey(factors: Readonly<Record<string, FactorValue>>): string {
  return JSON.stringify(Object.entries(factors).sort(([one], [other]) => (one < other ? -1 : 1)));
}

export function withoutSeed({
  seed: _,
  ...others
}: Readonly<Record<string, FactorValue>>): Record<string, FactorValue> {
  return others;
}

/** The levels of each factor whose values are numbers, ascending; the seed has none. */
function numericLevels(records: readonly TrialRecord[]): Map<string, FactorValue[]> {
  const values = new Map<string, Set<FactorValue>>();
  for (const { factors } of records) {
    for (const [name, value] of Object.entries(withoutSeed(factors))) {
      values.set(name, (values.get(name) ?? new Set()).add(value));
    }
  }
  return new Map(
    [...values]
      .filter(([, levels]) => [...levels].every((level) => typeof level === "number"))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, levels]) => [name, [...levels].sort(compareFactorValues)]),
  );
}

/** The values of the cell and of those one level away in one factor; a cell without a completed trial has none. */
function neighbourhood(
  cell: Readonly<Record<string, FactorValue>>,
  levels: ReadonlyMap<string, readonly FactorValue[]>,
  cells: ReadonlyMap<string, readonly number[]>,
): (readonly number[])[] {
  const places = [cell];
  for (const [name, values] of levels) {
    const index = values.indexOf(cell[name]!);
    for (const next of [values[index - 1], values[index + 1]]) {
      if (index >= 0 && next !== undefined) places.push({ ...cell, [name]: next });
    }
  }
  return places.map((place) => cells.get(cellKey(place)) ?? []);
}
