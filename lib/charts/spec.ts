/**
 * What a chart is here: a Vega-Lite 5 specification as a plain object, with the look that all charts share. Drawing
 * it is `svg.ts`.
 *
 * A chart has no ground of its own: letters and lines have the colour of the page's text (`currentColor`), and all
 * other colours have a contrast of at least 3 to 1 on white and on the dark grounds of JupyterLab, VS Code and GitHub.
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

/** A chart before its size is known: what it is drawn from, and its title as two texts. */
export interface Panel extends SpecPart {
  readonly description: string;
  /** What the data say, which heads the chart. */
  readonly finding: string;
  /** What is shown, in sentences below it. */
  readonly shown: string;
}

/** The plot area of a chart alone, and of one of two that share the 940 pixels of a notebook's output. */
export const ALONE = { width: 440, height: 300 } as const;
export const BESIDE = { width: 336, height: 300 } as const;
/** A title may reach over the axis and over the names of lines, this many pixels wider than the plot. */
const TITLE_OVERHANG = { [ALONE.width]: 100, [BESIDE.width]: 46 } as const;

/** The colour of the page's text. */
export const INK = "currentColor";
export const MUTED = "#808080";
/** Fill of cells without a loss: no colour of the loss scale. */
export const DIVERGED_FILL = "#9a9a9a";
/** What stands on the colours of a heat map, whatever the page's own colours are. */
export const ON_CELL = { dark: "#1b1b1b", light: "#ffffff" } as const;
/** A blue and a red of different lightness, which stay apart for colour-blind readers. */
export const BLUE = "#2b7bc4";
export const RED = "#dd3b33";
export const GREEN = "#2a9d74";
export const PURPLE = "#9b5fc0";
/** Perceptually uniform and safe for colour-blind readers; cells meet, so that its ends need no contrast to the page. */
export const AREA_SCHEME = "viridis";

/** The look of every chart; also given to charts that come without one. */
export const CONFIG = {
  background: "transparent",
  padding: 10,
  font: "Helvetica, Arial, Liberation Sans, sans-serif",
  view: { stroke: null },
  title: {
    anchor: "start",
    frame: "group",
    fontSize: 14,
    fontWeight: "bold",
    color: INK,
    subtitleFontSize: 11.5,
    subtitleColor: INK,
    subtitlePadding: 5,
    offset: 12,
    lineHeight: 18,
    subtitleLineHeight: 15,
  },
  axis: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 10.5,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titlePadding: 8,
    domainColor: MUTED,
    tickColor: MUTED,
    gridColor: MUTED,
    gridOpacity: 0.25,
  },
  legend: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 10.5,
    titleFontSize: 11.5,
    titleFontWeight: "normal",
    titlePadding: 6,
    labelLimit: 260,
    titleLimit: 260,
  },
} as const;

/** Drawn as SVG also in notebooks: letters follow the colour of the page, and stay sharp. */
const USERMETA = { embedOptions: { renderer: "svg" } } as const;

/** A panel as a chart of its own. */
export function toChart(panel: Panel): ChartSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    ...sized(panel, ALONE),
    usermeta: USERMETA,
    config: CONFIG,
  };
}

/** Several panels as one chart; each keeps its own scales. */
export function arranged(
  { description, ...layout }: SpecPart & { readonly description: string },
  panels: readonly Panel[],
): ChartSpec {
  const independent = {
    color: "independent",
    fill: "independent",
    stroke: "independent",
    shape: "independent",
  };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    description,
    ...layout,
    concat: panels.map((panel) => sized(panel, BESIDE)),
    resolve: { scale: independent },
    usermeta: USERMETA,
    config: CONFIG,
  };
}

/** A panel with a plot area of a size, its title broken into lines that fit above it. */
export function sized({ description, finding, shown, ...panel }: Panel, size: typeof ALONE | typeof BESIDE) {
  return { description, title: titled(finding, shown, titleWidth(size)), ...size, ...panel };
}

/** The room for a title above a plot, in pixels. */
export function titleWidth({ width }: typeof ALONE | typeof BESIDE): number {
  return width + TITLE_OVERHANG[width];
}

/** A title that states the finding above a subtitle that says what is shown, both broken into lines. */
export function titled(finding: string, shown: string, width: number) {
  const { title } = CONFIG;
  return {
    text: brokenLines(finding, width / title.fontSize, true),
    subtitle: shown === "" ? [] : brokenLines(shown, width / title.subtitleFontSize, false),
  };
}

/** The layers that have anything to draw; a word in the middle of the plot where there are none. */
export function layersOf(...layers: readonly (SpecPart | readonly SpecPart[])[]): SpecPart[] {
  const drawn = (layers.flat() as SpecPart[]).filter(
    ({ data }) => (data as { readonly values: readonly unknown[] }).values.length > 0,
  );
  return drawn.length > 0 ? drawn : [NOTHING];
}

const NOTHING: SpecPart = {
  data: { values: [{}] },
  mark: { type: "text", color: MUTED, fontSize: 12, text: "nothing to draw" },
};

/** A loss or rate with as many digits as a chart can show. */
export function rounded(value: number): number {
  return Number(value.toPrecision(5));
}
