/** That the study and the manifest of a results folder belong together. */

import type { Study } from "../studies/study";
import { studyHash } from "../studies/trials";
import type { Manifest } from "../sweep/manifest";
import { ArchiveError } from "./errors";

/** @throws ArchiveError where the manifest describes another study */
export function requireOneStudy(study: Study, manifest: Manifest, folder: string): void {
  if (manifest.study_hash === studyHash(study)) return;
  throw new ArchiveError(
    `${folder}: study.json and manifest.json are of different studies (${studyHash(study)} and ${manifest.study_hash}); restore the one that does not belong there`,
  );
}
