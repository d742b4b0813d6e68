/** One side of a comparison, read from its results folder. */

import type { RunSide } from "../claims/compare";
import { readManifestIfThere } from "../sweep/manifest";
import { readResults } from "./results";

/**
 * Reads the results of one side.
 *
 * @throws ResultsError where the folder holds no results, or a file in it is damaged
 */
export function readRunSide(folder: string): RunSide {
  const { study, records } = readResults(folder);
  return { name: folder, study, records, checksums: readManifestIfThere(folder)?.dataset.sha256 ?? null };
}
