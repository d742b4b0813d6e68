/**
 * Every number that a verdict depends on, with its reason. They were set with the post's grid at hand and before any run was judged, but for
 * `no-form-predicts`, which came after the run `kanji` and takes over the number of `extrapolation-misses`. A study that misses one is
 * reported so, and the number stays.
 */

import type { ClaimId } from "./statements";

/** A statement holds where low ≤ statistic ≤ high. */
export interface Threshold {
  /** In the unit of the claim's statistic; null where there is no such end. */
  readonly low: number | null;
  readonly high: number | null;
  readonly reason: string;
}

/** The threshold of every statement, with the reason for it. */
export const THRESHOLDS: Readonly<Record<ClaimId, Threshold>> = {
  "law-is-straight": {
    low: 0.99,
    high: null,
    reason:
      "a curve whose slope halves over the post's eight sizes (the power law h^-0.14) leaves 0.99 to a line",
  },
  "extrapolation-misses": {
    low: 0.1,
    high: null,
    reason:
      "a law that is wrong by less than a tenth of what it promises is one to plan with, and no failure",
  },
  "no-form-predicts": {
    low: 0.1,
    high: null,
    reason:
      "as for the line: a form that is wrong by less than a tenth of what it promises saves the prediction",
  },
  "no-better-than-smaller": {
    low: 4,
    high: null,
    reason:
      "a quarter of the width is a sixteenth of the weights between hidden layers: much smaller by any count",
  },
  "best-rate-falls": {
    low: 0.5,
    high: null,
    reason: "of four pairs of sizes three fall for each that rises; rates in disorder give 0",
  },
  "best-rate-power-law": {
    low: 0.8,
    high: null,
    reason:
      "a rate that takes a single step down half-way through 12 sizes, which is no power law, gives 0.76",
  },
  "best-rate-exponent": {
    low: -0.53,
    high: -0.33,
    reason:
      "-0.43 ± 0.1: over the post's sizes, 4 to 8192, 0.1 is a factor of 2.1 in the rate, one step of its grid of rates",
  },
  "best-rate-recovers": { low: 0.5, high: null, reason: "most is more than half" },
  "recovered-share": {
    low: 0.7,
    high: 0.9,
    reason:
      "80 % ± 10 points: three times what the reading error of the post's grid, 0.02 nats on each of two losses, makes of its miss of 0.78 nats",
  },
  "best-case-predicts": {
    low: null,
    high: 0.1,
    reason: "a tenth of the promised improvement, as for the line that misses",
  },
  "rate-law-predicts": {
    low: null,
    high: 2,
    reason: "a factor of two is the largest step of the post's grid of rates, which knows nothing finer",
  },
  "tuned-rate-off": {
    low: 2,
    high: null,
    reason:
      "a factor of two is the largest step of the post's grid of rates; less could be the grid's coarseness",
  },
};

/** What a study must have for its claims to be judged. */
export const LEAST_STUDY = {
  /** Six sizes fit a law to four, with two degrees of freedom left, and hold out two. */
  sizes: 6,
  /** Of three rates one at least can be best without standing on the edge of the grid. */
  rates: 3,
} as const;

/** Nominal coverage of all intervals. */
export const CLAIM_LEVEL = 0.95;

/** Grids drawn again for the intervals: the ends of a 95 % interval are then the 13th value from either side. */
export const CLAIM_REPLICATES = 500;

/** Where more than this share of the grids drawn again has no value of a statistic, its interval is none. */
export const MOST_WITHOUT_VALUE = 0.05;
