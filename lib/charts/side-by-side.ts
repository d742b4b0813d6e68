/** Two charts beside each other, such as a panel of this run and the same panel of the post. */

import { BESIDE, type ChartSpec, titled, titleWidth } from "./spec";

/** A chart under a heading of its own. */
export interface Headed {
  readonly heading: string;
  readonly chart: ChartSpec;
}

/**
 * Puts two charts side by side under headings of their own, narrow enough for the 940 pixels of a notebook's output.
 * Each keeps its scales, legends and description, also where a page draws the two apart; the look is that of the first.
 */
export function sideBySide(one: Headed, other: Headed): ChartSpec {
  const { $schema, config, usermeta } = one.chart;
  const panels = [one, other].map(({ heading, chart }) => {
    const { $schema: _schema, config: _config, usermeta: _usermeta, description, title, ...panel } = chart;
    const words = `${heading}: ${description}`;
    return { ...panel, ...BESIDE, description: words, title: headed(title, heading) };
  });
  return {
    $schema,
    description: panels.map(({ description }) => description).join(" "),
    hconcat: panels,
    spacing: 24,
    resolve: {
      scale: { color: "independent", fill: "independent", stroke: "independent", shape: "independent" },
    },
    usermeta,
    config,
  };
}

/** The heading goes above the chart's own title, which states its finding and is broken anew to the narrower plot. */
function headed(title: unknown, heading: string) {
  const { text, subtitle } = title as {
    readonly text: readonly string[];
    readonly subtitle: readonly string[];
  };
  const broken = titled(text.join(" "), subtitle.join(" "), titleWidth(BESIDE));
  return { ...broken, text: [heading.toUpperCase(), ...broken.text] };
}
