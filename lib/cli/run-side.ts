/** One side of a comparison, read from its results folder. */

import type { RunSide } from "../claims/compare";
import { readStudy } from "../sweep/folder";
import { readLedger } from "../sweep/ledger";
import { readManifestIfThere } from "../sweep/manifest";

/**
 * Reads the results of one side.
 *
 * @param onNotice is told what a reader of the ledger should know, such as a torn last line.
 * @throws ResultsError where the folder holds no results, or a file in it is damaged
 */
export function readRunSide(folder: string, onNotice: (notice: string) => void): RunSide {
  const study = readStudy(folder);
  const { records, notices } = readLedger(folder);
  for (const notice of notices) onNotice(notice);
  return { name: folder, study, records, checksums: readManifestIfThere(folder)?.dataset.sha256 ?? null };
}
