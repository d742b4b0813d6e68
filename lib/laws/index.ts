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
  tuneRate,
} from "./analysis";
export {
  type CandidateLaw,
  type CandidateLaws,
  type CandidateOutcome,
  candidateLaws,
} from "./candidates";
export {
  type ChoiceOptions,
  chooseForm,
  type FormChoice,
  type FormScore,
  type HeldOutPrediction,
  type HorizonScore,
} from "./choice";
export { comparisonFrame } from "./comparison";
export { type BootstrapOptions, confidenceIntervals, type ParameterIntervals } from "./confidence";
export { type CorrectedSize, type Correction, testCorrection } from "./corrected";
export {
  bestCaseCurve,
  type CellDeparture,
  type Curve,
  type CurveOutcome,
  DEPARTURE_WORDS,
  type Departure,
  type DepartureState,
  departureFrom,
  departures,
  type FormPrediction,
} from "./departures";
export { equivalentSize } from "./equivalent-size";
export {
  type ExtrapolatedLaw,
  type ExtrapolatedSize,
  type Extrapolation,
  type ExtrapolationOptions,
  extrapolateForms,
  extrapolateLaw,
  extrapolateTo,
  type FormsExtrapolation,
} from "./extrapolation";
export {
  costSentence,
  extrapolationFindings,
  horizonFindings,
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
export { concludeGrid, type GridConclusion, studyHeadline } from "./headline";
export { type LackOfFit, lackOfFit, residualFinding } from "./lack-of-fit";
export { judgeLargeRun, type LargeRunVerdict } from "./large-run";
export {
  candidateFrame,
  extrapolationFrame,
  formsFrame,
  heldOutFrame,
  horizonFrame,
  lawFrame,
  parameterFrame,
  residualFrame,
} from "./law-frames";
export type { Interval } from "./line";
export { type Prediction, predictLoss } from "./prediction";
export { type RateBand, type RateBandOptions, rateBand } from "./rate-band";
export { correctionFindings, departureFindings } from "./rate-findings";
export {
  type ExcludedRate,
  fitRateLaw,
  type RateLaw,
  type RateLawOutcome,
  type RatePoint,
  type RatePower,
  rateAt,
} from "./rate-law";
export { type RateSupport, rateSupport, tunedRate } from "./rate-support";
export type { RedrawOptions } from "./redraw";
export { type SizeRoles, sizeRoles, studyRoles } from "./roles";
export { bestCaseSection, type GridFactors, gridAxes, type Section, sectionAtRate } from "./sections";
export type { SeedNoise } from "./seed-noise";
export { parseSizeLosses, readSizeLosses } from "./size-losses";
export {
  formatInterval,
  formatLaw,
  formatList,
  formatLoss,
  formatMiss,
  formatRate,
  formatRSquared,
} from "./wording";
