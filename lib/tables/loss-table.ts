/**
 * Reads a table of losses that someone else measured: CSV with the columns `hidden_size`, `learning_rate`, `loss`.
 * Our own `trials.csv` is such a table too. What is made of the cells is the business of the laws.
 */

import { readFileSync } from "node:fs";
import { mean, sampleStandardDeviation } from "simple-statistics";
import type { Cell } from "./cells";

const REQUIRED = ["hidden_size", "learning_rate", "loss"] as const;
/** Ways in which other programs write a loss that is not finite. */
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;

/**
 * Reads the cells of a table of losses, sorted by size, then by rate. Rows with the same size and rate are trials of
 * one cell, in the order of the optional column `seed`; further columns are ignored. A loss written as `nan` or `inf`,
 * or missing where a column `status` says `diverged`, is a diverged trial.
 *
 * @throws with file and line where the table is not such a table.
 */
export function readLossTable(path: string): Cell[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
  return parseLossTable(text, path);
}

/** As `readLossTable`, of a text; `source` names it in errors. */
export function parseLossTable(text: string, source: string): Cell[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const header = splitLine(lines[0]!, `${source}, line 1`).map((name) => name.trim());
  for (const name of REQUIRED) {
    const found = header.filter((other) => other === name).length;
    if (found !== 1) {
      throw new Error(
        `${source}, line 1: expected one column "${name}", found ${found}; the header must name ${REQUIRED.join(", ")}`,
      );
    }
  }
  const cells = new Map<string, Trial[]>();
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === "") continue;
    const trial = parseTrial(line, header, `${source}, line ${index + 1}`);
    const key = `${trial.size} ${trial.rate}`;
    cells.set(key, [...(cells.get(key) ?? []), trial]);
  }
  if (cells.size === 0)
    throw new Error(`${source}: no rows below the header; expected one row a trial or cell`);
  return [...cells.values()]
    .sort(([one], [other]) => one!.size - other!.size || one!.rate - other!.rate)
    .map(toCell);
}

interface Trial {
  readonly size: number;
  readonly rate: number;
  readonly seed: number;
  /** Null for a diverged trial. */
  readonly loss: number | null;
}

function parseTrial(line: string, header: readonly string[], where: string): Trial {
  const fields = splitLine(line, where);
  if (fields.length !== header.length) {
    throw new Error(`${where}: expected ${header.length} fields as in the header, got ${fields.length}`);
  }
  const field = (name: string) => fields[header.indexOf(name)]?.trim();
  const positive = (name: string) => {
    const value = toNumber(field(name)!);
    if (!(value > 0)) {
      throw new Error(`${where}: ${name} must be a positive number, got ${JSON.stringify(field(name))}`);
    }
    return value;
  };
  const seed = field("seed");
  const loss = field("loss")!;
  const diverged = NOT_FINITE.test(loss) || (loss === "" && field("status") === "diverged");
  if (!diverged && Number.isNaN(toNumber(loss))) {
    throw new Error(
      `${where}: loss must be a number in nats (or nan for a diverged trial), got ${JSON.stringify(loss)}`,
    );
  }
  if (seed !== undefined && Number.isNaN(toNumber(seed))) {
    throw new Error(`${where}: seed must be a number, got ${JSON.stringify(seed)}`);
  }
  return {
    size: positive("hidden_size"),
    rate: positive("learning_rate"),
    seed: seed === undefined ? 0 : toNumber(seed),
    loss: diverged ? null : toNumber(loss),
  };
}

/** A finite decimal number, else NaN. `Number` alone would take "" for 0 and "0x10" for 16. */
function toNumber(field: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(field) && Number.isFinite(Number(field))
    ? Number(field)
    : Number.NaN;
}

/** Splits one line of CSV at its commas; a field in double quotes may hold commas and doubled quotes. */
function splitLine(line: string, where: string): string[] {
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  while (true) {
    const match = field.exec(line);
    if (match === null) throw new Error(`${where}: a double quote is out of place`);
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === "") return fields;
  }
}

function toCell(trials: readonly Trial[]): Cell {
  const { size, rate } = trials[0]!;
  const values = [...trials]
    .sort((one, other) => one.seed - other.seed)
    .flatMap(({ loss }) => (loss === null ? [] : [loss]));
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
