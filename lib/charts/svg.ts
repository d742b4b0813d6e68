/**
 * Draws a chart as SVG in plain Node: no browser, no canvas, no network. What Vega has to say goes through here, and
 * only to who asks for it.
 */

import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { ChartSpec } from "./spec";
import { textWidth } from "./text-width";

/** How a chart is drawn. */
export interface SvgOptions {
  /**
   * The colour of letters and axes: that of the text around the drawing (`inherit`, for a drawing within a page), that
   * of the reader's theme (`theme`, for a file), or a colour by name. `inherit` unless given.
   */
  readonly ink?: "inherit" | "theme" | (string & {});
  /** Called with what the drawing library warns of, in its words; nobody hears of it unless given. */
  readonly onWarning?: (words: string) => void;
}

/** Inks that are read well on white and on a dark ground. */
export const LIGHT_THEME_INK = "#222222";
export const DARK_THEME_INK = "#e6edf3";

/** Exported by Vega, but missing from its types: how wide it takes a text to be, and its count of the names in drawings. */
const { textMetrics, resetSVGDefIds } = vega as unknown as {
  readonly textMetrics: {
    width: (item: { readonly fontSize?: number; readonly fontWeight?: string }, text: unknown) => number;
  };
  readonly resetSVGDefIds: () => void;
};

/**
 * The chart as the text of an SVG file, with a transparent ground.
 *
 * @throws where the specification cannot be compiled or drawn.
 */
export async function renderSvg(spec: ChartSpec, options: SvgOptions = {}): Promise<string> {
  textMetrics.width = ({ fontSize = 11, fontWeight }, text) =>
    fontSize * textWidth(String(text ?? ""), fontWeight === "bold");
  const logger = warningsTo(options.onWarning);
  const compiled = compile(spec as unknown as TopLevelSpec, { logger });
  const view = new vega.View(vega.parse(compiled.spec, {}, { logger } as object), {
    renderer: "none",
    logger,
  });
  try {
    resetSVGDefIds();
    return completed(await view.toSVG(), spec.description, options.ink ?? "inherit");
  } finally {
    view.finalize();
  }
}

/** A logger that passes on warnings and throws what Vega calls an error. */
function warningsTo(onWarning: SvgOptions["onWarning"]) {
  const logger: vega.LoggerInterface = {
    level: ((level?: number) => (level === undefined ? vega.Warn : logger)) as vega.LoggerInterface["level"],
    error(...words) {
      const [cause] = words;
      throw cause instanceof Error ? cause : new Error(words.join(" "));
    },
    warn(...words) {
      onWarning?.(words.join(" "));
      return logger;
    },
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}

/** Vega leaves description and colours of the page to the page; a file has to carry its own. */
function completed(svg: string, description: string, ink: string): string {
  const escaped = description.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return svg.replace(/^<svg /, `<svg${inkAttribute(ink)} `).replace(/^<svg [^>]*>/, (opening) => {
    return `${opening}<desc>${escaped}</desc>${ink === "theme" ? THEME_STYLE : ""}`;
  });
}

function inkAttribute(ink: string): string {
  if (ink === "inherit") return "";
  return ` color="${ink === "theme" ? LIGHT_THEME_INK : ink}"`;
}

const THEME_STYLE = `<style>:root{color-scheme:light dark}@media (prefers-color-scheme:dark){:root{color:${DARK_THEME_INK}}}</style>`;
