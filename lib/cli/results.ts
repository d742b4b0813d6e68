/** A results folder as the commands read it. */

import type { Study } from "../studies/study";
import { readStudy } from "../sweep/folder";
import { readLedger } from "../sweep/ledger";
import type { TrialRecord } from "../sweep/record";

/**
 * The study of a folder and its finished trials; what a reader should know of the ledger, such as a torn last line, goes to
 * standard error.
 *
 * @throws ResultsError where the folder holds no results, or a file in it is damaged
 */
export function readResults(folder: string): { readonly study: Study; readonly records: TrialRecord[] } {
  const study = readStudy(folder);
  const { records, notices } = readLedger(folder);
  for (const notice of notices) process.stderr.write(`${notice}\n`);
  return { study, records };
}
