/**
 * Training a study: the estimate, the run, and what a results folder holds of it. A notebook gets its trials more simply by
 * `trialsFor`; what is made of them is `tables`.
 *
 * @module runs
 */

export type { CheckpointInterval } from "./checkpoint-interval";
export { ResultsError } from "./errors";
export { type Estimate, type EstimateOptions, estimateRun } from "./estimate";
export {
  estimateShapes,
  type ShapeEstimate,
  type ShapesOptions,
  type StudyEstimate,
} from "./estimate-shapes";
export { readStudy } from "./folder";
export { type LedgerContents, readLedger } from "./ledger";
export { type Manifest, readManifest, type Sitting } from "./manifest";
export { type ProvenanceRow, provenanceRows } from "./provenance";
export type { CompletedRecord, DivergedRecord, TrialRecord } from "./record";
export { type Results, readResults } from "./results";
export { missingTrials, type Progress, type RunOptions, type RunSummary, runStudy } from "./run";
