/**
 * Reads losses by size that someone else measured: CSV with the columns `size` and `loss`. Tables that also have
 * learning rates are `tables/loss-table.ts`.
 */

import { parseTextTable, readTextTable, type TextTable } from "../tables/csv";
import { lossCells } from "../tables/loss-table";
import type { SizeLosses } from "./fit";

/**
 * Reads the losses of each size, ascending. Rows with the same size are its seeds; further columns are ignored, and
 * `hidden_size` may stand for `size`. A diverged run, its loss written as `nan` or `inf`, gives no loss; a size with
 * diverged runs only is left out.
 *
 * @throws with file and line where the table is not such a table.
 */
export function readSizeLosses(path: string): SizeLosses[] {
  return sizeLosses(readTextTable(path), path);
}

/** As `readSizeLosses`, of a text; `source` names it in errors. */
export function parseSizeLosses(text: string, source: string): SizeLosses[] {
  return sizeLosses(parseTextTable(text, source), source);
}

function sizeLosses(table: TextTable, source: string): SizeLosses[] {
  if (table.header.includes("learning_rate")) {
    throw new Error(
      `${table.headerPlace}: expected losses at one learning rate, found a column "learning_rate"; read the table with readLossTable`,
    );
  }
  const size = table.header.includes("size") ? "size" : "hidden_size";
  return lossCells(table, source, { size, rate: null })
    .cells.filter(({ count }) => count > 0)
    .map(({ factors, values }) => ({ size: factors.hidden_size as number, losses: values }));
}
