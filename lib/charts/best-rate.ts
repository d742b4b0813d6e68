/**
 * Panel (d) of the post: the best learning rate against size, with the fitted power law.
 */

import { rateAt } from "../laws/rate-law";
import { formatList, formatRate } from "../laws/wording";
import { rateChannel, sizeChannel } from "./axes";
import type { GridData } from "./grid-data";
import { BLUE, INK, layersOf, MUTED, type Panel, rounded, type SpecPart } from "./spec";
import { inNats, TELLS, tipOf } from "./tips";

export function bestRatePanel(data: GridData): Panel {
  const { analysis, sizeTitle, rateTitle } = data;
  const points = analysis.bestRates.flatMap(({ level, best, mean, edge, ties }) => {
    if (best === null) return [];
    const [size, rate] = [level as number, best as number];
    const tip = tipOf(`Size ${size}: best rate ${formatRate(rate)}`, {
      Loss: inNats(mean),
      "As good": ties.length === 0 ? undefined : formatList(ties.map((tie) => formatRate(tie as number))),
      Edge: edge === "none" ? undefined : `${edge === "low" ? "lowest" : "highest"} rate tried: a bound`,
    });
    const rates = [rate, ...(ties as readonly number[])];
    return [
      { size, rate, inside: edge === "none", lowest: Math.min(...rates), highest: Math.max(...rates), tip },
    ];
  });
  const placed = (chosen: typeof points) => chosen.map(({ size, rate, tip }) => ({ size, rate, tip }));
  const tied = points.flatMap(({ size, lowest, highest, tip }) =>
    lowest < highest ? [{ size, rate: lowest, highest_rate: highest, tip }] : [],
  );
  const [inside, edges] = [points.filter((point) => point.inside), points.filter((point) => !point.inside)];
  const x = sizeChannel(analysis.sizes, sizeTitle);
  const y = rateChannel(analysis.rates, rateTitle, "y");
  const finding = findingOf(data);
  const notes = [
    "Points: rate with the lowest loss.",
    ...(edges.length > 0 ? ["Hollow: on the edge of the grid, a bound."] : []),
    ...(analysis.rateLaw.status === "fitted" ? ["Line: fitted power law."] : []),
    ...(tied.length > 0 ? ["Grey bars: rates within the standard error of the best."] : []),
  ];
  const mark = { type: "point", size: 70, strokeWidth: 1.6, stroke: BLUE, opacity: 1 };
  return {
    description: `Points of the best learning rate against ${sizeTitle.toLowerCase()}, both on logarithmic axes, with the fitted power law as a line. ${finding}.`,
    finding,
    shown: notes.join(" "),
    layer: layersOf(
      lawLine(data, x, y),
      {
        data: { values: tied },
        mark: { type: "rule", strokeWidth: 5, color: MUTED, opacity: 0.4 },
        encoding: { x, y, y2: { field: "highest_rate" }, ...TELLS },
      },
      { data: { values: placed(inside) }, mark: { ...mark, fill: BLUE }, encoding: { x, y, ...TELLS } },
      {
        data: { values: placed(edges) },
        mark: { ...mark, fill: "transparent" },
        encoding: { x, y, ...TELLS },
      },
    ),
  };
}

function lawLine({ analysis: { rateLaw, sizes } }: GridData, x: SpecPart, y: SpecPart): SpecPart[] {
  if (rateLaw.status !== "fitted") return [];
  const {
    coefficient,
    exponent,
    exponentInterval: { low, high, level },
  } = rateLaw;
  const tip = tipOf(`Power law: ${formatRate(coefficient)} h^${exponent.toFixed(2)}`, {
    [`Exponent, ${level * 100} % interval`]: `${low.toFixed(2)} to ${high.toFixed(2)}`,
    Sizes: String(rateLaw.points.length),
  });
  const ends = [sizes[0]!, sizes.at(-1)!];
  return [
    {
      data: { values: ends.map((size) => ({ size, rate: rounded(rateAt(rateLaw, size)), tip })) },
      mark: { type: "line", color: INK, strokeWidth: 1.6, clip: true },
      encoding: { x, y, ...TELLS },
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
