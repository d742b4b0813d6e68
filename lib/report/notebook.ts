/**
 * Executed notebooks as sections of the page: prose, outputs in the form that tells most, and the code folded below what it made.
 */

import { posix } from "node:path";
import type { ChartSpec } from "../charts/spec";
import { hasTag, type NotebookCell, type NotebookOutput } from "../jupyter/notebook-file";
import { highlighted } from "./code";
import type { ReportNotebook } from "./contents";
import { escaped } from "./escape";
import type { Figures } from "./figure";
import { decoded, type Heading, type MarkdownPlace, markdownHtml } from "./markdown";
import { tableOutput } from "./tables";

const VEGA_LITE = /^application\/vnd\.vegalite\.v5\+json$/;

/** The notebooks of a page. */
export interface NotebookSections {
  readonly html: string;
  /** The titles of the notebooks. */
  readonly titles: readonly Heading[];
}

/** The notebooks as sections, one after the other. */
export async function notebookSections(
  notebooks: readonly ReportNotebook[],
  figures: Figures,
): Promise<NotebookSections> {
  const places = notebooks.map(({ file }) => new NotebookPlace(file));
  const byFile = new Map(places.map((place) => [place.file, place]));
  // A link may lead to a heading that comes later, so all headings are found before the first link is written.
  for (const [i, { cells }] of notebooks.entries())
    for (const cell of cells) proseOf(cell, places[i]!, byFile);
  for (const place of places) place.begin();

  const sections: string[] = [];
  for (const [i, { cells, stopped }] of notebooks.entries()) {
    const place = places[i]!;
    const parts: string[] = [];
    for (const cell of cells) {
      parts.push(
        cell.cell_type === "code"
          ? await codeCell(cell, place, byFile, figures)
          : proseOf(cell, place, byFile),
      );
    }
    if (stopped !== undefined) parts.push(`<p class="stopped"><strong>${escaped(stopped)}</strong></p>\n`);
    sections.push(`<section class="notebook">\n${place.missingTitle()}${parts.join("")}</section>\n`);
  }
  return { html: sections.join("\n"), titles: places.map((place) => place.title) };
}

/** The headings of one notebook: their levels on the page, without a gap in their order, and their anchors. */
class NotebookPlace {
  readonly name: string;
  readonly id: string;
  #headings: Heading[] = [];
  /** Anchors known from the first pass by what links call them. */
  #known = new Map<string, string>();

  constructor(readonly file: string) {
    this.name = file.replace(/\.ipynb$/, "");
    this.id = `notebook-${slug(this.name)}`;
  }

  /** Starts over, with the headings found so far known to links. */
  begin(): void {
    for (const { id, text } of this.#headings) this.#known.set(slug(text), id);
    this.#headings = [];
  }

  /** The heading of the notebook itself. */
  get title(): Heading {
    return this.#headings[0]?.level === 2 ? this.#headings[0] : { level: 2, id: this.id, text: this.name };
  }

  /** A title for a notebook that does not begin with one. */
  missingTitle(): string {
    return this.#headings[0]?.level === 2 ? "" : `<h2 id="${this.id}">${escaped(this.name)}</h2>\n`;
  }

  add(depth: number, text: string): Heading {
    if (this.#headings.length === 0 && depth === 1) return this.#push({ level: 2, id: this.id, text });
    const last = this.#headings.at(-1)?.level ?? 2;
    const level = Math.min(6, Math.max(3, Math.min(depth + 1, last + 1)));
    const same = this.#headings.filter((other) => slug(other.text) === slug(text)).length;
    return this.#push({ level, id: `${this.id}--${slug(text)}${same > 0 ? `-${same + 1}` : ""}`, text });
  }

  /** The anchor of a heading as links name it; the notebook's own where there is no such heading. */
  anchor(fragment: string): string {
    return this.#known.get(slug(fragment)) ?? this.id;
  }

  #push(heading: Heading): Heading {
    this.#headings.push(heading);
    return heading;
  }
}

type Places = ReadonlyMap<string, NotebookPlace>;

function markdownPlace(notebook: NotebookPlace, all: Places, deeper: number): MarkdownPlace {
  return {
    heading: (depth, text) => notebook.add(depth + deeper, text),
    anchor(address) {
      const [path = "", fragment = ""] = decoded(address).split("#", 2);
      const target = path === "" ? notebook : all.get(posix.join(posix.dirname(notebook.file), path));
      return target?.anchor(fragment);
    },
  };
}

/** A cell of prose; nothing for cells of other kinds, such as raw text for exporters. */
function proseOf(cell: NotebookCell, notebook: NotebookPlace, all: Places): string {
  if (cell.cell_type !== "markdown") return "";
  const place = { ...markdownPlace(notebook, all, 0), attachments: cell.attachments };
  return `<div class="prose">\n${markdownHtml(cell.source, place)}</div>\n`;
}

async function codeCell(
  cell: NotebookCell,
  notebook: NotebookPlace,
  all: Places,
  figures: Figures,
): Promise<string> {
  // The values that a tool set for one execution name folders of one machine.
  if (cell.source.trim() === "" || hasTag(cell, "injected-parameters")) return "";
  const outputs: string[] = [];
  for (const output of cell.outputs ?? []) outputs.push(await outputHtml(output, notebook, all, figures));
  const shown = outputs.join("");
  return `${shown && `<div class="outputs">\n${shown}</div>\n`}${foldedCode(cell.source)}`;
}

function foldedCode(source: string): string {
  const lines = source.trimEnd().split("\n").length;
  const count = `${lines} ${lines === 1 ? "line" : "lines"}`;
  return `<details class="source"><summary>Code <span>${count}</span></summary>${highlighted(source.trimEnd(), "typescript")}</details>\n`;
}

async function outputHtml(
  output: NotebookOutput,
  notebook: NotebookPlace,
  all: Places,
  figures: Figures,
): Promise<string> {
  if (output.output_type === "stream") return saidHtml(String(output.text ?? ""));
  if (output.output_type === "error") return saidHtml(`${output.ename}: ${output.evalue}`);
  const data = (output.data ?? {}) as Readonly<Record<string, unknown>>;
  const plain = data["text/plain"] === undefined ? "" : String(data["text/plain"]);
  const chart = Object.entries(data).find(([type]) => VEGA_LITE.test(type))?.[1] as ChartSpec | undefined;
  if (chart) return figures.figure(chart, plain || chart.description || "A chart without a description.");
  const picture = ["image/png", "image/jpeg"].find((type) => typeof data[type] === "string");
  if (picture !== undefined) return pictureHtml(picture, String(data[picture]), plain);
  const table = data["text/html"] === undefined ? undefined : tableOutput(String(data["text/html"]));
  if (table !== undefined) return table;
  if (data["text/markdown"] !== undefined) {
    const place = markdownPlace(notebook, all, 1);
    return `<div class="prose">\n${markdownHtml(String(data["text/markdown"]), place)}</div>\n`;
  }
  return saidHtml(plain);
}

function pictureHtml(type: string, base64: string, words: string): string {
  const source = `data:${type};base64,${base64.replace(/[^A-Za-z0-9+/=]/g, "")}`;
  return `<figure><img src="${source}" alt="${escaped(words || "A picture without a description.")}"></figure>\n`;
}

/** What a cell printed, without the colours of terminals. */
function saidHtml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a colour.
  const plain = text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "").trimEnd();
  return plain === "" ? "" : `<pre class="said">${escaped(plain)}</pre>\n`;
}

/** The anchor that a text gets: letters and digits of any script, all else hyphens. */
function slug(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "") || "section"
  );
}
