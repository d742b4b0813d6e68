/**
 * What a chart is here: a Vega-Lite 5 specification as a plain object, with the look that all charts share. Drawing
 * it is `svg.ts`.
 */

import { brokenLines } from "./text-width";

/** Any part of a specification. */
export type SpecPart = { readonly [key: string]: unknown };

/** A Vega-Lite 5 specification with its data inline. */
export interface ChartSpec extends SpecPart {
  readonly $schema: string;
  /** The chart in words, for readers who cannot see it. */
  readonly description: string;
}

/** A chart without what it shares with the other charts of a figure, so that it can be a panel of one. */
export interface Panel extends SpecPart {
  readonly description: string;
  readonly title: SpecPart;
}

/** All panels have the same plot area, in pixels, so that they can be compared; a title may reach over the legend. */
export const PANEL_SIZE = { width: 400, height: 300 } as const;
export const TITLE_WIDTH = 480;

export const INK = "#222222";
export const MUTED = "#8a8a8a";
/** Fill of cells without a loss: no colour of the loss scale. */
export const DIVERGED_FILL = "#c9c9c9";
/** A blue and a red of different lightness, which stay apart for colour-blind readers. */
export const BLUE = "#1f6fb4";
export const RED = "#d7261e";
/** Perceptually uniform and safe for colour-blind readers; its last tenth is too light for lines on white. */
export const LINE_SCHEME = { name: "viridis", extent: [0, 0.92] } as const;
export const AREA_SCHEME = "viridis";

const CONFIG = {
  background: "white",
  padding: 12,
  font: "Helvetica, Arial, Liberation Sans, sans-serif",
  view: { stroke: null },
  title: {
    anchor: "start",
    frame: "group",
    fontSize: 14,
    fontWeight: "bold",
    color: INK,
    subtitleFontSize: 11.5,
    subtitleColor: "#555555",
    subtitlePadding: 5,
    offset: 12,
    lineHeight: 18,
    subtitleLineHeight: 15,
  },
  axis: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titlePadding: 8,
    domainColor: MUTED,
    tickColor: MUTED,
    gridColor: "#e9e9e9",
  },
  legend: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titlePadding: 6,
    labelLimit: 260,
    titleLimit: 260,
  },
} as const;

/** A panel as a chart of its own. */
export function toChart(panel: Panel): ChartSpec {
  return { $schema: "https://vega.github.io/schema/vega-lite/v5.json", ...panel, config: CONFIG };
}

/** A title that states the finding above a subtitle that says what is shown, both broken into lines. */
export function titled(finding: string, subtitle: string, width: number): SpecPart {
  const { title } = CONFIG;
  return {
    text: brokenLines(finding, width / title.fontSize, true),
    subtitle: brokenLines(subtitle, width / title.subtitleFontSize, false),
  };
}

/** A loss or rate with as many digits as a chart can show. */
export function rounded(value: number): number {
  return Number(value.toPrecision(5));
}
