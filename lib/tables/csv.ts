/**
 * Reads CSV as spreadsheets and other programs write it into columns of text, by polars. What the columns mean is the
 * business of the readers of tables; every error names file and line.
 */

import { readFileSync } from "node:fs";
import pl from "nodejs-polars";
import { unreadable } from "../sweep/errors";

/** The columns of a CSV file, as text without spaces around it. */
export interface TextTable {
  /** Names in the header; one given twice stands there twice. */
  readonly header: readonly string[];
  readonly height: number;
  /** Where the file's header is, for errors: `losses.csv, line 1`. */
  readonly headerPlace: string;
  /** The fields of a column; null where a row ends before it, or has nothing there. */
  text(name: string): readonly (string | null)[];
  /** The numbers of a column; NaN for nan and infinite for inf and what is too large, null for what is no number. */
  numbers(name: string): readonly (number | null)[];
  /** Whether a row is a blank line. */
  isBlank(row: number): boolean;
  /** Where a row is: `losses.csv, line 3`. */
  place(row: number): string;
}

/** @throws where the file cannot be read or is no CSV */
export function readTextTable(path: string): TextTable {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw unreadable(error, path);
  }
  return parseTextTable(decoded(bytes, path), path);
}

/**
 * As `readTextTable`, of a text; `source` names it in errors. Fields are separated by what cuts the header into most
 * names: commas, semicolons or tabs.
 */
export function parseTextTable(text: string, source: string): TextTable {
  const marked = text.replace(/^\uFEFF/, "");
  const lines = marked.includes("\n") ? marked : marked.replaceAll("\r", "\n");
  const blankLines = /^\s*\n/.exec(lines)?.[0] ?? "";
  const above = blankLines.split("\n").length - 1;
  const body = lines.slice(blankLines.length);
  const place = (line: number) => `${source}, line ${line}`;
  const headerPlace = place(above + 1);
  if (body.trim() === "")
    throw new Error(`${source}: the file is empty; expected a header and one row a trial`);
  const [first = ""] = body.split("\n", 1);
  const separator = [",", ";", "\t"].reduce((best, other) =>
    first.split(other).length > first.split(best).length ? other : best,
  );
  const frame = frameOf(body, separator, (line) => place(above + line));
  const trimmed = frame.select(...frame.columns.map((name) => pl.col(name).str.strip()));
  // Polars tells equal names apart by such an ending.
  const header = frame.columns.map((name) => name.trim().replace(/_duplicated_\d+$/, ""));
  const column = (name: string) => trimmed.getColumn(frame.columns[header.indexOf(name)]!);
  const texts = new Map<string, (string | null)[]>();
  const fieldsOf = (name: string) => {
    const known = texts.get(name) ?? (column(name).toArray() as (string | null)[]);
    texts.set(name, known);
    return known;
  };
  return {
    header,
    height: trimmed.height,
    headerPlace,
    text: fieldsOf,
    numbers: (name) => column(name).cast(pl.Float64, false).toArray() as (number | null)[],
    isBlank: (row) => header.every((name) => !fieldsOf(name)[row]),
    place: (row) => {
      // Fields in quotes may hold line breaks, which the rows above do not show.
      const breaks = trimmed.columns.map((name) =>
        (trimmed.getColumn(name).head(row).toArray() as (string | null)[]).reduce(
          (sum, field) => sum + (field?.split("\n").length ?? 1) - 1,
          0,
        ),
      );
      return place(above + 2 + row + breaks.reduce((sum, count) => sum + count, 0));
    },
  };
}

/** A field as an error quotes it: in full, or its beginning and how long it is. */
export function quoted(field: string | null | undefined): string {
  const text = field ?? "";
  return text.length <= 60
    ? JSON.stringify(text)
    : `${JSON.stringify(text.slice(0, 40))} … (${text.length} characters)`;
}

function frameOf(body: string, separator: string, place: (line: number) => string): pl.DataFrame {
  const read = (text: string) =>
    pl.readCSV(Buffer.from(text), {
      sep: separator,
      inferSchemaLength: 0,
      truncateRaggedLines: false,
      ignoreErrors: false,
    });
  try {
    return read(body);
  } catch (error) {
    // Polars does not say in which line, but refuses every beginning of the file that holds it.
    const lines = body.split("\n");
    let [whole, broken] = [0, lines.length];
    while (broken - whole > 1) {
      const middle = Math.floor((whole + broken) / 2);
      try {
        read(`${lines.slice(0, middle).join("\n")}\n`);
        whole = middle;
      } catch {
        broken = middle;
      }
    }
    throw new Error(`${place(broken)}: ${reasonOf(error as Error, lines[broken - 1]!, separator)}`, {
      cause: error,
    });
  }
}

function reasonOf({ message }: Error, line: string, separator: string): string {
  if (message.includes("more fields")) return "more fields than the header has names";
  if (line.includes('"')) return "a double quote is out of place";
  return `not a line of CSV with ${separator === "\t" ? "tabs" : `"${separator}"`} between its fields: ${quoted(line)}`;
}

/** UTF-8 or, after a byte order mark, UTF-16. */
function decoded(bytes: Buffer, source: string): string {
  const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  const encoding = mark === 0xfffe ? "utf-16le" : mark === 0xfeff ? "utf-16be" : "utf-8";
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // What is not UTF-8 gets the sentence below.
  }
  throw new Error(`${source}: not a text in UTF-8; save the table as CSV with the encoding UTF-8`);
}
