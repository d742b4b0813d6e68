/** One side of a comparison, read from its results folder. */

import type { RunSide } from "../claims/compare";
import { resultsOf } from "./results";

/**
 * Reads the results of one side.
 *
 * @throws ResultsError where the folder holds no results, or its files are damaged or contradict each other
 */
export function readRunSide(folder: string): RunSide {
  const { study, records, manifest } = resultsOf(folder);
  return { name: folder, study, records, checksums: manifest?.dataset.sha256 ?? null };
}
