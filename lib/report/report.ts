/**
 * A report as one HTML file that needs nothing else: contents in, text out. Reading and executing what goes into it is `executed.ts` and
 * the command's.
 *
 *   finding and its chart -> table of claims -> notebooks -> each claim in full -> provenance, and the page around them
 */

import { claimsHtml, claimTableHtml, rowsHtml } from "./claims";
import type { ReportContents, ReportRow } from "./contents";
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
  const { study, finding, facts, chart, claims, notebooks, provenance, generator } = contents;
  const figures = new Figures();
  const shown = chart === undefined ? "" : await figures.figure(chart, chart.description);
  const { html, titles } = await notebookSections(notebooks, figures);
  const entries = [
    { id: "claims", text: "The claims" },
    ...titles,
    { id: "judged", text: "How each claim was judged" },
    { id: "provenance", text: "Provenance" },
  ].map(({ id, text }) => `<li><a href="#${escaped(id)}">${escaped(text)}</a></li>`);

  const body = [
    '<div class="page">',
    "<header>",
    `<p class="kicker">offcurve report <span>study ${escaped(study)}</span></p>`,
    `<h1>${unbroken(finding)}</h1>`,
    `<div class="opening">${shown}${factsHtml(facts)}</div>`,
    "</header>",
    '<nav aria-label="Contents">',
    '<p class="kicker">Contents</p>',
    `<ol>${entries.join("")}</ol>`,
    "</nav>",
    "<main>",
    '<section class="findings">',
    '<h2 id="claims">The claims</h2>',
    claimTableHtml(claims),
    "</section>",
    html,
    '<section class="findings">',
    '<h2 id="judged">How each claim was judged</h2>',
    claimsHtml(claims),
    "</section>",
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
  return pageHtml({ title: `${finding} (${study})`, generator, body, charts: figures.specs });
}

/** Labels with paragraphs beside them. */
function factsHtml(facts: readonly ReportRow[]): string {
  const lines = facts.map(
    ({ label, value }) => `<div><dt>${escaped(label)}</dt><dd>${unbroken(value)}</dd></div>`,
  );
  return lines.length === 0 ? "" : `<dl class="facts">\n${lines.join("\n")}\n</dl>`;
}
