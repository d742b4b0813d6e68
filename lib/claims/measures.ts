/**
 * The statistic of each statement, as a function of what the analysis finds in a grid. The same function measures the
 * grid itself and the grids drawn again (`redrawn.ts`).
 */

import type { GridAnalysis } from "../laws/analysis";
import type { FormLaw, GridLaws } from "./form-laws";
import {
  bestCasePredicts,
  extrapolationMisses,
  formMisses,
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

/** A statistic of the grid, or one for each form of law of one of its sections. */
export type Measure =
  | { readonly kind: "grid"; readonly of: (analysis: GridAnalysis) => Measured }
  | {
      readonly kind: "form";
      readonly section: keyof GridLaws;
      readonly of: (analysis: GridAnalysis, law: FormLaw) => Measured;
      /** How the forms are put together: any of them may be the true one, or the one that comes closest counts. */
      readonly forms: "any" | "closest";
    };

const grid = (of: (analysis: GridAnalysis) => Measured): Measure => ({ kind: "grid", of });
const byForm = (
  section: keyof GridLaws,
  of: (analysis: GridAnalysis, law: FormLaw) => Measured,
  forms: "any" | "closest" = "any",
): Measure => ({ kind: "form", section, of, forms });

/** The statistics in the units of `CLAIMS`. */
export const MEASURES: Readonly<Record<ClaimId, Measure>> = {
  "law-is-straight": grid(lawIsStraight),
  "extrapolation-misses": grid(extrapolationMisses),
  "no-form-predicts": byForm("fixedRate", formMisses, "closest"),
  "no-better-than-smaller": grid(noBetterThanSmaller),
  "best-rate-falls": grid(bestRateFalls),
  "best-rate-power-law": grid(bestRatePowerLaw),
  "best-rate-exponent": grid(bestRateExponent),
  "best-rate-recovers": byForm("fixedRate", recoveredShare),
  "recovered-share": byForm("fixedRate", recoveredShare),
  "best-case-predicts": byForm("bestCase", bestCasePredicts),
  "rate-law-predicts": grid(rateLawPredicts),
  "tuned-rate-off": grid(tunedRateOff),
};

/** Statements about a loss that falls with size; where it does not, there is no law for them to be about. */
export const ABOUT_AN_EFFECT_OF_SIZE: ReadonlySet<ClaimId> = new Set([
  "extrapolation-misses",
  "no-form-predicts",
  "no-better-than-smaller",
  "best-rate-recovers",
  "recovered-share",
  "best-case-predicts",
]);
