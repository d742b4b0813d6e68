/**
 * A table of values as HTML and as text, the same cells in both. How numbers are written is `numbers.ts`.
 */

import type { Frame } from "../tables/frame";
import { numberFormat } from "./numbers";

/** One row: values by column name. */
export type TableRow = Readonly<Record<string, unknown>>;

/** How a table is shown. */
export interface TableOptions {
  /** Stands above the table. */
  readonly title?: string | undefined;
  /** Unit of a column by its name; losses are in nats and times in seconds unless given. */
  readonly units?: Readonly<Record<string, string>> | undefined;
  /** Digits after the decimal point of a column by its name; what its largest value needs unless given. */
  readonly digits?: Readonly<Record<string, number>> | undefined;
  /** Most rows shown, half of them from the end; 20 unless given. */
  readonly rows?: number | undefined;
}

/** The units of the columns that this library makes. */
const UNITS: Readonly<Record<string, string>> = {
  loss: "nats",
  test_loss: "nats",
  diverged_at: "updates",
};

/** A table laid out: everything as text, rows that are left out counted in `hidden`. */
export interface Table {
  readonly title: string | undefined;
  readonly columns: readonly { readonly heading: string; readonly numeric: boolean }[];
  readonly rows: readonly (readonly string[])[];
  /** Rows left out after the first `gap` rows. */
  readonly gap: number;
  readonly hidden: number;
}

/**
 * Lays out a frame or a list of rows, whose columns are those of all rows in the order in which they first appear. A
 * column that is empty in every row is left out.
 */
export function layTable(value: Frame | readonly TableRow[], options: TableOptions = {}): Table {
  const records = isFrame(value) ? value.toRecords() : value;
  const allNames = isFrame(value) ? [...value.columns] : [...new Set(records.flatMap(Object.keys))];
  const isEmpty = (name: string) => records.every((record) => textOf(record[name] ?? "") === "");
  const names = allNames.filter((name) => records.length === 0 || !isEmpty(name));
  const most = Math.max(2, options.rows ?? 20);
  const hidden = Math.max(0, records.length - most);
  const gap = hidden === 0 ? records.length : Math.ceil(most / 2);
  const shown = [...records.slice(0, gap), ...records.slice(gap + hidden)];
  const columns = names.map((name) => {
    const values = records.map((record) => record[name]);
    const present = values.filter((value) => value !== null && value !== undefined);
    const numeric = present.length > 0 && present.every((value) => typeof value === "number");
    const format = numeric ? numberFormat(name, present, options.digits?.[name]) : textOf;
    const unit = options.units?.[name] ?? UNITS[name];
    return {
      name,
      numeric,
      heading: unit ? `${name} (${unit})` : name,
      write: (value: unknown) => (value === null || value === undefined ? "" : format(value as number)),
    };
  });
  const rows = shown.map((record) => columns.map(({ name, write }) => write(record[name])));
  return { title: options.title, columns, rows, gap, hidden };
}

/** The table as HTML. Styles stand on the elements: front ends drop style sheets of outputs. */
export function tableHtml({ title, columns, rows, gap, hidden }: Table): string {
  const align = (i: number) => `style="text-align: ${columns[i]!.numeric ? "right" : "left"}"`;
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell, i) => `<${tag} ${align(i)}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
  const lines = rows.map((row) => line(row, "td"));
  if (hidden > 0) {
    lines.splice(
      gap,
      0,
      `<tr><td colspan="${columns.length}" style="text-align: center">${leftOut(hidden)}</td></tr>`,
    );
  }
  const headings = columns.map(({ heading }) => heading);
  return [
    '<table style="font-variant-numeric: tabular-nums">',
    ...(title === undefined ? [] : [`<caption>${escaped(title)}</caption>`]),
    `<thead>${line(headings, "th")}</thead>`,
    "<tbody>",
    ...lines,
    "</tbody>",
    "</table>",
  ].join("\n");
}

/** The table as lines of text, columns two spaces apart. */
export function tableText({ title, columns, rows, gap, hidden }: Table): string {
  const oneLine = (cell: string) => cell.replace(/\s+/g, " ");
  const cells = [columns.map(({ heading }) => heading), ...rows].map((row) => row.map(oneLine));
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  const lines = cells.map((row) =>
    row
      .map((cell, i) => (columns[i]!.numeric ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
  if (hidden > 0) lines.splice(1 + gap, 0, leftOut(hidden));
  return [...(title === undefined ? [] : [title, ""]), ...lines].join("\n");
}

/** Text that stands for itself in HTML, inside elements and inside attributes. */
export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

export function isFrame(value: object): value is Frame {
  return typeof (value as { toRecords?: unknown }).toRecords === "function";
}

function leftOut(rows: number): string {
  return `… ${rows} more ${rows === 1 ? "row" : "rows"} …`;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
