/**
 * The post's correction, put to the test: the law of the best rate and the laws of the best case, both fitted to the
 * smaller sizes, say at which rate a larger model should be trained and what loss it should then have.
 */

import { bestValues } from "../tables/best";
import type { Cell } from "../tables/cells";
import type { BootstrapOptions } from "./confidence";
import { bestCaseCurve, type Curve, type Departure, departureFrom } from "./departures";
import { fitRateLaw, type RateLaw, rateAt } from "./rate-law";
import { type GridFactors, gridAxes } from "./sections";

/** A size held out of all laws, and its losses held against the curve of tuned smaller models. */
export interface CorrectedSize {
  readonly size: number;
  /** The rate that the law of the best rate gives, and the rate of the grid nearest to it by ratio. */
  readonly lawRate: number;
  readonly nearestRate: number;
  /** At the nearest rate, at the rate tuned on small sizes (null without one) and at the best rate of the size. */
  readonly corrected: Departure;
  readonly fixed: Departure | null;
  readonly best: Departure;
  /** Whether the best rate stands on the edge of the grid, so that a better one may lie beyond. */
  readonly bestOnEdge: boolean;
}

/** The larger sizes at the rates that the law of the smaller ones prescribes, or why that cannot be tested. */
export type Correction =
  | {
      readonly status: "tested";
      readonly rateLaw: RateLaw;
      readonly curve: Curve;
      readonly sizes: readonly CorrectedSize[];
    }
  | { readonly status: "unavailable"; readonly sentence: string };

/**
 * Tests the correction on all sizes above the fitted ones. The losses are judged as in `departures`, by the same curve
 * and the same intervals.
 *
 * @param fittedSizes sizes that the laws are fitted to.
 * @param fixedRate the rate tuned on small sizes, for comparison; null where none could be tuned.
 */
export function testCorrection(
  cells: readonly Cell[],
  fittedSizes: readonly number[],
  fixedRate: number | null,
  options: GridFactors & BootstrapOptions = {},
): Correction {
  const { size: sizeName = "hidden_size", rate: rateName = "learning_rate" } = options;
  const { sizes, rates } = gridAxes(cells, options);
  const best = bestValues(cells, rateName, sizeName);
  const isFitted = (size: unknown) => fittedSizes.includes(size as number);
  const rateLaw = fitRateLaw(
    best.filter(({ level }) => isFitted(level)),
    options.level,
  );
  if (rateLaw.status !== "fitted") return { status: "unavailable", sentence: rateLaw.sentence };
  const curve = bestCaseCurve(cells, { ...options, fittedSizes });
  if (curve.status === "unavailable") return { status: "unavailable", sentence: curve.sentence };
  const judged = (size: number, rate: unknown): Departure => {
    const cell = cells.find(({ factors }) => factors[sizeName] === size && factors[rateName] === rate);
    return departureFrom(curve.laws, size, cell?.values ?? [], options);
  };
  const largestFitted = Math.max(...fittedSizes);
  return {
    status: "tested",
    rateLaw,
    curve,
    sizes: sizes
      .filter((size) => size > largestFitted)
      .map((size): CorrectedSize => {
        const lawRate = rateAt(rateLaw, size);
        const nearestRate = nearest(rates, lawRate);
        const own = best.find(({ level }) => level === size)!;
        return {
          size,
          lawRate,
          nearestRate,
          corrected: judged(size, nearestRate),
          fixed: fixedRate === null ? null : judged(size, fixedRate),
          best: judged(size, own.best),
          bestOnEdge: own.edge !== "none",
        };
      }),
  };
}

/** The rate whose ratio to the wanted one is closest to 1. */
function nearest(rates: readonly number[], wanted: number): number {
  const distance = (rate: number) => Math.abs(Math.log(rate / wanted));
  return rates.reduce((closest, rate) => (distance(rate) < distance(closest) ? rate : closest));
}
