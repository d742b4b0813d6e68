/**
 * The grid of a study as the charts read it: analysed once, its cells as rows with rounded numbers.
 */

import { type AnalysisOptions, analyseGrid, type GridAnalysis } from "../laws/analysis";
import { formatRates } from "../laws/wording";
import type { Cell } from "../tables/cells";
import { rounded, type SpecPart } from "./spec";
import { inNats, seedCount, type Tip, tipOf } from "./tips";

/** One cell. A type, not an interface, so that it is a part of a specification. */
export type GridRow = {
  readonly size: number;
  readonly size_label: string;
  readonly rate: number;
  readonly rate_label: string;
  /** Mean loss in nats; null where all trials diverged. */
  readonly loss: number | null;
  readonly trials: number;
  readonly diverged: number;
  /** Whether the rate is the best of its size. */
  readonly best: boolean;
  readonly tip: Tip;
};

/** What every chart of a grid is made from. */
export interface GridData {
  readonly analysis: GridAnalysis;
  readonly rows: readonly GridRow[];
  /** The rates and sizes of the grid, ascending, as they are written on axes and beside lines. */
  readonly rateLabels: readonly string[];
  readonly sizeLabels: readonly string[];
  /** Axis titles: the factors' names in words. */
  readonly sizeTitle: string;
  readonly rateTitle: string;
  /** What a point of the charts is: `mean of 3 seeds, batch size 64`. */
  readonly meanOf: string;
}

/**
 * Prepares cells in which only size and learning rate vary.
 *
 * @throws as `analyseGrid`.
 */
export function gridData(cells: readonly Cell[], options: AnalysisOptions = {}): GridData {
  const { size: sizeName = "hidden_size", rate: rateName = "learning_rate" } = options;
  const analysis = analyseGrid(cells, options);
  const rateLabels = formatRates(analysis.rates);
  const rows = cells.map((cell): GridRow => {
    const size = cell.factors[sizeName] as number;
    const rate = cell.factors[rateName] as number;
    const rate_label = rateLabels[analysis.rates.indexOf(rate)]!;
    const best = analysis.bestRates.some((row) => row.level === size && row.best === rate);
    return {
      size,
      size_label: String(size),
      rate,
      rate_label,
      loss: cell.mean === null ? null : rounded(cell.mean),
      trials: cell.count + cell.diverged,
      diverged: cell.diverged,
      best,
      tip: cellTip(cell, `Size ${size}, rate ${rate_label}`, best),
    };
  });
  const held = Object.entries(cells[0]?.factors ?? {})
    .filter(([name]) => name !== sizeName && name !== rateName)
    .map(([name, value]) => `${inWords(name).toLowerCase()} ${value}`);
  const most = Math.max(0, ...rows.map(({ trials }) => trials));
  return {
    analysis,
    rows,
    rateLabels,
    sizeLabels: analysis.sizes.map(String),
    sizeTitle: inWords(sizeName),
    rateTitle: inWords(rateName),
    meanOf: [most > 1 ? `mean of ${most} seeds` : "one loss a cell", ...held].join(", "),
  };
}

/** What a cell tells: its loss, how many seeds it is the mean of, and how sure it is. */
function cellTip({ mean, standardError, count, diverged }: Cell, place: string, best: boolean): Tip {
  if (mean === null) return tipOf(`${place}: no loss`, { Seeds: `all ${diverged} diverged` });
  return tipOf(`${place}: ${inNats(mean)}`, {
    Seeds: seedCount(count, diverged),
    "Standard error": inNats(standardError),
    "Best rate of its size": best ? "yes" : undefined,
  });
}

/**
 * The cells with the named fields only: what a chart does not show, it need not carry. A line breaks at a cell without
 * a loss.
 */
export function cellRows(rows: readonly GridRow[], fields: readonly (keyof GridRow)[]): SpecPart[] {
  return rows.map((row) => fieldsOf(row, fields));
}

/** The cells that have a loss, with the named fields only. */
export function lossRows(rows: readonly GridRow[], fields: readonly (keyof GridRow)[]): SpecPart[] {
  return cellRows(
    rows.filter(({ loss }) => loss !== null),
    fields,
  );
}

/** The named fields of a row. */
export function fieldsOf(row: GridRow, fields: readonly (keyof GridRow)[]): SpecPart {
  return Object.fromEntries(fields.map((field) => [field, row[field]]));
}

function inWords(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
