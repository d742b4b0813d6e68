/**
 * How sure the choice of a tuned learning rate is: how often each rate would win, had the study drawn other seeds.
 */

import { mean } from "simple-statistics";
import type { Cell } from "../tables/cells";
import { analyseGrid } from "./analysis";
import { type RedrawOptions, redrawnGrids } from "./redraw";
import { type GridFactors, gridAxes } from "./sections";

/** One learning rate as a candidate for tuning. */
export interface RateSupport {
  readonly rate: number;
  /** Mean over the tuning sizes of the cells' mean losses in nats; null where one is missing or has diverged trials. */
  readonly loss: number | null;
  /** Nats above the lowest of these. */
  readonly excess: number | null;
  /** Share of the grids with seeds drawn again in which this rate is the lowest, 0 to 1. */
  readonly share: number;
}

/**
 * Weighs all rates of a grid as the one rate for some sizes.
 *
 * @param sizes the sizes that the rate is tuned on.
 * @returns one entry a rate, ascending. With a single seed a cell all shares are 0 or 1, which says nothing.
 */
export function rateSupport(
  cells: readonly Cell[],
  sizes: readonly number[],
  options: RedrawOptions = {},
): RateSupport[] {
  const { size = "hidden_size", rate = "learning_rate", replicates = 1000 } = options;
  const { rates } = gridAxes(cells, options);
  const chosen = cells.filter(({ factors }) => sizes.includes(factors[size] as number));
  const lossAt = (grid: readonly Cell[], value: number): number | null => {
    const column = grid.filter(({ factors, diverged }) => factors[rate] === value && diverged === 0);
    const means = column.flatMap((cell) => (cell.mean === null ? [] : [cell.mean]));
    return means.length < sizes.length || means.length === 0 ? null : mean(means);
  };
  const losses = rates.map((value) => lossAt(chosen, value));
  const least = leastIndex(losses);
  const wins = rates.map(() => 0);
  for (const grid of redrawnGrids(chosen, { ...options, replicates })) {
    const winner = leastIndex(rates.map((value) => lossAt(grid, value)));
    if (winner !== undefined) wins[winner]! += 1;
  }
  return rates.map((value, i) => {
    const loss = losses[i]!;
    const excess = loss === null || least === undefined ? null : loss - losses[least]!;
    return { rate: value, loss, excess, share: wins[i]! / replicates };
  });
}

/**
 * The learning rate tuned on some sizes, as `analyseGrid` tunes it, for those who cannot go on without one.
 *
 * @throws where at every rate some trial of these sizes diverged or is missing.
 */
export function tunedRate(
  cells: readonly Cell[],
  sizes: readonly number[],
  options: GridFactors = {},
): number {
  const { tuning } = analyseGrid(cells, { ...options, fittedSizes: sizes, tuningSizes: sizes });
  if (tuning.status === "unavailable") throw new Error(`${tuning.sentence}; sweep lower learning rates`);
  return tuning.rate;
}

/** The place of the least value, of equal ones the first; undefined where there is none. */
function leastIndex(values: readonly (number | null)[]): number | undefined {
  let least: number | undefined;
  for (const [index, value] of values.entries()) {
    if (value !== null && (least === undefined || value < values[least]!)) least = index;
  }
  return least;
}
