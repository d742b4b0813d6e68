// A notebook and its file: read, and written byte for byte as Jupyter's own nbformat writes it, in one step that cannot leave half a file.
// Running its cells is execute-notebook.ts.

import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pythonJson } from "./python-json";

/** One output of a code cell, with texts joined to single strings. */
export interface NotebookOutput {
  output_type: string;
  [field: string]: unknown;
}

/** One cell. `outputs` and `execution_count` are those of a code cell. */
export interface NotebookCell {
  cell_type: string;
  source: string;
  metadata: Record<string, unknown>;
  id?: string;
  outputs?: NotebookOutput[];
  execution_count?: number | null;
  attachments?: Record<string, Record<string, unknown>>;
}

/** A notebook of format 4. */
export interface Notebook {
  cells: NotebookCell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

/**
 * The notebook in `file`.
 * @throws Error when the file cannot be read or is not a notebook of format 4.
 */
export function readNotebook(file: string): Notebook {
  const text = readFileSync(file, "utf8");
  let notebook: Notebook;
  try {
    notebook = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}`);
  }
  if (notebook?.nbformat !== 4 || !Array.isArray(notebook.cells)) {
    throw new Error(`${file} is not a notebook of format 4; open and save it in JupyterLab to convert it.`);
  }
  for (const cell of notebook.cells) {
    cell.source = joined(cell.source) as string;
    for (const attachment of Object.values(cell.attachments ?? {})) joinBundle(attachment);
    for (const output of cell.outputs ?? []) {
      if ("text" in output) output.text = joined(output.text);
      if (isBundle(output)) joinBundle(output.data as Record<string, unknown>);
    }
  }
  return notebook;
}

/** The text of `notebook` as nbformat writes it: keys sorted, one space of indentation, texts as lists of lines. */
export function formatNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => {
    const { trusted: _, ...metadata } = cell.metadata;
    const split: Record<string, unknown> = { ...cell, metadata, source: pythonLines(cell.source) };
    if (cell.attachments) {
      split.attachments = Object.fromEntries(
        Object.entries(cell.attachments).map(([name, bundle]) => [name, splitBundle(bundle)]),
      );
    }
    if (cell.outputs) split.outputs = cell.outputs.map(splitOutput);
    return split;
  });
  const {
    orig_nbformat: _format,
    orig_nbformat_minor: _minor,
    signature: _signature,
    ...metadata
  } = notebook.metadata;
  return `${pythonJson({ ...notebook, cells, metadata }, { indent: 1, sortKeys: true })}\n`;
}

/** Writes `notebook` to `file`, at once or not at all. A file that already holds these bytes is left untouched. */
export function writeNotebook(file: string, notebook: Notebook): void {
  const text = formatNotebook(notebook);
  try {
    if (readFileSync(file, "utf8") === text) return;
  } catch {
    // There is no such file yet.
  }
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString("hex")}`);
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Whether `cell` carries the tag `tag`. */
export function hasTag(cell: NotebookCell, tag: string): boolean {
  return Array.isArray(cell.metadata.tags) && cell.metadata.tags.includes(tag);
}

function splitOutput(output: NotebookOutput): NotebookOutput {
  if (isBundle(output)) return { ...output, data: splitBundle(output.data as Record<string, unknown>) };
  if (output.output_type !== "stream" || typeof output.text !== "string") return output;
  return { ...output, text: pythonLines(output.text) };
}

function isBundle(output: NotebookOutput): boolean {
  return output.output_type === "display_data" || output.output_type === "execute_result";
}

function splitBundle(bundle: Record<string, unknown>): Record<string, unknown> {
  const split = (mime: string, value: unknown) =>
    typeof value === "string" && /^text\/|^application\/javascript$|^image\/svg\+xml$/.test(mime)
      ? pythonLines(value)
      : value;
  return Object.fromEntries(Object.entries(bundle).map(([mime, value]) => [mime, split(mime, value)]));
}

function joinBundle(bundle: Record<string, unknown>): void {
  for (const [mime, value] of Object.entries(bundle)) {
    if (!/^application\/(json|.*\+json)$/.test(mime)) bundle[mime] = joined(value);
  }
}

function joined(value: unknown): unknown {
  return Array.isArray(value) && value.every((line) => typeof line === "string") ? value.join("") : value;
}

/** The lines of `text` with their ends, split where Python's `str.splitlines` splits. */
function pythonLines(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Python splits at these control characters too.
  return text.split(/(?<=\r\n|\r(?!\n)|[\n\v\f\x1c-\x1e\x85\u2028\u2029])/u).filter((line) => line !== "");
}
