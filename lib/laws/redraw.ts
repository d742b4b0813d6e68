/**
 * A grid as it might have come out with other seeds: the seeds of every size drawn again. What is decided anew on
 * such grids is `rate-support.ts` and `rate-band.ts`.
 */

import { mean } from "simple-statistics";
import { randomStream } from "../random/stream";
import type { FactorValue } from "../sweep/record";
import type { Cell } from "../tables/cells";
import { levelsOf } from "../tables/levels";
import type { GridFactors } from "./sections";

/** How often a grid is drawn again, and from which seed. */
export interface RedrawOptions extends GridFactors {
  /** How many grids are drawn; 1000 unless given. */
  readonly replicates?: number;
  /** Seed of the drawing; 0 unless given. Equal seeds give equal grids. */
  readonly seed?: number;
}

/**
 * Grids in which each cell's mean is that of its losses drawn again with replacement; all else is as in the cells
 * given. All cells of a size draw the same seeds, for a seed gives the trials of a size the same first weights, so
 * that rates are compared more exactly than losses are known.
 *
 * As in `confidence.ts` the deviations are enlarged by √(n / (n - 1)). A cell of one trial stays as it is.
 */
export function* redrawnGrids(cells: readonly Cell[], options: RedrawOptions = {}): Generator<Cell[]> {
  const { size = "hidden_size", replicates = 1000, seed = 0 } = options;
  const stream = randomStream("grid with other seeds", seed);
  const sizes = levelsOf(cells, size);
  const most = Math.max(1, ...cells.map(({ count }) => count));
  const draws = new Int32Array(most);
  for (let replicate = 0; replicate < replicates; replicate++) {
    const drawn = new Map<FactorValue, Cell[]>();
    for (const [index, level] of sizes.entries()) {
      const row = cells.filter(({ factors }) => factors[size] === level);
      const count = Math.max(1, ...row.map((cell) => cell.count));
      stream.integers(replicate * sizes.length + index, count, draws);
      drawn.set(
        level,
        row.map((cell) => ({ ...cell, mean: redrawnMean(cell, draws) })),
      );
    }
    yield [...drawn.values()].flat();
  }
}

/** The mean of as many losses as the cell has; where it lacks a seed that was drawn, another of its own stands in. */
function redrawnMean({ values, mean: center }: Cell, draws: Int32Array): number | null {
  if (center === null || values.length < 2) return center;
  const drawn = mean(values.map((_, i) => values[draws[i]! % values.length]!));
  return center + Math.sqrt(values.length / (values.length - 1)) * (drawn - center);
}
