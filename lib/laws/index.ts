/**
 * Laws of size: fitted with their uncertainty, extrapolated, chosen between, and held against larger runs; the law of the best
 * learning rate; and the same as frames and sentences. Figures of them are `charts`.
 *
 * @module laws
 */

export {
  type AnalysedSection,
  type AnalysisOptions,
  analyseGrid,
  type GridAnalysis,
  type Tuning,
} from "./analysis";
export {
  type ChoiceOptions,
  chooseForm,
  type FormChoice,
  type FormScore,
  type HeldOutPrediction,
} from "./choice";
export { comparisonFrame } from "./comparison";
export { type BootstrapOptions, confidenceIntervals, type ParameterIntervals } from "./confidence";
export { type CorrectedSize, type Correction, testCorrection } from "./corrected";
export {
  bestCaseCurve,
  type CellDeparture,
  type Curve,
  DEPARTURE_WORDS,
  type Departure,
  type DepartureState,
  departureFrom,
  departures,
} from "./departures";
export {
  type ExtrapolatedLaw,
  type Extrapolation,
  type ExtrapolationOptions,
  extrapolateLaw,
  extrapolateTo,
} from "./extrapolation";
export {
  correctionFindings,
  costSentence,
  departureFindings,
  extrapolationFindings,
  lawFindings,
  tuningFindings,
} from "./findings";
export {
  type FitOptions,
  type FitOutcome,
  FORM_WORDS,
  fitLaw,
  type LawFit,
  type Objective,
  type SizeLosses,
  type TooFewPoints,
} from "./fit";
export { fitForms } from "./fit-forms";
export { LAW_FORMS, type Law, type LawForm, lossAt } from "./forms";
export { correctionFrame, departureFrame, departureMap, rateSupportFrame } from "./grid-frames";
export { judgeLargeRun, type LargeRunVerdict } from "./large-run";
export { extrapolationFrame, heldOutFrame, lawFrame, parameterFrame, residualFrame } from "./law-frames";
export type { Interval } from "./line";
export { type Prediction, predictLoss } from "./prediction";
export { type RateBand, type RateBandOptions, rateBand } from "./rate-band";
export {
  type ExcludedRate,
  fitRateLaw,
  type RateLaw,
  type RateLawOutcome,
  type RatePoint,
  rateAt,
} from "./rate-law";
export { type RateSupport, rateSupport, tunedRate } from "./rate-support";
export { type SizeRoles, sizeRoles, studyRoles } from "./roles";
export { bestCaseSection, type GridFactors, gridAxes, type Section, sectionAtRate } from "./sections";
export { parseSizeLosses, readSizeLosses } from "./size-losses";
export { formatLaw, formatList, formatLoss, formatMiss, formatRate, formatRSquared } from "./wording";
