// How a failed cell is told: the name, value and traceback of the protocol's `error` message, with the cell's own lines.
// Deciding that a cell has failed, and sending the message, is server.ts.

import { isAbsolute, relative } from "node:path";
import { inspect, types } from "node:util";
import type { CellSource, Place } from "./cell-source";
import type { Diagnostic } from "./tslab";

/** The content of an `error` message. */
export interface Failure {
  ename: string;
  evalue: string;
  traceback: string[];
}

/** Finds the cell that stack traces call `cell[id]`. */
export type CellLookup = (id: number) => CellSource | undefined;

/** What the TypeScript compiler refused in `cell`. */
export function describeDiagnostics(diagnostics: readonly Diagnostic[], cell: CellSource): Failure {
  const lines = diagnostics.map((diagnostic) => {
    const file = diagnostic.fileName === undefined ? "" : `${diagnostic.fileName} `;
    const place = `${file}line ${diagnostic.start.line + 1}:${diagnostic.start.character + 1}`;
    return `${place} - ${diagnostic.messageText} (TS${diagnostic.code})`;
  });
  const ename = "TypeScriptError";
  const more = lines.length > 1 ? ` (and ${lines.length - 1} more)` : "";
  const traceback = diagnostics.flatMap((diagnostic, index) => {
    const { line, character } = diagnostic.start;
    // A message in several parts names the same place each time: its lines are shown once, after the last part.
    const next = diagnostics[index + 1]?.start;
    const shown = diagnostic.fileName === undefined && !(next?.line === line && next.character === character);
    return shown
      ? [lines[index]!, excerpt(cell, { line: line + 1, column: character + 1 })]
      : [lines[index]!];
  });
  return { ename, evalue: `${lines[0]}${more}`, traceback: [`${ename} in this cell:`, ...traceback] };
}

/** A value that `cell` has thrown, or that one of its promises was rejected with. Anything can be thrown. */
export function describeThrown(thrown: unknown, cell: CellSource | undefined, lookup: CellLookup): Failure {
  if (!isError(thrown)) {
    const evalue = safely(() => inspect(thrown), "a value that cannot be shown");
    return { ename: "Uncaught", evalue, traceback: [`Uncaught ${evalue}`] };
  }
  const ename = safely(() => String(thrown.name || "Error"), "Error");
  const evalue = safely(() => String(thrown.message), "");
  const traceback: string[] = [];
  const seen = new Set<unknown>();
  for (let error: unknown = thrown; error !== undefined && !seen.has(error); ) {
    seen.add(error);
    traceback.push(...(traceback.length > 0 ? ["Caused by:"] : []), ...describeOne(error, cell, lookup));
    const holder = error;
    error = isError(holder) ? safely(() => holder.cause, undefined) : undefined;
  }
  return { ename, evalue, traceback };
}

function describeOne(error: unknown, cell: CellSource | undefined, lookup: CellLookup): string[] {
  if (!isError(error)) return [safely(() => inspect(error), "a value that cannot be shown")];
  const stack = safely(() => String(error.stack ?? ""), "");
  const frames = readFrames(stack, lookup);
  const own =
    frames.find((frame) => frame.cell !== undefined && frame.cell === cell) ??
    frames.find((frame) => frame.cell);
  const head = safely(() => `${error.name}: ${error.message}`, "Error");
  const details = safely(() => (Object.keys(error).length > 0 ? [inspect({ ...error })] : []), []);
  const parts = [head, ...frames.map((frame) => frame.text), ...details];
  return own?.cell && own.place ? [parts.join("\n"), excerpt(own.cell, own.place)] : [parts.join("\n")];
}

interface Frame {
  text: string;
  cell?: CellSource;
  place?: Place;
}

/** The frames of a stack that a reader of the notebook can act on: cells at their own lines, and files outside Node and tslab. */
function readFrames(stack: string, lookup: CellLookup): Frame[] {
  const frames: Frame[] = [];
  for (const line of stack.split("\n")) {
    const match = /^\s+at (?:(.*) \()?(.*?):(\d+):(\d+)\)?$/.exec(line);
    if (!match) continue;
    // A function of an earlier cell is called through the kernel's proxy of all declarations.
    const name = (match[1] ?? "").replace(/^async /, "").replace(/^Proxy\./, "");
    const caller = name === "" ? "" : `${name} `;
    const file = match[2]!.replace(/^(async )?(file:\/\/)?/, "");
    const id = /^cell\[(\d+)\]$/.exec(file);
    if (id) {
      const cell = lookup(Number(id[1]));
      const place = cell?.original(Number(match[3]), Number(match[4]));
      if (!cell || !place) continue;
      frames.push({
        text: `    at ${caller}(cell [${cell.label}], line ${place.line}:${place.column})`,
        cell,
        place,
      });
    } else if (!/^node:|[\\/]tslab[\\/]dist[\\/]|[\\/]jupyter[\\/]kernel[\\/]/.test(file)) {
      const shown = isAbsolute(file) ? relative(process.cwd(), file) : file;
      frames.push({ text: `    at ${caller}(${shown}:${match[3]}:${match[4]})` });
    }
  }
  return frames;
}

/** The cell's text around `place`, with the line and column pointed at. */
function excerpt(cell: CellSource, place: Place): string {
  const lines = cell.text.split("\n");
  const first = Math.max(1, place.line - 2);
  const last = Math.min(lines.length, place.line + 2);
  const width = String(last).length;
  const shown = [`In cell [${cell.label}]:`];
  for (let number = first; number <= last; number++) {
    const here = number === place.line;
    shown.push(`${here ? ">" : " "} ${String(number).padStart(width)} | ${lines[number - 1] ?? ""}`);
    if (here) shown.push(`  ${" ".repeat(width)} | ${" ".repeat(place.column - 1)}^`);
  }
  return shown.join("\n");
}

function isError(value: unknown): value is Error {
  return types.isNativeError(value) || safely(() => value instanceof Error, false);
}

/** The value of `read`, or `otherwise` when a hostile getter or proxy throws. */
function safely<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
