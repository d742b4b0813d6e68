/**
 * Cells of a grid: the trials that differ in nothing but their seed, summarised. Which cell is best is `best.ts`.
 */

import pl from "nodejs-polars";
import type { FactorValue, TrialRecord } from "../sweep/record";
import { factorNames, trialFrame } from "./trial-frame";

/** What a cell can be a summary of: losses in nats, the accuracy from 0 to 1. */
export type Measure = "loss" | "test_loss" | "test_accuracy";

/** The summary of the trials at one point of the grid. Diverged trials count in `diverged` and nowhere else. */
export interface Cell {
  /** The cell's factors by name; the seed and whatever else was averaged over is absent. */
  readonly factors: Readonly<Record<string, FactorValue>>;
  /** What it is a summary of; the training loss in nats where it is not said. */
  readonly measure?: Measure;
  /** Mean over the completed trials; null where all diverged. */
  readonly mean: number | null;
  /** Sample standard deviation (divisor n - 1) over the completed trials; null for fewer than two. */
  readonly standardDeviation: number | null;
  /** Standard deviation divided by the square root of the count; null for fewer than two completed trials. */
  readonly standardError: number | null;
  /** Completed trials. */
  readonly count: number;
  /** Diverged trials. Where it is not 0, the mean is over the survivors and flatters the cell. */
  readonly diverged: number;
  /** Completed trials that ended no better than a uniform guess. */
  readonly plateau: number;
  /** The measure of each completed trial, in the order of the seeds. */
  readonly values: readonly number[];
}

/**
 * Summarises the trials of each cell, in the order of the factors.
 *
 * @param options.by the factors that tell cells apart; all but `seed` unless given.
 * @param options.measure what is averaged; the training loss unless given.
 * @throws where no record has one of the named factors.
 */
export function summarizeCells(
  records: readonly TrialRecord[],
  options: { readonly by?: readonly string[]; readonly measure?: Measure } = {},
): Cell[] {
  if (records.length === 0) return [];
  const known = factorNames(records);
  const by = options.by ?? known.filter((name) => name !== "seed");
  for (const name of by) {
    if (!known.includes(name)) {
      throw new Error(`no trial has a factor "${name}"; the factors are ${known.join(", ")}`);
    }
  }
  const { measure: name = "loss" } = options;
  const measure = pl.col(name);
  const summary = [
    measure.mean().alias("cell_mean"),
    measure.std().alias("cell_standard_deviation"),
    measure.count().alias("cell_count"),
    pl.col("status").eq(pl.lit("diverged")).sum().alias("cell_diverged"),
    pl.col("plateau").sum().alias("cell_plateau"),
    measure.alias("cell_values"),
  ];
  const trials = trialFrame(records);
  const cells =
    by.length === 0
      ? trials
          .withColumn(pl.lit(0).alias("cell"))
          .groupBy("cell")
          .agg(...summary)
      : trials
          .groupBy(...by)
          .agg(...summary)
          .sort([...by]);
  return (cells.toRecords() as unknown as SummaryRow[]).map((row) => {
    const count = row.cell_count;
    const standardDeviation = count < 2 ? null : row.cell_standard_deviation;
    return {
      factors: factorsOf(row, by),
      ...(name === "loss" ? {} : { measure: name }),
      mean: row.cell_mean,
      standardDeviation,
      standardError: standardDeviation === null ? null : standardDeviation / Math.sqrt(count),
      count,
      diverged: row.cell_diverged,
      plateau: row.cell_plateau ?? 0,
      values: row.cell_values.filter((value) => value !== null),
    };
  });
}

/** A row of the grouped frame: the summaries under names of their own, beside one column a factor. */
interface SummaryRow {
  readonly cell_mean: number | null;
  readonly cell_standard_deviation: number | null;
  readonly cell_count: number;
  readonly cell_diverged: number;
  readonly cell_plateau: number | null;
  readonly cell_values: (number | null)[];
}

function factorsOf(row: object, names: readonly string[]): Record<string, FactorValue> {
  const factors: Record<string, FactorValue> = {};
  for (const name of names) {
    const value = (row as Record<string, FactorValue | null>)[name];
    if (value !== null && value !== undefined) factors[name] = value;
  }
  return factors;
}
