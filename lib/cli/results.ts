/** A results folder as the commands read it. */

import { type Results, readResults } from "../sweep/results";

/**
 * The results of a folder; what a reader should know of them, such as a torn last line, goes to standard error.
 *
 * @throws ResultsError where the folder holds no results, or its files are damaged or contradict each other
 */
export function resultsOf(folder: string): Results {
  const results = readResults(folder);
  for (const notice of results.notices) process.stderr.write(`${notice}\n`);
  return results;
}
