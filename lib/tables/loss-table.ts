/**
 * Reads a table of losses that someone else measured: CSV with the columns `hidden_size`, `learning_rate`, `loss`.
 * Our own `trials.csv` is such a table too. What is made of the cells is the business of the laws.
 */

import { mean, sampleStandardDeviation } from "simple-statistics";
import type { Cell } from "./cells";
import { parseTextTable, quoted, readTextTable, type TextTable } from "./csv";

/** Which rows of a table count. */
export interface LossTableOptions {
  /** Only the rows that have these values in these columns, compared as text or as numbers. */
  readonly where?: Readonly<Record<string, string>>;
}

/** The cells of a table, and what a reader must know of them. */
export interface LossTable {
  readonly cells: readonly Cell[];
  readonly notices: readonly string[];
}

/** The columns that name the parts of a trial; a table without learning rates is all of one rate. */
export interface LossColumns {
  readonly size: string;
  readonly rate: string | null;
}

const COLUMNS: LossColumns = { size: "hidden_size", rate: "learning_rate" };
/** Ways in which other programs write a loss that is not finite. */
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;
/** Columns that number the trials of a cell. */
const REPLICATE = /seed|rep|run|trial|index|^id$/i;
/** Columns that say what was trained, however many values they have; other columns of many values may be what came out. */
const CONFIGURATION = /param|width|depth|layer|model|token|batch|size|update|step|epoch/i;

/**
 * Reads the cells of a table of losses, sorted by size, then by rate. Rows with the same size and rate are trials of
 * one cell, in the order of the optional column `seed`; further columns are ignored. A loss written as `nan` or `inf`,
 * or missing where a column `status` says `diverged`, is a diverged trial.
 *
 * @throws with file and line where the table is not such a table, or where rows of one cell have the same seed: then
 * they differ in something that is no seed, and are no trials of one cell.
 */
export function readLossTable(path: string, options: LossTableOptions = {}): Cell[] {
  return [...loadLossTable(path, options).cells];
}

/** As `readLossTable`, with what a reader must know of the cells. */
export function loadLossTable(path: string, options: LossTableOptions = {}): LossTable {
  return lossCells(readTextTable(path), path, COLUMNS, options);
}

/** As `readLossTable`, of a text; `source` names it in errors. */
export function parseLossTable(text: string, source: string, options: LossTableOptions = {}): Cell[] {
  return [...lossCells(parseTextTable(text, source), source, COLUMNS, options).cells];
}

/** The cells of a table whose columns have these names. */
export function lossCells(
  table: TextTable,
  source: string,
  columns: LossColumns,
  { where = {} }: LossTableOptions = {},
): LossTable {
  const required = [columns.size, ...(columns.rate === null ? [] : [columns.rate]), "loss"];
  for (const name of required) {
    const found = table.header.filter((other) => other === name).length;
    if (found !== 1) {
      throw new Error(
        `${table.headerPlace}: expected one column "${name}", found ${found}; the header must name ${required.join(", ")}`,
      );
    }
  }
  const rows = readRows(table, columns, chosenRows(table, source, where));
  if (rows.length === 0) {
    throw new Error(`${source}: no rows below the header; expected one row a trial or cell`);
  }
  const cells = cellsOf(rows);
  for (const trials of cells) requireSeeds(table, trials, columns);
  return { cells: cells.map(toCell), notices: poolingNotices(table, cells, columns) };
}

interface Row {
  readonly row: number;
  readonly size: number;
  readonly rate: number;
  /** Null without a column of seeds. */
  readonly seed: number | null;
  /** Null for a diverged trial. */
  readonly loss: number | null;
}

/** Which rows have the values asked for; undefined for all. */
function chosenRows(
  table: TextTable,
  source: string,
  where: Readonly<Record<string, string>>,
): ((row: number) => boolean) | undefined {
  const conditions = Object.entries(where).map(([name, wanted]) => {
    if (!table.header.includes(name)) {
      throw new Error(`${source} has no column "${name}"; its columns are ${table.header.join(", ")}`);
    }
    const fields = table.text(name);
    const equal = (field: string | null) =>
      field === wanted || (field !== null && field !== "" && Number(field) === Number(wanted));
    if (!fields.some(equal)) {
      const values = [...new Set(fields.filter((field) => field !== null))];
      const some = values.slice(0, 10).map(quoted).join(", ");
      throw new Error(
        `${source} has no row where ${name} is ${quoted(wanted)}; it has ${some}${values.length > 10 ? ", …" : ""}`,
      );
    }
    return (row: number) => equal(fields[row]!);
  });
  return conditions.length === 0 ? undefined : (row) => conditions.every((holds) => holds(row));
}

