/**
 * The trial table on disk: `trials.parquet` and `trials.csv` in a study's results folder, both made anew from the
 * ledger's records.
 */

import { join } from "node:path";
import { writeWhole } from "../sweep/folder";
import type { TrialRecord } from "../sweep/record";
import { trialFrame } from "./trial-frame";

/**
 * Writes the trials as `trials.parquet` and `trials.csv` (an existing folder). Each file appears whole or not at all.
 * Numbers in the CSV file have as many digits as it takes to read the same 64-bit float back.
 *
 * @returns the paths of the two files.
 * @throws with the file's path where the folder cannot be written.
 */
export function writeTrials(folder: string, records: readonly TrialRecord[]): string[] {
  const frame = trialFrame(records);
  const parquet = join(folder, "trials.parquet");
  const csv = join(folder, "trials.csv");
  writeWhole(parquet, frame.writeParquet());
  writeWhole(csv, frame.writeCSV());
  return [parquet, csv];
}
