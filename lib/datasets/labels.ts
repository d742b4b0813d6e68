/** The check that labels are classes of the data set. */

import { DatasetError } from "./errors";

/**
 * @param labels counted from 0
 * @param offsetOf byte offset of the label of an example
 * @param options.first the label that the file gives the first class; defaults to 0
 * @throws DatasetError for the first label that is not in 0 … classes - 1
 */
export function checkLabels(
  labels: ArrayLike<number>,
  classes: number,
  file: string,
  offsetOf: (example: number) => number | undefined,
  { first = 0 } = {},
): void {
  for (let example = 0; example < labels.length; example++) {
    const label = labels[example]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new DatasetError(
        file,
        `example ${example} has label ${label + first}, which is not a class from ${first} to ${classes - 1 + first}`,
        offsetOf(example),
      );
    }
  }
}
