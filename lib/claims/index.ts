/**
 * The statements of Metz (2022) with thresholds stated in advance, the verdict of a run on each of them, and the comparison of two
 * runs. The laws that they measure are `laws`.
 *
 * @module claims
 */

export {
  type ClaimRow,
  claimFindings,
  claimFrame,
  claimMarkdown,
  claimRows,
  completenessLines,
  pictureFindings,
  verdictCounts,
} from "./claim-tables";
export { type ClaimAgreement, type Comparison, compareRuns, type Difference, type RunSide } from "./compare";
export {
  compareTrials,
  PAIR_WORDS,
  type PairState,
  type Shift,
  type TrialComparison,
  type TrialPair,
} from "./compare-trials";
export { type ClaimResult, type JudgedSource, type JudgeOptions, judgeClaims } from "./judge";
export {
  type ClaimSource,
  gridSource,
  type Hindrance,
  type Obstacle,
  trialSource,
} from "./source";
export { CLAIMS, type Claim, type ClaimId, type ValueFormat } from "./statements";
export { THRESHOLDS, type Threshold } from "./thresholds";
export { VERDICT_WORDS, type Verdict } from "./verdict";
