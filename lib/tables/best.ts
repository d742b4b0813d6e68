/**
 * The best value of one factor for each value of another, such as the best learning rate of each size, with what
 * keeps a reader from trusting it too far: ties, and optima on the edge of the grid.
 */

import type { FactorValue } from "../sweep/record";
import type { Cell } from "./cells";
import { compareFactorValues, levelsOf, severalCells } from "./levels";

/** The best value of a factor at one level of another. */
export interface BestValue {
  /** The level, such as the hidden size. */
  readonly level: FactorValue;
  /** The best value, such as the learning rate; null where no cell of the level qualifies. */
  readonly best: FactorValue | null;
  /** Mean loss of the best cell in nats. */
  readonly mean: number | null;
  /** Standard error of that mean in nats; null for a single trial. */
  readonly standardError: number | null;
  /** The other values whose mean is within the combined standard error of the best one's. */
  readonly ties: readonly FactorValue[];
  /** `low` or `high` where the best value is the first or last that was tried at this level: a bound, no optimum. */
  readonly edge: "low" | "high" | "none";
  /** The values tried next below and above the best one at this level; null where there is none, or no best. */
  readonly below: FactorValue | null;
  readonly above: FactorValue | null;
  /** Values at which at least one trial diverged: tried, but not taken as best. */
  readonly diverged: readonly FactorValue[];
  /** Values that were tried, diverged or not. */
  readonly tried: number;
}

/**
 * Finds, at each level of one factor, the value of another whose cell has the lowest mean loss.
 *
 * A cell with a diverged trial is never the best, since its mean is over the survivors only; but it counts as tried,
 * so that an optimum next to a diverging rate is not called an edge. A tie is a cell with
 * `mean - best ≤ sqrt(SE² + SE_best²)`; a cell of one trial has no standard error and ties only by equality.
 * Of equal means the lowest value is the best.
 *
 * @param factor the factor that is chosen, such as `learning_rate`.
 * @param per the factor for whose levels it is chosen, such as `hidden_size`.
 * @throws where several cells share one (level, value): some other factor varies too.
 */
export function bestValues(cells: readonly Cell[], factor: string, per: string): BestValue[] {
  const rows = new Map<FactorValue | undefined, Cell[]>();
  for (const cell of cells) {
    const row = rows.get(cell.factors[per]);
    if (row === undefined) rows.set(cell.factors[per], [cell]);
    else row.push(cell);
  }
  return levelsOf(cells, per).map((level) => {
    const row = rows
      .get(level)!
      .filter(({ factors }) => factors[factor] !== undefined)
      .sort((one, other) => compareFactorValues(one.factors[factor]!, other.factors[factor]!));
    const values = row.map(({ factors }) => factors[factor]!);
    if (new Set(values).size < values.length) {
      throw severalCells(row, `the same ${per} and ${factor}`, [per, factor]);
    }
    const diverged = row.filter((cell) => cell.diverged > 0).map(({ factors }) => factors[factor]!);
    const candidates = row.filter((cell) => cell.diverged === 0 && cell.mean !== null);
    const common = { level, diverged, tried: row.length };
    const [first, ...others] = candidates;
    if (first === undefined) {
      return {
        ...common,
        best: null,
        mean: null,
        standardError: null,
        ties: [],
        edge: "none",
        below: null,
        above: null,
      };
    }
    const best = others.reduce((least, cell) => (cell.mean! < least.mean! ? cell : least), first);
    const value = best.factors[factor]!;
    const index = values.indexOf(value);
    return {
      ...common,
      best: value,
      mean: best.mean,
      standardError: best.standardError,
      ties: candidates
        .filter((cell) => cell !== best && cell.mean! - best.mean! <= combinedError(cell, best))
        .map(({ factors }) => factors[factor]!),
      edge: edgeOf(index, values.length),
      below: values[index - 1] ?? null,
      above: values[index + 1] ?? null,
    };
  });
}

function combinedError(one: Cell, other: Cell): number {
  return Math.hypot(one.standardError ?? 0, other.standardError ?? 0);
}

/** Where a level has one value only, nothing was chosen: that is an edge as well. */
function edgeOf(index: number, count: number): "low" | "high" | "none" {
  if (index === 0) return "low";
  return index === count - 1 ? "high" : "none";
}
