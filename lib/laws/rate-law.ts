/**
 * How the best learning rate changes with size: a power law, which is a line between the logarithms. Finding the best
 * rates is the business of the tables.
 */

import type { BestValue } from "../tables/best";
import { studentQuantile } from "./distributions";
import { fitLine, type Interval, type Line } from "./line";

/** The law `rate = coefficient · h^exponent`. */
export interface RateLaw {
  readonly status: "fitted";
  readonly exponent: number;
  /** Interval of the exponent, from the scatter about the law and the grid's step (`fitRateLaw`). */
  readonly exponentInterval: Interval;
  /** The rate that the law gives at size 1. */
  readonly coefficient: number;
  /** Of the line between the logarithms; null where all sizes have the same best rate, which leaves it nothing to explain. */
  readonly rSquared: number | null;
  readonly points: readonly RatePoint[];
  readonly excluded: readonly ExcludedRate[];
}

/** The best rate of a size, as the law is fitted to it. */
export interface RatePoint {
  readonly size: number;
  readonly rate: number;
  /**
   * The range that the grid rounds to this rate: half way, by ratio, to the rates tried next to it. The loss at its
   * best is nearly symmetric in the logarithm of the rate, so the optimum is nearest to the best rate of the grid.
   */
  readonly low: number;
  readonly high: number;
}

/** A size that the law is not fitted to, and why, in words. */
export interface ExcludedRate {
  readonly size: number;
  readonly reason: string;
}

/** The law of the best learning rate, or why there is none. */
export type RateLawOutcome =
  | RateLaw
  | {
      readonly status: "too_few_points";
      readonly sentence: string;
      readonly excluded: readonly ExcludedRate[];
    };

/**
 * Fits the best rates of the sizes by least squares between the logarithms. A best rate on the edge of the grid is a
 * bound, not an optimum, and is left out, as is a size without any.
 *
 * The interval of the exponent holds Student's interval, b ± t √(Σ (x - x̄)² v) / Σ (x - x̄)² with n - 2 degrees of
 * freedom, where the variance v of a best rate's logarithm is that of the scatter about the law, but never below that
 * of rounding to the grid's step, step² / 12; and it holds every exponent whose law passes through the ranges of all
 * best rates, for such a law nothing in the grid contradicts. Equal best rates thus leave ± step / (x_n - x_1) at
 * least. Simulated with optima on a law, or scattered about it by up to one step of the grid, and rounded to grids of
 * ×1.5, ×2 and ×10, for 3 to 12 sizes and exponents from 0 to -1, its coverage at 95 % is 91 % or more in each case
 * and 97 % in the mean; that of Student's interval without the grid's step falls to 3 % (test/laws/rate-law.test.ts).
 *
 * @param best best learning rates by size, from `bestValues`.
 * @param level nominal coverage of the interval; 0.95 unless given.
 */
export function fitRateLaw(best: readonly BestValue[], level = 0.95): RateLawOutcome {
  const points: RatePoint[] = [];
  const excluded: ExcludedRate[] = [];
  for (const { level: size, best: rate, edge, below, above } of best) {
    if (typeof size !== "number" || !(size > 0)) continue;
    if (typeof rate !== "number" || !(rate > 0))
      excluded.push({ size, reason: "no rate without diverged trials" });
    else if (edge !== "none") excluded.push({ size, reason: `best rate at the ${edge} edge of the grid` });
    else points.push({ size, rate, ...roundedTo(rate, below, above) });
  }
  if (points.length < 3) {
    const sentence = `too few sizes with a best rate inside the grid: ${points.length}, and a power law needs at least 3`;
    return { status: "too_few_points", sentence, excluded };
  }
  const line = fitLine(
    points.map(({ size }) => Math.log(size)),
    points.map(({ rate }) => Math.log(rate)),
  );
  return {
    status: "fitted",
    exponent: line.slope,
    exponentInterval: intervalOfSlope(line, points, level),
    coefficient: Math.exp(line.intercept),
    rSquared: line.rSquared,
    points,
    excluded,
  };
}

/** The range that a grid rounds to a rate. A grid without a neighbour is taken not to round on that side. */
function roundedTo(rate: number, below: unknown, above: unknown): { low: number; high: number } {
  const halfWay = (other: unknown) =>
    typeof other === "number" && other > 0 ? Math.sqrt(rate * other) : rate;
  return { low: halfWay(below), high: halfWay(above) };
}

/**
 * The best rates moved within the ranges that the grid rounds to them, by ratio: a share of 0 moves one to the lower
 * end, 1 to the upper. Bounds, and sizes without a best rate, stay as they are.
 *
 * @param shares one a row, 0 to 1.
 */
export function withinRounding(best: readonly BestValue[], shares: ArrayLike<number>): BestValue[] {
  return best.map((row, i) => {
    if (row.edge !== "none" || typeof row.best !== "number") return row;
    const { low, high } = roundedTo(row.best, row.below, row.above);
    return { ...row, best: low * (high / low) ** shares[i]! };
  });
}

function intervalOfSlope(line: Line, points: readonly RatePoint[], level: number): Interval {
  const { slope, slopeError, meanX, sumSquaresX, degreesOfFreedom } = line;
  const rounding = points.reduce(
    (sum, { size, low, high }) => sum + ((Math.log(size) - meanX) * Math.log(high / low)) ** 2 / 12,
    0,
  );
  const half =
    studentQuantile(level, degreesOfFreedom) * Math.max(slopeError, Math.sqrt(rounding) / sumSquaresX);
  const exponents = lawsThroughRanges(points).map(({ exponent }) => exponent);
  return {
    low: Math.min(slope - half, ...exponents),
    high: Math.max(slope + half, ...exponents),
    level,
  };
}

/** A power law of the rate without what else is known of it. */
export type RatePower = Pick<RateLaw, "coefficient" | "exponent">;

/**
 * The outermost of the laws that pass through the ranges of all points: at each size, and in the exponent, they reach
 * as far as any such law. None where scatter leaves no such law.
 */
export function lawsThroughRanges(points: readonly RatePoint[]): RatePower[] {
  const ranges = points.map(({ size, low, high }) => ({
    x: Math.log(size),
    low: Math.log(low),
    high: Math.log(high),
  }));
  // An outermost line touches the ends of two ranges.
  const ends = ranges.flatMap(({ x, low, high }) => [
    { x, y: low },
    { x, y: high },
  ]);
  const touching = ends.flatMap((one, i) =>
    ends.slice(0, i).flatMap((other) => {
      if (one.x === other.x) return [];
      const slope = (one.y - other.y) / (one.x - other.x);
      return [{ slope, intercept: one.y - slope * one.x }];
    }),
  );
  return touching
    .filter(({ slope, intercept }) =>
      ranges.every(({ x, low, high }) => {
        const y = intercept + slope * x;
        return y >= low - 1e-9 && y <= high + 1e-9;
      }),
    )
    .map(({ slope, intercept }) => ({ coefficient: Math.exp(intercept), exponent: slope }));
}

/** The learning rate that the law gives at a size. */
export function rateAt(law: RatePower, size: number): number {
  return law.coefficient * size ** law.exponent;
}
