/**
 * A report as one HTML file that needs nothing else: contents in, text out. Reading and executing what goes into it is `executed.ts` and
 * the command's.
 *
 *   summary -> claims -> notebooks -> provenance, and the page around them
 */

import { claimsHtml, rowsHtml } from "./claims";
import type { ReportContents } from "./contents";
import { escaped, unbroken } from "./escape";
import { Figures } from "./figure";
import { notebookSections } from "./notebook";
import { pageHtml } from "./page";

/** The most that a report may weigh, in bytes, to pass as an attachment. */
export const MOST_BYTES = 4_000_000;

/**
 * The text of the report's HTML file. The same contents give the same text.
 *
 * @throws where a chart cannot be drawn, or takes its data from elsewhere
 */
export async function renderReport(contents: ReportContents): Promise<string> {
  const { study, title, summary, claims, notebooks, provenance, generator } = contents;
  const figures = new Figures();
  const { html, titles } = await notebookSections(notebooks, figures);
  const entries = [
    { id: "claims", text: "The claims" },
    ...titles,
    { id: "provenance", text: "Provenance" },
  ].map(({ id, text }) => `<li><a href="#${escaped(id)}">${escaped(text)}</a></li>`);

  const body = [
    '<div class="page">',
    "<header>",
    `<p class="kicker">offcurve report <span>study ${escaped(study)}</span></p>`,
    `<h1>${unbroken(title)}</h1>`,
    ...summary.map((paragraph) => `<p class="lead">${unbroken(paragraph)}</p>`),
    "</header>",
    '<nav aria-label="Contents">',
    '<p class="kicker">Contents</p>',
    `<ol>${entries.join("")}</ol>`,
    "</nav>",
    "<main>",
    '<section class="findings">',
    '<h2 id="claims">The claims</h2>',
    claimsHtml(claims),
    "</section>",
    html,
    '<section class="origin">',
    '<h2 id="provenance">Provenance</h2>',
    rowsHtml(provenance),
    "</section>",
    "</main>",
    "<footer>",
    `<p>Made by ${escaped(generator)}. This file is complete: it loads nothing, and it opens without a network.</p>`,
    "</footer>",
    "</div>",
  ].join("\n");
  return pageHtml({ title: `${study}: ${title}`, generator, body, charts: figures.specs });
}
