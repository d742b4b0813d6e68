/** How far every cell of a grid is off the curve, as a heat map of nats with what each verdict is. */

import type { CellDeparture } from "../laws/departures";
import { formatMiss, formatRate, formatRates } from "../laws/wording";
import {
  type ChartSpec,
  DIVERGED_FILL,
  INK,
  PANEL_SIZE,
  rounded,
  TITLE_WIDTH,
  titled,
  toChart,
} from "./spec";

/** Gaps beyond this many times the median of the positive ones have one colour, or the worst cell would own the scale. */
const CLIP = 4;

/** @param rows the departures of all cells of one grid, at least one. */
export function departuresFigure(rows: readonly CellDeparture[]): ChartSpec {
  const ascending = (values: readonly number[]) => [...new Set(values)].sort((one, other) => one - other);
  const sizes = ascending(rows.map(({ size }) => size));
  const rates = ascending(rows.map(({ rate }) => rate));
  const rateLabels = formatRates(rates);
  const sizeLabels = sizes.map(String).reverse();
  const place = ({ size, rate }: CellDeparture) => ({
    size_label: String(size),
    rate_label: rateLabels[rates.indexOf(rate)]!,
  });
  const limit = colorLimit(rows);
  const gaps = rows.flatMap((row) => (row.gap === null ? [] : [{ ...place(row), gap: rounded(row.gap) }]));
  const onCurve = rows.filter(({ state }) => state === "on_curve" || state === "depends");
  const marks = onCurve.map((row) => ({ ...place(row), state: row.state }));
  const diverged = rows.filter(({ state }) => state === "diverged").map(place);
  const x = {
    field: "rate_label",
    type: "ordinal",
    scale: { domain: rateLabels },
    axis: { title: "Learning rate", labelAngle: rateLabels.length > 8 ? -45 : 0, labelOverlap: false },
  };
  const y = {
    field: "size_label",
    type: "ordinal",
    scale: { domain: sizeLabels },
    axis: { title: "Hidden size", labelOverlap: false },
  };
  const finding = departuresFinding(rows);
  const notes = [
    "Colour: nats above the best-case law.",
    ...(rows.some(({ state }) => state === "on_curve") ? ["Dots: on the curve in every form."] : []),
    ...(rows.some(({ state }) => state === "depends") ? ["Rings: depends on the form of the law."] : []),
    ...(diverged.length > 0 ? ["Grey: diverged."] : []),
  ];
  return toChart({
    description: `Heat map of how many nats each of ${rows.length} cells of hidden size and learning rate is off the best-case law. ${finding}.`,
    title: titled(finding, notes.join(" "), TITLE_WIDTH),
    ...PANEL_SIZE,
    layer: [
      {
        data: { values: gaps },
        mark: { type: "rect" },
        encoding: {
          x,
          y,
          color: {
            field: "gap",
            type: "quantitative",
            scale: { scheme: "redblue", reverse: true, domain: [-limit, limit], clamp: true },
            legend: { title: "Gap (nats)", gradientLength: 180, tickCount: 5 },
          },
        },
      },
      { data: { values: diverged }, mark: { type: "rect", color: DIVERGED_FILL }, encoding: { x, y } },
      {
        data: { values: marks.filter(({ state }) => state === "on_curve") },
        mark: { type: "point", shape: "circle", size: 40, fill: INK, stroke: INK, opacity: 1 },
        encoding: { x, y },
      },
      {
        data: { values: marks.filter(({ state }) => state === "depends") },
        mark: { type: "point", shape: "circle", size: 40, stroke: INK, strokeWidth: 1.3, opacity: 1 },
        encoding: { x, y },
      },
    ],
  });
}

/** In one sentence without its full stop, how many cells are off the curve, and by how much the worst. */
export function departuresFinding(rows: readonly CellDeparture[]): string {
  const off = rows.filter(({ state }) => state === "above");
  const diverged = rows.filter(({ state }) => state === "diverged").length;
  const more = diverged === 0 ? "" : `, ${diverged} diverged`;
  if (off.length === 0) return `Of ${rows.length} cells none is above the curve${more}`;
  const worst = off.reduce((most, row) => (row.gap! > most.gap! ? row : most));
  return `${off.length} of ${rows.length} cells are above the curve${more}; the worst by ${formatMiss(worst.gap!, worst.expected)} nats, at size ${worst.size} and rate ${formatRate(worst.rate)}`;
}

/** Half the width of the colour scale in nats. */
function colorLimit(rows: readonly CellDeparture[]): number {
  const sizes = rows.flatMap(({ gap }) => (gap === null ? [] : [Math.abs(gap)])).sort((a, b) => a - b);
  if (sizes.length === 0) return 1;
  const middle = sizes[Math.floor(sizes.length / 2)]!;
  return Number(Math.max(0.05, Math.min(CLIP * middle, sizes.at(-1)!)).toPrecision(2));
}
