/**
 * All figures of a grid by name: the post's four panels, each alone and together, and the two figures of its law.
 * Drawing and writing them is `svg.ts` and `files.ts`.
 */

import type { AnalysisOptions } from "../laws/analysis";
import type { Cell } from "../tables/cells";
import { bestRatePanel } from "./best-rate";
import { extrapolationPanel } from "./extrapolation";
import { lawPanel } from "./fixed-rate";
import { type GridData, gridData } from "./grid-data";
import { heatMapPanel } from "./heat-map";
import { lossByRatePanel } from "./loss-by-rate";
import { lossBySizePanel } from "./loss-by-size";
import { arranged, type ChartSpec, type Panel, toChart } from "./spec";

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
    "four-panels": together(data, panels),
    "loss-by-size": toChart(panels[0]),
    "loss-by-rate": toChart(panels[1]),
    "heat-map": toChart(panels[2]),
    "best-rate": toChart(panels[3]),
    law: toChart(lawPanel(data)),
    extrapolation: toChart(extrapolationPanel(data)),
  };
}

/** Panels two by two, lettered. */
function together({ analysis, rows }: GridData, panels: readonly Panel[]): ChartSpec {
  const trials = rows.reduce((sum, row) => sum + row.trials, 0);
  const counted = trials > rows.length ? count(trials, "trial") : count(rows.length, "cell");
  const sizes = count(analysis.sizes.length, "size");
  const rates = count(analysis.rates.length, "learning rate");
  return arranged(
    {
      title: { text: [`${counted}: ${sizes} × ${rates}`], fontSize: 16 },
      description: panels.map(({ description }, i) => `(${LETTERS[i]}) ${description}`).join(" "),
      columns: 2,
      spacing: { row: 36, column: 24 },
    },
    panels.map((panel, i) => ({ ...panel, finding: `(${LETTERS[i]}) ${panel.finding}` })),
  );
}

const LETTERS = ["a", "b", "c", "d"];

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
