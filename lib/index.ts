/** The library as notebooks see it: one import line for everything. */

export { ArchiveError } from "./archive/errors";
export { type ExportOptions, type ExportSummary, exportArchive } from "./archive/export";
export { type ImportOptions, type ImportSummary, importArchive } from "./archive/import";
export { correctionFigure } from "./charts/correction";
export { departuresFigure } from "./charts/departures";
export { gridFigures } from "./charts/figures";
export { writeFigures } from "./charts/files";
export { type LawsFigureOptions, lawsFigure } from "./charts/laws";
export { rateBandFigure } from "./charts/rate-band";
export { sideBySide } from "./charts/side-by-side";
export type { ChartSpec } from "./charts/spec";
export { renderSvg } from "./charts/svg";
export { titleOf } from "./charts/title";
export { claimFrame, claimMarkdown, claimRows } from "./claims/claim-tables";
export { type Comparison, compareRuns, type RunSide } from "./claims/compare";
export { compareTrials } from "./claims/compare-trials";
export { type ClaimResult, type JudgedSource, type JudgeOptions, judgeClaims } from "./claims/judge";
export { type ClaimSource, gridSource, type Obstacle, trialSource } from "./claims/source";
export { CLAIMS, type Claim, type ClaimId } from "./claims/statements";
export { THRESHOLDS } from "./claims/thresholds";
export { VERDICT_WORDS, type Verdict } from "./claims/verdict";
export type { Dataset, DatasetSpec, ExampleStream } from "./datasets/dataset";
export { DatasetError } from "./datasets/errors";
export { datasetNames, loadDataset } from "./datasets/load";
export { type DatasetShape, datasetShape } from "./datasets/shape";
export { chooseEngine, type EngineChoice } from "./engines/choose";
export type { Engine, EngineOptions, Session, State } from "./engines/engine";
export { createEngine, DEFAULT_ENGINE, ENGINE_NAMES, type EngineName } from "./engines/engines";
export { EngineUnavailableError } from "./engines/errors";
export { checkParity, type ParityCheck } from "./engines/parity-check";
export { type EngineProbe, probeEngine } from "./engines/probe";
export { cellSignal } from "./jupyter/cell-signal";
export { analyseGrid, type GridAnalysis } from "./laws/analysis";
export { chooseForm, type FormChoice } from "./laws/choice";
export { comparisonFrame } from "./laws/comparison";
export { confidenceIntervals, type ParameterIntervals } from "./laws/confidence";
export { type CorrectedSize, type Correction, testCorrection } from "./laws/corrected";
export {
  bestCaseCurve,
  type CellDeparture,
  type Curve,
  DEPARTURE_WORDS,
  type Departure,
  type DepartureState,
  departureFrom,
  departures,
} from "./laws/departures";
export { type Extrapolation, extrapolateLaw, extrapolateTo } from "./laws/extrapolation";
export {
  correctionFindings,
  costSentence,
  departureFindings,
  extrapolationFindings,
  lawFindings,
  tuningFindings,
} from "./laws/findings";
export {
  type FitOutcome,
  FORM_WORDS,
  fitLaw,
  type LawFit,
  type Objective,
  type SizeLosses,
} from "./laws/fit";
export { fitForms } from "./laws/fit-forms";
export { LAW_FORMS, type Law, type LawForm, lossAt } from "./laws/forms";
export { correctionFrame, departureFrame, departureMap, rateSupportFrame } from "./laws/grid-frames";
export { judgeLargeRun, type LargeRunVerdict } from "./laws/large-run";
export {
  extrapolationFrame,
  heldOutFrame,
  lawFrame,
  parameterFrame,
  residualFrame,
} from "./laws/law-frames";
export { type Prediction, predictLoss } from "./laws/prediction";
export { type RateBand, rateBand } from "./laws/rate-band";
export { fitRateLaw, type RateLaw, type RateLawOutcome, rateAt } from "./laws/rate-law";
export { type RateSupport, rateSupport, tunedRate } from "./laws/rate-support";
export { type SizeRoles, sizeRoles, studyRoles } from "./laws/roles";
export { bestCaseSection, gridAxes, sectionAtRate } from "./laws/sections";
export { parseSizeLosses, readSizeLosses } from "./laws/size-losses";
export { formatLaw, formatList, formatLoss, formatMiss, formatRate } from "./laws/wording";
export { describeMachine, type GpuDescription, type MachineDescription } from "./machine/machine";
export { describeSource, type SourceDescription } from "./machine/source";
export type { Architecture } from "./model/mlp";
export { type ProgressBar, progress } from "./notebook/progress";
export { namedStudy } from "./notebook/project";
export { postCells, referenceRecords } from "./notebook/reference";
export { type ShowOptions, show } from "./notebook/show";
export type { TableRow } from "./notebook/table";
export { type TrialsOptions, trialsFor } from "./notebook/trials";
export { type RandomStream, randomStream } from "./random/stream";
export type { ReportClaim, ReportContents, ReportNotebook } from "./report/contents";
export { renderReport } from "./report/report";
export type { ConfigField, TrialConfig } from "./studies/config";
export { findStudy, PRESETS } from "./studies/presets";
export { type FactorValue, parseStudy, type Study, StudyError } from "./studies/study";
export { studyHash, type Trial, trialsOf } from "./studies/trials";
export type { CheckpointInterval } from "./sweep/checkpoint-interval";
export { ResultsError } from "./sweep/errors";
export { type Estimate, estimateRun } from "./sweep/estimate";
export { estimateShapes, type ShapeEstimate, type StudyEstimate } from "./sweep/estimate-shapes";
export { readStudy } from "./sweep/folder";
export { readLedger } from "./sweep/ledger";
export { type Manifest, readManifest, type Sitting } from "./sweep/manifest";
export { type ProvenanceRow, provenanceRows } from "./sweep/provenance";
export type { CompletedRecord, DivergedRecord, TrialRecord } from "./sweep/record";
export { missingTrials, type Progress, type RunOptions, type RunSummary, runStudy } from "./sweep/run";
export { type BestValue, bestValues } from "./tables/best";
export { type Cell, summarizeCells } from "./tables/cells";
export { writeTrials } from "./tables/files";
export type { Frame } from "./tables/frame";
export { bestFrame, cellFrame, heatMapFrame } from "./tables/frames";
export { parseLossTable, readLossTable } from "./tables/loss-table";
export { factorNames, trialFrame } from "./tables/trial-frame";
