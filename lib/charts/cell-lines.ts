/** The cells of a grid as lines that are named at their ends: against size one line a rate, against rate one line a size. */

import { cellRows, type GridRow, lossRows } from "./grid-data";
import { type LineEnd, lineColors, lineNames } from "./line-names";
import type { SpecPart } from "./spec";
import { TELLS } from "./tips";

export interface CellLines {
  /** What tells the lines apart, its values in their order, and what they are drawn against. */
  readonly series: "size_label" | "rate_label";
  readonly names: readonly string[];
  readonly against: "size" | "rate";
  readonly x: SpecPart;
  readonly y: SpecPart;
  readonly domain: readonly [number, number];
  /** The end at which a line is named. */
  readonly side: "left" | "right";
}

/** Lines, a point for each cell that tells its loss, and the names. */
export function cellLines(rows: readonly GridRow[], lines: CellLines): SpecPart[] {
  const { series, names, against, x, y, domain, side } = lines;
  const colors = lineColors(names.length);
  const color = { field: series, type: "ordinal", scale: { domain: names, range: colors }, legend: null };
  const ends = names.flatMap((name, i): LineEnd[] => {
    const own = rows.filter((row) => row[series] === name && row.loss !== null);
    const end = own.sort((one, other) => one[against] - other[against]).at(side === "left" ? 0 : -1);
    return end === undefined ? [] : [{ name, color: colors[i]!, x: end[against], loss: end.loss! }];
  });
  return [
    {
      data: { values: cellRows(rows, [against, series, "loss"]) },
      mark: { type: "line", strokeWidth: 1.6 },
      encoding: { x, y, color },
    },
    {
      data: { values: lossRows(rows, [against, series, "loss", "tip"]) },
      mark: { type: "point", filled: true, size: 24, opacity: 1 },
      encoding: { x, y, color, ...TELLS },
    },
    ...lineNames(ends, { x, y, domain, side }),
  ];
}
