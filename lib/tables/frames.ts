/**
 * Cells and best values as data frames, to be shown or written. The values themselves are `cells.ts` and `best.ts`.
 */

import type { BestValue } from "./best";
import type { Cell } from "./cells";
import { factorColumn, floatColumn, frameOf, integerColumn, textColumn } from "./columns";
import type { Frame } from "./frame";
import { factorText, levelsOf, severalCells } from "./levels";

/**
 * The cells as a frame: one column a factor, then `mean`, `standard_deviation`, `standard_error` (in the unit of the
 * measure), `count`, `diverged` and `plateau` (trials).
 */
export function cellFrame(cells: readonly Cell[]): Frame {
  const names = [...new Set(cells.flatMap(({ factors }) => Object.keys(factors)))];
  return frameOf([
    ...names.map((name) =>
      factorColumn(
        name,
        cells.map(({ factors }) => factors[name]),
      ),
    ),
    floatColumn(
      "mean",
      cells.map((cell) => cell.mean),
    ),
    floatColumn(
      "standard_deviation",
      cells.map((cell) => cell.standardDeviation),
    ),
    floatColumn(
      "standard_error",
      cells.map((cell) => cell.standardError),
    ),
    integerColumn(
      "count",
      cells.map((cell) => cell.count),
    ),
    integerColumn(
      "diverged",
      cells.map((cell) => cell.diverged),
    ),
    integerColumn(
      "plateau",
      cells.map((cell) => cell.plateau),
    ),
  ]);
}

/**
 * The heat map as a wide frame: one row a level of `rows`, then one column a level of `columns`, named by it (rates: `3e-4`), holding
 * the mean. A cell that is missing, or in which a trial diverged, is null.
 *
 * @throws where several cells share one place: some other factor varies too.
 */
export function heatMapFrame(cells: readonly Cell[], rows: string, columns: string): Frame {
  const rowLevels = levelsOf(cells, rows);
  const meanAt = (row: unknown, column: unknown): number | null => {
    const found = cells.filter(({ factors }) => factors[rows] === row && factors[columns] === column);
    if (found.length > 1) {
      throw severalCells(found, `${rows} ${row} and ${columns} ${column}`, [rows, columns]);
    }
    const cell = found[0];
    return cell === undefined || cell.diverged > 0 ? null : cell.mean;
  };
  return frameOf([
    factorColumn(rows, rowLevels),
    ...levelsOf(cells, columns).map((level) =>
      floatColumn(
        factorText(columns, level),
        rowLevels.map((row) => meanAt(row, level)),
      ),
    ),
  ]);
}

/**
 * The best values as a frame: the level under the name `per`, the best value under `factor`, then `mean`,
 * `standard_error` (nats), `ties` and `diverged` (values, separated by spaces) and `edge`.
 */
export function bestFrame(best: readonly BestValue[], factor: string, per: string): Frame {
  return frameOf([
    factorColumn(
      per,
      best.map(({ level }) => level),
    ),
    factorColumn(
      factor,
      best.map((row) => row.best ?? undefined),
    ),
    floatColumn(
      "mean",
      best.map(({ mean }) => mean),
    ),
    floatColumn(
      "standard_error",
      best.map(({ standardError }) => standardError),
    ),
    textColumn(
      "ties",
      best.map(({ ties }) => ties.map((value) => factorText(factor, value)).join(" ")),
    ),
    textColumn(
      "diverged",
      best.map(({ diverged }) => diverged.map((value) => factorText(factor, value)).join(" ")),
    ),
    textColumn(
      "edge",
      best.map(({ edge }) => edge),
    ),
  ]);
}
