/**
 * The page around a report's body: style sheet, charts' data, the libraries that draw them, and a policy under which nothing else can be
 * loaded or run.
 */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { ChartSpec } from "../charts/spec";
import { escaped, jsonInScript, scriptInPage, styleInPage } from "./escape";

const locate = createRequire(__filename);

/** Libraries in the order in which they need each other. */
const LIBRARIES = ["vega", "vega-lite", "vega-embed"] as const;

/** What a page is made from; `body` is HTML, the rest plain. */
export interface Page {
  readonly title: string;
  readonly generator: string;
  readonly body: string;
  /** Specifications by the number in `data-chart`. */
  readonly charts: readonly ChartSpec[];
}

/** The whole text of the page. */
export function pageHtml({ title, generator, body, charts }: Page): string {
  const scripts =
    charts.length === 0 ? [] : [...LIBRARIES.map(librarySource), ownFile("draw.js")].map(scriptInPage);
  const hashes = scripts.map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  const policy = [
    "default-src 'none'",
    `script-src ${hashes.join(" ") || "'none'"}`,
    // Alignments of table cells and what Vega writes are style attributes.
    "style-src 'unsafe-inline'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return [
    "<!DOCTYPE html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<meta name="generator" content="${escaped(generator)}">`,
    `<title>${escaped(title)}</title>`,
    '<link rel="icon" href="data:,">',
    `<style>\n${styleInPage(ownFile("style.css"))}</style>`,
    "</head>",
    "<body>",
    body,
    ...(charts.length === 0
      ? []
      : [
          `<script type="application/json" id="charts">${jsonInScript(charts)}</script>`,
          `<!-- Vega, Vega-Lite and Vega-Embed:\n${licence()}\n-->`,
          ...scripts.map((script) => `<script>${script}</script>`),
        ]),
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

/** A library as its package ships it for browsers, beside the file that Node takes. */
function librarySource(name: string): string {
  const file = join(dirname(locate.resolve(name)), `${name}.min.js`);
  return readFileSync(file, "utf8").replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
}

/** The licence that the three libraries share, which asks to be passed on with them. */
function licence(): string {
  const file = join(dirname(locate.resolve("vega-lite")), "..", "LICENSE");
  return readFileSync(file, "utf8").trim().replaceAll("--", "- -");
}

/** A file of the folder `page`, which lies beside this one in the source and is not compiled. */
function ownFile(name: string): string {
  return readFileSync(join(dirname(locate.resolve("offcurve/package.json")), "report", "page", name), "utf8");
}
