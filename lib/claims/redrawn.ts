/**
 * What the analysis finds in grids as they might have come out with other seeds, from which the intervals of the
 * claims are made. The whole procedure is repeated on each grid, the tuning of the rate included.
 */

import { sampleVariance } from "simple-statistics";
import { analyseGrid, type GridAnalysis } from "../laws/analysis";
import type { LawFit } from "../laws/fit";
import { redrawnGrids } from "../laws/redraw";
import { type RandomStream, randomStream } from "../random/stream";
import type { Cell } from "../tables/cells";

/**
 * Where the noise of the redrawn grids comes from: from seeds drawn again, or, for a grid of one loss a cell, from the
 * scatter of its losses about their own law.
 */
export type NoiseSource = "seeds" | "scatter_about_the_law";

/** Noise must not make a loss negative, which the laws refuse; in nats. */
const LEAST_LOSS = 1e-6;

/** Analyses of grids drawn again. */
export interface Redrawn {
  readonly noise: NoiseSource;
  readonly analyses: readonly GridAnalysis[];
}

/** The standard deviation of a single loss, and with how many degrees of freedom it is known. */
interface SingleNoise {
  readonly deviation: number;
  readonly degrees: number;
}

/**
 * Draws the grid again `replicates` times and analyses each.
 *
 * Cells with two or more losses have their seeds drawn again (`redraw.ts`). A cell with one loss gets normal noise
 * instead: of the standard deviation pooled over the cells that have seeds, or where none has, of the residuals of the
 * law at the tuned rate, s √(ν / χ²_ν), which carries over how little is known of it from ν degrees of freedom.
 *
 * @param analysis of the grid itself.
 * @returns null where there are neither seeds nor a law, so that nothing is known of the noise.
 */
export function redrawnAnalyses(
  cells: readonly Cell[],
  analysis: GridAnalysis,
  { replicates, seed }: { readonly replicates: number; readonly seed: number },
): Redrawn | null {
  const ofSeeds = pooledSeedNoise(cells);
  const single = ofSeeds ?? scatterAboutLaw(analysis);
  if (single === null) return null;
  const stream = randomStream("noise of single losses", seed);
  const analyses: GridAnalysis[] = [];
  for (const grid of redrawnGrids(cells, { replicates, seed })) {
    const noise = singleNoise(stream, analyses.length, grid.length, single);
    const drawn = grid.map((cell, i): Cell => {
      if (cell.mean === null) return cell;
      const value = Math.max(cell.values.length > 1 ? cell.mean : cell.mean + noise[i]!, LEAST_LOSS);
      return { ...cell, mean: value, values: [value] };
    });
    // One replicate: nobody asks the redrawn laws for intervals of their own.
    analyses.push(analyseGrid(drawn, { replicates: 1 }));
  }
  return { noise: ofSeeds === null ? "scatter_about_the_law" : "seeds", analyses };
}

function pooledSeedNoise(cells: readonly Cell[]): SingleNoise | null {
  const replicated = cells.filter(({ values }) => values.length > 1);
  const degrees = replicated.reduce((sum, { values }) => sum + values.length - 1, 0);
  if (degrees === 0) return null;
  const squares = replicated.reduce(
    (sum, { values }) => sum + (values.length - 1) * sampleVariance([...values]),
    0,
  );
  return { deviation: Math.sqrt(squares / degrees), degrees };
}

function scatterAboutLaw({ fixedRate }: GridAnalysis): SingleNoise | null {
  if (fixedRate === null || fixedRate.fit.status === "too_few_points") return null;
  const { residualStandardDeviation, degreesOfFreedom }: LawFit = fixedRate.fit;
  return { deviation: residualStandardDeviation, degrees: degreesOfFreedom };
}

/** Normal noise for each cell of one grid. */
function singleNoise(
  stream: RandomStream,
  replicate: number,
  cells: number,
  { deviation, degrees }: SingleNoise,
): Float64Array {
  const normals = new Float64Array(degrees + cells);
  stream.normal(replicate, normals);
  const chiSquared = normals.subarray(0, degrees).reduce((sum, normal) => sum + normal ** 2, 0);
  const drawn = deviation * Math.sqrt(degrees / chiSquared);
  return normals.subarray(degrees).map((normal) => drawn * normal);
}
