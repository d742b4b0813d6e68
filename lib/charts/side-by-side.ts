/** Two charts beside each other, such as a panel of this run and the same panel of the post. */

import type { ChartSpec } from "./spec";

/**
 * Puts two charts side by side under headings of their own. Each keeps its scales, legends and description, also
 * where a page draws the two apart; the look is that of the first.
 */
export function sideBySide(
  one: { readonly heading: string; readonly chart: ChartSpec },
  other: { readonly heading: string; readonly chart: ChartSpec },
): ChartSpec {
  const { $schema, config } = one.chart;
  const panels = [one, other].map(({ heading, chart }) => {
    const { $schema: _schema, config: _config, description, title, ...panel } = chart;
    return { ...panel, description: `${heading}: ${description}`, title: headed(title, heading) };
  });
  return {
    $schema,
    description: panels.map(({ description }) => description).join(" "),
    hconcat: panels,
    spacing: 45,
    resolve: {
      scale: { color: "independent", fill: "independent", stroke: "independent", shape: "independent" },
    },
    config,
  };
}

/** The heading goes above the chart's own title, which states its finding. */
function headed(title: unknown, heading: string): unknown {
  const { text, ...others } = title as { readonly text: readonly string[] };
  return { ...others, text: [heading.toUpperCase(), ...text] };
}
