/**
 * Panel (d) of the post: the best learning rate against size, with the fitted power law.
 */

import { rateAt } from "../laws/rate-law";
import { rateChannel, sizeChannel } from "./axes";
import type { GridData } from "./grid-data";
import {
  BLUE,
  INK,
  MUTED,
  PANEL_SIZE,
  type Panel,
  rounded,
  type SpecPart,
  TITLE_WIDTH,
  titled,
} from "./spec";

const INSIDE = "best rate";
const EDGE = "best rate on the edge of the grid: a bound";

export function bestRatePanel(data: GridData): Panel {
  const { analysis, sizeTitle, rateTitle } = data;
  const found = analysis.bestRates.filter(({ best }) => best !== null);
  const points = found.map(({ level, best, edge }) => ({
    size: level as number,
    rate: best as number,
    kind: edge === "none" ? INSIDE : EDGE,
  }));
  const ties = found.map(({ level, best, ties: others }) => {
    const rates = [best, ...others] as number[];
    return { size: level as number, rate: Math.min(...rates), highest_rate: Math.max(...rates) };
  });
  const tied = ties.filter(({ rate, highest_rate }) => rate < highest_rate);
  const x = sizeChannel(analysis.sizes, sizeTitle);
  const y = rateChannel(analysis.rates, rateTitle, analysis.rates.length);
  const finding = findingOf(data);
  const kinds = [INSIDE, EDGE].filter((kind) => points.some((point) => point.kind === kind));
  const tiesNote = tied.length > 0 ? " Grey bars: rates within the standard error of the best." : "";
  return {
    description: `Points of the best learning rate against ${sizeTitle.toLowerCase()}, both on logarithmic axes, with the fitted power law as a line. ${finding}.`,
    title: titled(
      finding,
      `Points: rate with the lowest loss. Line: fitted power law.${tiesNote}`,
      TITLE_WIDTH,
    ),
    ...PANEL_SIZE,
    layer: [
      ...lawLine(data, x, y),
      {
        data: { values: tied },
        mark: { type: "rule", strokeWidth: 5, color: MUTED, opacity: 0.4 },
        encoding: { x, y, y2: { field: "highest_rate" } },
      },
      {
        data: { values: points },
        mark: { type: "point", size: 70, strokeWidth: 1.6, stroke: BLUE, opacity: 1 },
        encoding: {
          x,
          y,
          fill: {
            field: "kind",
            type: "nominal",
            scale: { domain: kinds, range: kinds.map((kind) => (kind === INSIDE ? BLUE : "white")) },
            legend:
              kinds.length > 1
                ? {
                    title: null,
                    orient: "bottom",
                    symbolStrokeColor: BLUE,
                    symbolType: "circle",
                    labelLimit: 400,
                  }
                : null,
          },
        },
      },
    ],
  };
}

function lawLine({ analysis: { rateLaw, sizes } }: GridData, x: SpecPart, y: SpecPart): SpecPart[] {
  if (rateLaw.status !== "fitted") return [];
  const values = [sizes[0]!, sizes.at(-1)!].map((size) => ({ size, rate: rounded(rateAt(rateLaw, size)) }));
  return [
    {
      data: { values },
      mark: { type: "line", color: INK, strokeWidth: 1.6, clip: true },
      encoding: { x, y },
    },
  ];
}

function findingOf({ analysis: { rateLaw } }: GridData): string {
  if (rateLaw.status !== "fitted") return `No law of the best learning rate: ${rateLaw.sentence}`;
  const { exponent, exponentInterval } = rateLaw;
  const { low, high, level } = exponentInterval;
  const interval = `${level * 100} % interval ${low.toFixed(2)} to ${high.toFixed(2)}`;
  if (low <= 0 && high >= 0)
    return `The best learning rate shows no trend with size: exponent ${exponent.toFixed(2)} (${interval})`;
  return `The best learning rate ${exponent < 0 ? "shrinks" : "grows"} with size as h^${exponent.toFixed(2)} (${interval})`;
}
