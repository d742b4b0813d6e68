/** How much trials that differ in nothing but their seed differ, in each part of a grid. */

import { mean } from "simple-statistics";
import type { CompletedRecord, FactorValue, TrialRecord } from "../sweep/record";
import type { Measure } from "../tables/cells";
import { compareFactorValues } from "../tables/levels";

/** A pooled variance and its degrees of freedom. */
export interface SeedNoise {
  readonly variance: number;
  readonly degrees: number;
}

/** Squares about the mean of one cell's losses. */
interface CellSquares {
  readonly factors: Readonly<Record<string, FactorValue>>;
  readonly squares: number;
  readonly degrees: number;
}

/**
 * The variance of seeds s² = Σ (n - 1) s_i² / Σ (n - 1) about each trial, pooled over its cell and the cells next to it
 * in the grid: those one level away in one factor that is a number. Not over the whole grid, for trials at high rates
 * differ many times more than tuned ones, and would hide what goes wrong with these. Where no cell about it has two
 * completed seeds, it is pooled over all.
 *
 * @returns by trial id; no entries where no cell has two completed seeds.
 */
export function seedNoise(records: readonly TrialRecord[], measure: Measure): Map<string, SeedNoise> {
  const completed = new Map<string, CompletedRecord[]>();
  for (const record of records) {
    if (record.status !== "completed") continue;
    const key = cellKey(withoutSeed(record.factors));
    completed.set(key, [...(completed.get(key) ?? []), record]);
  }
  const cells = new Map<string, CellSquares>();
  for (const [key, trials] of completed) {
    // In the order of their size, so that the sum does not depend on the order of the records.
    const values = trials.map((trial) => trial[measure]).sort((one, other) => one - other);
    const center = mean(values);
    const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
    cells.set(key, { factors: withoutSeed(trials[0]!.factors), squares, degrees: values.length - 1 });
  }
  const everywhere = pooled([...cells.keys()].sort().map((key) => cells.get(key)!));
  if (everywhere === null) return new Map();
  const levels = numericLevels(records);
  const about = new Map<string, SeedNoise>();
  return new Map(
    records.map(({ id, factors }) => {
      const cell = withoutSeed(factors);
      const key = cellKey(cell);
      const noise = about.get(key) ?? pooled(neighbourhood(cell, levels, cells)) ?? everywhere;
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

function pooled(cells: readonly CellSquares[]): SeedNoise | null {
  const degrees = cells.reduce((sum, cell) => sum + cell.degrees, 0);
  const squares = cells.reduce((sum, cell) => sum + cell.squares, 0);
  return degrees === 0 ? null : { variance: squares / degrees, degrees };
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

/** The cell and those one level away in one factor; a cell without a completed trial is none. */
function neighbourhood(
  cell: Readonly<Record<string, FactorValue>>,
  levels: ReadonlyMap<string, readonly FactorValue[]>,
  cells: ReadonlyMap<string, CellSquares>,
): CellSquares[] {
  const places = [cell];
  for (const [name, values] of levels) {
    const index = values.indexOf(cell[name]!);
    for (const next of [values[index - 1], values[index + 1]]) {
      if (index >= 0 && next !== undefined) places.push({ ...cell, [name]: next });
    }
  }
  return places.flatMap((place) => cells.get(cellKey(place)) ?? []);
}
