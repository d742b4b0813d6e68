/**
 * Finished trials as a data frame: one row a trial, one column a factor. Means over seeds are `cells.ts`; writing
 * the frame to disk is `files.ts`.
 */

import type { CompletedRecord, TrialRecord } from "../sweep/record";
import { booleanColumn, factorColumn, floatColumn, frameOf, integerColumn, textColumn } from "./columns";
import type { Frame } from "./frame";

/** The names of all factors of the records, in the order in which they first appear. */
export function factorNames(records: readonly TrialRecord[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record.factors)))];
}

/**
 * The trials as a frame with the columns `id`, one for each factor, `status`, `loss`, `test_loss`, `test_accuracy`,
 * `plateau`, `diverged_at`, `engine` and `seconds` (losses in nats, accuracy from 0 to 1). Rows are sorted by the
 * factors from left to right, then by id. What a trial does not have is null: a diverged trial has no losses, a
 * completed one no `diverged_at`.
 *
 * @throws where a factor bears the name of another column.
 */
export function trialFrame(records: readonly TrialRecord[]): Frame {
  const completed = <T>(pick: (record: CompletedRecord) => T) =>
    records.map((record) => (record.status === "completed" ? pick(record) : null));
  const id = textColumn("id", column(records, "id"));
  const results = [
    textColumn("status", column(records, "status")),
    floatColumn(
      "loss",
      completed((record) => record.loss),
    ),
    floatColumn(
      "test_loss",
      completed((record) => record.test_loss),
    ),
    floatColumn(
      "test_accuracy",
      completed((record) => record.test_accuracy),
    ),
    booleanColumn(
      "plateau",
      completed((record) => record.plateau),
    ),
    integerColumn(
      "diverged_at",
      records.map((record) => (record.status === "diverged" ? record.diverged_at : null)),
    ),
    textColumn("engine", column(records, "engine")),
    floatColumn("seconds", column(records, "seconds")),
  ];
  const names = factorNames(records);
  for (const name of names) {
    if ([id, ...results].some((series) => series.name === name)) {
      throw new Error(
        `factor "${name}" has the name of a result column of the trial table; rename the factor`,
      );
    }
  }
  const factors = names.map((name) =>
    factorColumn(
      name,
      records.map((record) => record.factors[name]),
    ),
  );
  const frame = frameOf([id, ...factors, ...results]);
  return records.length === 0 ? frame : frame.sort([...names, "id"]);
}

function column<Key extends keyof TrialRecord>(
  records: readonly TrialRecord[],
  key: Key,
): TrialRecord[Key][] {
  return records.map((record) => record[key]);
}
