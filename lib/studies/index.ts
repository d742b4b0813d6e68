/**
 * What is trained: a study is a grid over the fields of a trial's configuration, and its trials are the points of that grid.
 * How trials are trained is `runs`; which images they see is `datasets`.
 *
 * @module studies
 */

export type {
  Activation,
  ConfigField,
  Initialization,
  OptimizerName,
  Schedule,
  TrialConfig,
} from "./config";
export { findStudy, PRESETS } from "./presets";
export {
  type DatasetSpec,
  type Evaluation,
  type FactorValue,
  parseStudy,
  type Study,
  StudyError,
} from "./study";
export { studyHash, type Trial, trialsOf } from "./trials";
export { studyWhere, trialsWhere, type Where } from "./where";
