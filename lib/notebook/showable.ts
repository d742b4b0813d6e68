/**
 * What kind of thing a notebook wants shown: a chart, a table, or sentences. Trials and cells become the tables that their room makes
 * of them.
 */

import type { SpecPart } from "../charts/spec";
import type { TrialRecord } from "../sweep/record";
import type { Cell } from "../tables/cells";
import type { Frame } from "../tables/frame";
import { cellFrame } from "../tables/frames";
import { trialFrame } from "../tables/trial-frame";
import { isFrame, type TableOptions, type TableRow } from "./table";

/** A value that is to be shown, by its kind; options that the kind brings along give way to those of the caller. */
export type Showable =
  | { readonly kind: "chart"; readonly spec: SpecPart }
  | { readonly kind: "table"; readonly table: Frame | readonly TableRow[]; readonly options: TableOptions }
  | { readonly kind: "sentences"; readonly sentences: readonly string[] };

/** The parts of a Vega-Lite specification of which it has at least one. */
const VIEWS = ["mark", "layer", "concat", "hconcat", "vconcat", "facet", "repeat", "spec"];

/** Columns of trials that say nothing about their result; empty ones, such as the loss where all diverged, are left out too. */
const BESIDE_THE_RESULT = ["id", "engine"];

/**
 * @throws TypeError where the value is nothing that can be shown, or a chart whose data lie elsewhere
 */
export function showable(value: unknown): Showable {
  if (typeof value === "string") return { kind: "sentences", sentences: [value] };
  if (value instanceof Promise) {
    throw new TypeError("show got a promise; put await before the call that made it");
  }
  if (Array.isArray(value)) return showableList(value);
  if (typeof value !== "object" || value === null) throw new TypeError(notShowable(value));
  if (isFrame(value)) return { kind: "table", table: value, options: {} };
  const spec = value as SpecPart;
  const schema = typeof spec.$schema === "string" ? spec.$schema : "";
  if (/\/schema\/vega\//.test(schema)) {
    throw new TypeError("show draws Vega-Lite, and this is a specification of Vega; its $schema says so");
  }
  if (VIEWS.some((name) => name in spec)) {
    requireInlineData(spec);
    return { kind: "chart", spec };
  }
  return showableList([value]);
}

function showableList(values: readonly unknown[]): Showable {
  if (values.length > 0 && values.every((value) => typeof value === "string")) {
    return { kind: "sentences", sentences: values };
  }
  if (!values.every((value) => typeof value === "object" && value !== null && !Array.isArray(value))) {
    throw new TypeError(notShowable(values.find((value) => typeof value !== "object" || value === null)));
  }
  if (values.length > 0 && values.every(isCell)) {
    const nats = Object.fromEntries(
      ["mean", "standard_deviation", "standard_error"].map((name) => [name, "nats"]),
    );
    const losses = values.every(({ measure }) => measure !== "test_accuracy");
    return { kind: "table", table: cellFrame(values), options: losses ? { units: nats } : {} };
  }
  if (values.length > 0 && values.every(isRecord)) {
    const frame = trialFrame(values);
    const columns = frame.columns.filter(
      (name) => !BESIDE_THE_RESULT.includes(name) && frame.getColumn(name).nullCount() < frame.height,
    );
    return { kind: "table", table: frame.select(...columns), options: { units: { seconds: "s" } } };
  }
  return { kind: "table", table: values as readonly TableRow[], options: {} };
}

function isCell(value: unknown): value is Cell {
  const { factors, values, count } = value as Partial<Cell>;
  return typeof factors === "object" && Array.isArray(values) && typeof count === "number";
}

function isRecord(value: unknown): value is TrialRecord {
  const { id, factors, status } = value as Partial<TrialRecord>;
  return typeof id === "string" && typeof factors === "object" && typeof status === "string";
}

/** A saved notebook has to hold what it shows, and a picture is drawn without a network. */
function requireInlineData(spec: unknown): void {
  if (typeof spec !== "object" || spec === null) return;
  for (const [name, value] of Object.entries(spec)) {
    const url = name === "data" ? (value as { readonly url?: unknown } | null)?.url : undefined;
    if (url !== undefined) {
      throw new TypeError(
        `the chart's data are at ${String(url)}; read them first and give the rows: data: { values: rows }`,
      );
    }
    // Rows may be many, and hold no specification.
    if (name !== "values" && name !== "datasets") requireInlineData(value);
  }
}

function notShowable(value: unknown): string {
  const got = value === undefined || value === null ? String(value) : `a ${typeof value}`;
  return `show takes a chart, a data frame, cells, trials, rows as plain objects, or sentences; got ${got}`;
}