function readRows(
  table: TextTable,
  columns: LossColumns,
  isChosen: ((row: number) => boolean) | undefined,
): Row[] {
  const optional = (name: string) => (table.header.includes(name) ? name : null);
  const [seedName, statusName] = [optional("seed"), optional("status")];
  const sizes = table.numbers(columns.size);
  const rates = columns.rate === null ? null : table.numbers(columns.rate);
  const losses = table.numbers("loss");
  const seeds = seedName === null ? null : table.numbers(seedName);
  const fail = (row: number, name: string, expected: string): never => {
    const field = table.text(name)[row];
    const hint = /^[+-]?\d+,\d+$/.test(field ?? "") ? "; write decimals with a point" : "";
    throw new Error(`${table.place(row)}: ${name} must be ${expected}, got ${quoted(field)}${hint}`);
  };
  const rows: Row[] = [];
  for (let row = 0; row < table.height; row++) {
    const [size, rate, loss] = [sizes[row]!, rates === null ? 1 : rates[row]!, losses[row]!];
    const seed = seeds === null ? null : seeds[row]!;
    const usual = size !== null && rate !== null && loss !== null && (seeds === null || seed !== null);
    if (!usual && table.isBlank(row)) continue;
    if (isChosen !== undefined && !isChosen(row)) continue;
    if (!(size > 0 && size < Number.POSITIVE_INFINITY)) fail(row, columns.size, "a positive number");
    if (!(rate > 0 && rate < Number.POSITIVE_INFINITY)) fail(row, columns.rate!, "a positive number");
    const diverged = !Number.isFinite(loss) && isDiverged(table, row, statusName);
    if (!diverged && !Number.isFinite(loss)) {
      fail(row, "loss", "a number in nats (or nan for a diverged trial)");
    }
    if (seeds !== null && !Number.isFinite(seed)) fail(row, "seed", "a number");
    rows.push({ row, size, rate, seed, loss: diverged ? null : loss });
  }
  return rows;
}

function isDiverged(table: TextTable, row: number, statusName: string | null): boolean {
  const field = table.text("loss")[row] ?? "";
  return field === ""
    ? statusName !== null && table.text(statusName)[row] === "diverged"
    : NOT_FINITE.test(field);
}

/** Rows by size and rate, ascending, each cell in the order of its seeds. */
function cellsOf(rows: readonly Row[]): Row[][] {
  const bySize = new Map<number, Map<number, Row[]>>();
  for (const row of rows) {
    const byRate = bySize.get(row.size) ?? new Map<number, Row[]>();
    bySize.set(row.size, byRate);
    const cell = byRate.get(row.rate);
    if (cell === undefined) byRate.set(row.rate, [row]);
    else cell.push(row);
  }
  return [...bySize.values()]
    .flatMap((byRate) => [...byRate.values()])
    .sort(([one], [other]) => one!.size - other!.size || one!.rate - other!.rate)
    .map((cell) => cell.sort((one, other) => (one.seed ?? 0) - (other.seed ?? 0)));
}

/** @throws where two trials of a cell have the same seed */
function requireSeeds(table: TextTable, trials: readonly Row[], columns: LossColumns): void {
  const second = trials.find(({ seed }, i) => seed !== null && seed === trials[i - 1]?.seed);
  if (second === undefined) return;
  const first = trials[trials.indexOf(second) - 1]!;
  const shared = [columns.size, ...(columns.rate === null ? [] : [columns.rate]), "seed"];
  const both = `${table.place(second.row)}: has the same ${shared.slice(0, -1).join(", ")} and seed as ${table.place(first.row).replace(/^.*, /, "")}`;
  const differing = otherColumns(table, columns)
    .filter((name) => table.text(name)[first.row] !== table.text(name)[second.row])
    .map((name) => ({ name, levels: new Set(table.text(name)) }))
    .sort((one, other) => one.levels.size - other.levels.size);
  const [named] = differing;
  if (named === undefined) throw new Error(`${both}; keep one row a trial`);
  const values = [first, second].map(({ row }) => quoted(table.text(named.name)[row])).join(" and ");
  throw new Error(
    `${both}, and differs from it in ${named.name} (${values}); a law needs the rows of one: choose with --where ${named.name}=… or leave the others out`,
  );
}

/** Without seeds, rows of a cell are taken for its seeds; where another column tells them apart in every cell, say so. */
function poolingNotices(
  table: TextTable,
  cells: readonly (readonly Row[])[],
  columns: LossColumns,
): readonly string[] {
  if (table.header.includes("seed")) return [];
  const replicated = cells.filter(({ length }) => length > 1);
  if (replicated.length < 2) return [];
  const most = Math.max(...replicated.map(({ length }) => length));
  const telling = otherColumns(table, columns).filter((name) => {
    if (REPLICATE.test(name)) return false;
    const fields = table.text(name);
    const levels = new Set(replicated.flatMap((trials) => trials.map(({ row }) => fields[row])));
    return (
      (levels.size <= most || CONFIGURATION.test(name)) &&
      replicated.every((trials) => new Set(trials.map(({ row }) => fields[row])).size === trials.length)
    );
  });
  return telling.map(
    (name) =>
      `rows of one size and rate differ in ${name} and count as seeds of one cell; to fit one of them choose it with --where ${name}=…`,
  );
}

/** Columns that are neither part of a trial's cell nor what came out. */
function otherColumns(table: TextTable, columns: LossColumns): string[] {
  const own = [columns.size, columns.rate, "loss", "seed", "status"];
  return [...new Set(table.header)].filter((name) => !own.includes(name));
}

function toCell(trials: readonly Row[]): Cell {
  const { size, rate } = trials[0]!;
  const values = trials.flatMap(({ loss }) => (loss === null ? [] : [loss]));
  const deviation = values.length < 2 ? null : sampleStandardDeviation(values);
  return {
    factors: { hidden_size: size, learning_rate: rate },
    mean: values.length === 0 ? null : mean(values),
    standardDeviation: deviation,
    standardError: deviation === null ? null : deviation / Math.sqrt(values.length),
    count: values.length,
    diverged: trials.length - values.length,
    plateau: 0,
    values,
  };
}
