/** The reference run as a source that claims are judged on. */

import { join } from "node:path";
import { type ClaimSource, trialSource } from "../claims/source";
import { projectFolder } from "../notebook/project";
import { referenceRecords } from "../notebook/reference";
import { DEFAULT_STUDY } from "../studies/presets";

/** The folder of the reference run in the project. */
export function referenceFolder(): string {
  return join(projectFolder(), "data", "reference", DEFAULT_STUDY.name);
}

/** @throws where the reference run is not there */
export function referenceSource(): ClaimSource {
  return trialSource("reference run", DEFAULT_STUDY, referenceRecords());
}
