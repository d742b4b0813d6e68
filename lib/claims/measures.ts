/**
 * The statistic of each statement about scaling, as a function of what the analysis finds in a grid. The same function
 * measures the grid itself and the grids drawn again (`redrawn.ts`).
 */

import type { GridAnalysis } from "../laws/analysis";
import {
  type BestCaseLaw,
  bestCasePredicts,
  extrapolationMisses,
  lawIsStraight,
  noBetterThanSmaller,
  recoveredShare,
} from "./law-measures";
import type { Measured } from "./measured";
import {
  bestRateExponent,
  bestRateFalls,
  bestRatePowerLaw,
  rateLawPredicts,
  tunedRateOff,
} from "./rate-measures";
import type { ClaimId } from "./statements";

export type ScalingClaimId = Exclude<ClaimId, "all-trials">;

export type Measure = (analysis: GridAnalysis, bestCaseLaw: BestCaseLaw | null) => Measured;

/** The statistics in the units of `CLAIMS`. */
export const MEASURES: Readonly<Record<ScalingClaimId, Measure>> = {
  "law-is-straight": lawIsStraight,
  "extrapolation-misses": extrapolationMisses,
  "no-better-than-smaller": noBetterThanSmaller,
  "best-rate-falls": bestRateFalls,
  "best-rate-power-law": bestRatePowerLaw,
  "best-rate-exponent": bestRateExponent,
  "best-rate-recovers": recoveredShare,
  "recovered-share": recoveredShare,
  "best-case-predicts": bestCasePredicts,
  "rate-law-predicts": rateLawPredicts,
  "tuned-rate-off": tunedRateOff,
};
