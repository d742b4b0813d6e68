/**
 * How the best learning rate changes with size: a power law, which is a line between the logarithms. Finding the best
 * rates is the business of the tables.
 */

import type { BestValue } from "../tables/best";
import { coefficientInterval, fitLine, type Interval } from "./line";

/** The law `rate = coefficient · h^exponent`. */
export interface RateLaw {
  readonly status: "fitted";
  readonly exponent: number;
  /** Student's t interval of the exponent. */
  readonly exponentInterval: Interval;
  /** The rate that the law gives at size 1. */
  readonly coefficient: number;
  /** Of the line between the logarithms. */
  readonly rSquared: number;
  readonly points: readonly RatePoint[];
  readonly excluded: readonly ExcludedRate[];
}

export interface RatePoint {
  readonly size: number;
  readonly rate: number;
}

/** A size that the law is not fitted to, and why, in words. */
export interface ExcludedRate {
  readonly size: number;
  readonly reason: string;
}

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
 * @param best best learning rates by size, from `bestValues`.
 * @param level nominal coverage of the interval; 0.95 unless given.
 */
export function fitRateLaw(best: readonly BestValue[], level = 0.95): RateLawOutcome {
  const points: RatePoint[] = [];
  const excluded: ExcludedRate[] = [];
  for (const { level: size, best: rate, edge } of best) {
    if (typeof size !== "number" || !(size > 0)) continue;
    if (typeof rate !== "number" || !(rate > 0))
      excluded.push({ size, reason: "no rate without diverged trials" });
    else if (edge !== "none") excluded.push({ size, reason: `best rate at the ${edge} edge of the grid` });
    else points.push({ size, rate });
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
    exponentInterval: coefficientInterval(line.slope, line.slopeError, line, level),
    coefficient: Math.exp(line.intercept),
    rSquared: line.rSquared,
    points,
    excluded,
  };
}

/** The learning rate that the law gives at a size. */
export function rateAt(law: RateLaw, size: number): number {
  return law.coefficient * size ** law.exponent;
}
