/**
 * Reads losses by size that someone else measured: CSV with the columns `size` and `loss`. Tables that also have
 * learning rates are `tables/loss-table.ts`.
 */

import { readFileSync } from "node:fs";
import { parseLossTable } from "../tables/loss-table";
import type { SizeLosses } from "./fit";

/**
 * Reads the losses of each size, ascending. Rows with the same size are its seeds; further columns are ignored, and
 * `hidden_size` may stand for `size`. A diverged run, its loss written as `nan` or `inf`, gives no loss; a size with
 * diverged runs only is left out.
 *
 * @throws with file and line where the table is not such a table.
 */
export function readSizeLosses(path: string): SizeLosses[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
  return parseSizeLosses(text, path);
}

/** As `readSizeLosses`, of a text; `source` names it in errors. */
export function parseSizeLosses(text: string, source: string): SizeLosses[] {
  const [header = "", ...rows] = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const names = header.split(",").map((name) => name.trim().replace(/^"(.*)"$/, "$1"));
  if (names.includes("learning_rate")) {
    throw new Error(
      `${source}, line 1: expected losses at one learning rate, found a column "learning_rate"; read the table with readLossTable`,
    );
  }
  const known = names.map((name) => (name === "size" ? "hidden_size" : name));
  // A table of losses at one rate, whatever it was.
  const table = [
    [...known, "learning_rate"].join(","),
    ...rows.map((row) => (row.trim() === "" ? row : `${row},1`)),
  ];
  return parseLossTable(table.join("\n"), source)
    .filter(({ count }) => count > 0)
    .map(({ factors, values }) => ({ size: factors.hidden_size as number, losses: values }));
}
