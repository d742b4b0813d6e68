/**
 * All figures of a grid by name: the post's four panels, each alone and together, and the two figures of its law.
 * Drawing and writing them is `svg.ts` and `files.ts`.
 */

import type { AnalysisOptions } from "../laws/analysis";
import type { Cell } from "../tables/cells";
import { bestRatePanel } from "./best-rate";
import { extrapolationPanel, lawPanel } from "./fixed-rate";
import { type GridData, gridData } from "./grid-data";
import { heatMapPanel } from "./heat-map";
import { lossByRatePanel } from "./loss-by-rate";
import { lossBySizePanel } from "./loss-by-size";
import { type ChartSpec, type Panel, type SpecPart, toChart } from "./spec";

/** The figures of a grid, in reading order; the names are those of the files. */
export interface GridFigures {
  readonly "four-panels": ChartSpec;
  readonly "loss-by-size": ChartSpec;
  readonly "loss-by-rate": ChartSpec;
  readonly "heat-map": ChartSpec;
  readonly "best-rate": ChartSpec;
  readonly law: ChartSpec;
  readonly extrapolation: ChartSpec;
}

/**
 * The figures of cells in which only size and learning rate vary.
 *
 * @throws where another factor varies too, or size and rate are not positive numbers.
 */
export function gridFigures(cells: readonly Cell[], options: AnalysisOptions = {}): GridFigures {
  const data = gridData(cells, options);
  const panels = [
    lossBySizePanel(data),
    lossByRatePanel(data),
    heatMapPanel(data),
    bestRatePanel(data),
  ] as const;
  return {
    "four-panels": toChart(together(data, panels)),
    "loss-by-size": toChart(panels[0]),
    "loss-by-rate": toChart(panels[1]),
    "heat-map": toChart(panels[2]),
    "best-rate": toChart(panels[3]),
    law: toChart(lawPanel(data)),
    extrapolation: toChart(extrapolationPanel(data)),
  };
}

/** Panels two by two, lettered. */
function together({ analysis, rows }: GridData, panels: readonly Panel[]): Panel {
  const trials = rows.reduce((sum, row) => sum + row.trials, 0);
  const counted = trials > rows.length ? `${trials} trials` : `${rows.length} cells`;
  const letters = ["a", "b", "c", "d"];
  return {
    title: {
      text: `${counted}: ${analysis.sizes.length} sizes × ${analysis.rates.length} learning rates`,
      fontSize: 16,
    },
    description: panels.map(({ description }, i) => `(${letters[i]}) ${description}`).join(" "),
    columns: 2,
    spacing: { row: 40, column: 50 },
    concat: panels.map(({ title, ...panel }, i) => ({ ...panel, title: lettered(title, letters[i]!) })),
    resolve: { scale: { color: "independent", fill: "independent", shape: "independent" } },
  };
}

function lettered(title: SpecPart, letter: string): SpecPart {
  const [first, ...others] = title.text as string[];
  return { ...title, text: [`(${letter}) ${first}`, ...others] };
}
