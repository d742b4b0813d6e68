/** How far every cell of a grid is off the curve, as a heat map of nats with what each verdict is. */

import { type CellDeparture, DEPARTURE_WORDS } from "../laws/departures";
import { formatError, formatMiss, formatRate, formatRates } from "../laws/wording";
import { cellAxes, colorLegend } from "./cell-grid";
import { type ChartSpec, DIVERGED_FILL, layersOf, ON_CELL, rounded, toChart } from "./spec";
import { inNats, intervalInNats, intervalName, missInNats, seedCount, TELLS, type Tip, tipOf } from "./tips";

/** Gaps beyond this many times the median one have one colour, or the worst cell would own the scale. */
const CLIP = 4;

/**
 * A heat map of how far each cell of a grid is off the curve of tuned models.
 *
 * @param rows the departures of all cells of one grid, at least one.
 */
export function departuresFigure(rows: readonly CellDeparture[]): ChartSpec {
  const ascending = (values: readonly number[]) => [...new Set(values)].sort((one, other) => one - other);
  const sizes = ascending(rows.map(({ size }) => size));
  const rates = ascending(rows.map(({ rate }) => rate));
  const rateLabels = formatRates(rates);
  const drawn = rows.map((row) => {
    const rate_label = rateLabels[rates.indexOf(row.rate)]!;
    return { row, cell: { size_label: String(row.size), rate_label, tip: departureTip(row, rate_label) } };
  });
  const cellsIn = (...states: readonly string[]) =>
    drawn.flatMap(({ row, cell }) => (states.includes(row.state) ? [cell] : []));
  const gaps = drawn.flatMap(({ row, cell }) =>
    row.gap === null ? [] : [{ ...cell, gap: rounded(row.gap) }],
  );
  const limit = colorLimit(rows);
  const beyond = (sign: number) => gaps.some(({ gap }) => sign * gap > limit);
  const clips = { clippedBelow: beyond(-1), clippedAbove: beyond(1) };
  const axes = cellAxes(rateLabels, sizes.map(String), "Learning rate", "Hidden size");
  const finding = departuresFinding(rows);
  const states = new Set(rows.map(({ state }) => state));
  const notes = [
    "Colour: nats above the best-case law.",
    ...(clips.clippedAbove
      ? [`All cells ${formatMiss(limit, limit)} or more above it have one colour.`]
      : []),
    ...(states.has("on_curve") ? ["Dots: on the curve in every form."] : []),
    ...(states.has("depends") || states.has("too_wide")
      ? [`Rings: ${states.has("too_wide") ? "cannot be told" : "depends on the form of the law"}.`]
      : []),
    ...(states.has("diverged") ? ["Grey: diverged."] : []),
  ];
  const mark = { type: "point", shape: "circle", size: 40, stroke: ON_CELL.dark, opacity: 1 };
  return toChart({
    description: `Heat map of how many nats each of ${rows.length} cells of hidden size and learning rate is off the best-case law. ${finding}.`,
    finding,
    shown: notes.join(" "),
    layer: layersOf(
      {
        data: { values: gaps },
        mark: { type: "rect" },
        encoding: {
          ...axes,
          color: {
            field: "gap",
            type: "quantitative",
            scale: { scheme: "redblue", reverse: true, domain: [-limit, limit], clamp: true },
            legend: colorLegend("Off the best-case law (nats)", [-limit, limit], [0, -limit / 2, limit / 2], {
              format: (gap) => formatMiss(gap, limit),
              ...clips,
            }),
          },
          ...TELLS,
        },
      },
      {
        data: { values: cellsIn("diverged") },
        mark: { type: "rect", color: DIVERGED_FILL },
        encoding: { ...axes, ...TELLS },
      },
      {
        data: { values: cellsIn("on_curve") },
        mark: { ...mark, fill: ON_CELL.dark },
        encoding: { ...axes, ...TELLS },
      },
      {
        data: { values: cellsIn("depends", "too_wide") },
        mark: { ...mark, strokeWidth: 1.3 },
        encoding: { ...axes, ...TELLS },
      },
    ),
  });
}

function departureTip(row: CellDeparture, rate: string): Tip {
  const { size, loss, expected, gap, interval, seedLimit, state, cell } = row;
  return tipOf(`Size ${size}, rate ${rate}: ${missInNats(gap, expected) ?? "no loss"}`, {
    "": DEPARTURE_WORDS[state],
    Loss: inNats(loss),
    Seeds: loss === null ? `all ${cell.diverged} diverged` : seedCount(cell.count, cell.diverged),
    "The law says": inNats(expected),
    [intervalName(interval)]: intervalInNats(interval),
    "Seeds explain": seedLimit === null ? undefined : `up to ${formatError(seedLimit, expected)} nats`,
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
  const [middle, largest] = [sizes[Math.floor(sizes.length / 2)] ?? 0, sizes.at(-1) ?? 0];
  return Number(Math.min(CLIP * middle || largest, largest).toPrecision(2)) || 1;
}
