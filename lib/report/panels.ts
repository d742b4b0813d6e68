/**
 * A chart taken apart for a page: charts that stand beside each other in one specification become panels that the page can lay out, titles
 * become text of the page. Drawing is `figure.ts`.
 */

import { type ChartSpec, CONFIG, type SpecPart as Part } from "../charts/spec";

/** A title as the text it is. */
export interface PanelTitle {
  /** What the panel is of, where the title says so in a line of capitals above its finding. */
  readonly of: string;
  readonly finding: string;
  readonly shown: string;
}

/** One chart of a page, without its title. */
export interface ChartPanel {
  readonly title: PanelTitle;
  readonly spec: ChartSpec;
}

/** What of a specification of several charts may be left out when each is drawn alone. */
const SEPARABLE = new Set([
  "$schema", "description", "title", "columns", "spacing", "align", "bounds", "center", "resolve",
  "concat", "hconcat", "vconcat", "config", "background", "padding", "usermeta",
]); // biome-ignore format: a table

/**
 * The panels of a chart, in reading order.
 *
 * @throws where the chart would load its data from somewhere else
 */
export function panelsOf(chart: ChartSpec): { readonly title: PanelTitle; readonly panels: ChartPanel[] } {
  requireOwnData(chart);
  const title = titleText(chart.title);
  const parts = separateParts(chart);
  const config = pageConfig(chart);
  const panels = parts.map((part) => {
    const {
      title: own,
      usermeta: _usermeta,
      config: _config,
      background: _background,
      padding: _padding,
      ...rest
    } = part;
    const panelTitle = part === chart ? NO_TITLE : titleText(own);
    const description = String(
      part.description ?? [panelTitle.of, panelTitle.finding].filter(Boolean).join(": "),
    );
    const spec = { $schema: chart.$schema, ...rest, description, config } as ChartSpec;
    return { title: panelTitle, spec };
  });
  return { title, panels };
}

const NO_TITLE: PanelTitle = { of: "", finding: "", shown: "" };

/** The charts that stand beside each other in this one; itself where they share anything but the look. */
function separateParts(chart: ChartSpec): readonly Part[] {
  const parts = (chart.hconcat ?? chart.vconcat ?? chart.concat) as readonly Part[] | undefined;
  const shared = JSON.stringify(chart.resolve ?? {}).includes('"shared"');
  if (!parts || shared || !Object.keys(chart).every((key) => SEPARABLE.has(key))) return [chart];
  return parts;
}

/** The look of a chart on a page that has a background, a frame and alternative text of its own. */
function pageConfig({ config, ...chart }: ChartSpec): Part {
  const look = (config ?? {}) as Readonly<Record<"axis" | "legend" | "mark", Part | undefined>>;
  // Where no mark has something to tell, each tells what the chart encodes of it.
  const mark = JSON.stringify(chart).includes('"tooltip":') ? look.mark : { tooltip: true, ...look.mark };
  return {
    ...CONFIG,
    ...look,
    ...(mark && { mark }),
    background: null,
    padding: 3,
    aria: false,
    axis: { ...CONFIG.axis, ...look.axis },
    legend: { ...CONFIG.legend, ...look.legend },
  };
}

function titleText(title: unknown): PanelTitle {
  if (typeof title === "string") return { ...NO_TITLE, finding: title };
  const { text, subtitle } = (title ?? {}) as { readonly text?: unknown; readonly subtitle?: unknown };
  const lines = [text ?? []].flat().map(String);
  const headed = lines.length > 1 && /\p{Lu}{2}/u.test(lines[0]!) && lines[0] === lines[0]!.toUpperCase();
  return {
    of: headed ? lines[0]! : "",
    finding: lines.slice(headed ? 1 : 0).join(" "),
    shown: [subtitle ?? []].flat().map(String).join(" "),
  };
}

/** A page that opens from a mail attachment cannot load anything. */
function requireOwnData(part: unknown): void {
  if (Array.isArray(part)) part.forEach(requireOwnData);
  else if (part !== null && typeof part === "object") {
    const { data } = part as Part;
    if (data !== null && typeof data === "object" && "url" in data) {
      throw new Error(
        `a chart takes its data from ${String(data.url)}; a report needs charts with their data inline`,
      );
    }
    for (const [key, inner] of Object.entries(part)) if (key !== "values") requireOwnData(inner);
  }
}
