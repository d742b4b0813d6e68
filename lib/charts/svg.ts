/**
 * Draws a chart as SVG in plain Node: no browser, no canvas, no network.
 */

import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { ChartSpec } from "./spec";
import { textWidth } from "./text-width";

/** What Vega asks for the width of a text; exported by it, but missing from its types. */
interface TextMetrics {
  width: (item: { readonly fontSize?: number; readonly fontWeight?: string }, text: unknown) => number;
}

/**
 * The chart as the text of an SVG file.
 *
 * @throws where the specification cannot be compiled or drawn.
 */
export async function renderSvg(spec: ChartSpec): Promise<string> {
  (vega as unknown as { readonly textMetrics: TextMetrics }).textMetrics.width = (
    { fontSize = 11, fontWeight },
    text,
  ) => fontSize * textWidth(String(text ?? ""), fontWeight === "bold");
  const compiled = compile(spec as unknown as TopLevelSpec);
  const view = new vega.View(vega.parse(compiled.spec), { renderer: "none", logLevel: vega.Warn });
  try {
    return described(await view.toSVG(), spec.description);
  } finally {
    view.finalize();
  }
}

/** Vega leaves the description to the page around a chart; a file has to carry its own. */
function described(svg: string, description: string): string {
  const escaped = description.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return svg.replace(/^<svg [^>]*>/, (opening) => `${opening}<desc>${escaped}</desc>`);
}
