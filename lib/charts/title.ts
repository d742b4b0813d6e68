/** The finding that heads a chart, as one line of text. */

import type { ChartSpec } from "./spec";

/** The title of a chart of this library; its description where it has no title. */
export function titleOf(chart: ChartSpec): string {
  const { text } = (chart.title ?? {}) as { readonly text?: readonly string[] };
  return text?.join(" ") ?? chart.description;
}
