/**
 * What the laws say of the cells of a grid, as data frames to be shown: losses and gaps in nats, rates as written in
 * sentences. Frames of the laws themselves are `law-frames.ts`.
 */

import { factorColumn, floatColumn, frameOf, integerColumn, textColumn } from "../tables/columns";
import type { Frame } from "../tables/frame";
import type { CorrectedSize } from "./corrected";
import { type CellDeparture, DEPARTURE_WORDS } from "./departures";
import type { RateSupport } from "./rate-support";
import { formatMiss, formatRate, formatRates } from "./wording";

/** Learning rates as candidates for tuning: rate, mean loss and excess (nats), share of redrawn grids won. */
export function rateSupportFrame(support: readonly RateSupport[]): Frame {
  return frameOf([
    textColumn("learning_rate", formatRates(support.map(({ rate }) => rate))),
    floatColumn(
      "loss",
      support.map(({ loss }) => loss),
    ),
    floatColumn(
      "excess",
      support.map(({ excess }) => excess),
    ),
    floatColumn(
      "share",
      support.map(({ share }) => share),
    ),
  ]);
}

/**
 * The correction at sizes held out: the rate the law gives, the nearest one run; what the chosen form of the best-case
 * law expects, and the interval over all admissible forms (for as many seeds as the corrected cell has); the losses at the
 * corrected, the one tuned and the best rate; and the verdict on the corrected one.
 */
export function correctionFrame(sizes: readonly CorrectedSize[]): Frame {
  const losses = (name: string, pick: (row: CorrectedSize) => number | null) =>
    floatColumn(name, sizes.map(pick));
  const fixed = sizes.some((row) => row.fixed !== null);
  return frameOf([
    factorColumn(
      "size",
      sizes.map(({ size }) => size),
    ),
    textColumn(
      "rate_by_law",
      sizes.map(({ lawRate }) => formatRate(lawRate)),
    ),
    textColumn(
      "nearest_rate",
      sizes.map(({ nearestRate }) => formatRate(nearestRate)),
    ),
    losses("predicted", ({ corrected }) => corrected.expected),
    losses("low", ({ corrected }) => corrected.interval.low),
    losses("high", ({ corrected }) => corrected.interval.high),
    losses("corrected", ({ corrected }) => corrected.loss),
    ...(fixed ? [losses("uncorrected", (row) => row.fixed?.loss ?? null)] : []),
    losses("best", ({ best }) => best.loss),
    textColumn(
      "verdict",
      sizes.map(({ corrected }) => DEPARTURE_WORDS[corrected.state]),
    ),
  ]);
}

/**
 * Cells and how far they are off the curve, in nats: what the chosen form expects, the gap to it, the interval over all
 * admissible forms, and the largest gap that the noise of seeds explains.
 */
export function departureFrame(rows: readonly CellDeparture[]): Frame {
  const nats = (name: string, pick: (row: CellDeparture) => number | null) =>
    floatColumn(name, rows.map(pick));
  const rates = [...new Set(rows.map(({ rate }) => rate))];
  const labels = formatRates(rates);
  return frameOf([
    factorColumn(
      "size",
      rows.map(({ size }) => size),
    ),
    textColumn(
      "learning_rate",
      rows.map(({ rate }) => labels[rates.indexOf(rate)]!),
    ),
    nats("loss", ({ loss }) => loss),
    nats("expected", ({ expected }) => expected),
    nats("gap", ({ gap }) => gap),
    nats("low", ({ interval }) => interval.low),
    nats("high", ({ interval }) => interval.high),
    nats("seed_limit", ({ seedLimit }) => seedLimit),
    integerColumn(
      "trials",
      rows.map(({ cell }) => cell.count + cell.diverged),
    ),
    textColumn(
      "verdict",
      rows.map(({ state, cell }) => `${DEPARTURE_WORDS[state]}${remarkOf(cell)}`),
    ),
  ]);
}

/**
 * The gaps of all cells as a wide table: one row a size, one column a rate, nats with their sign. A gap on the curve by
 * every form of law stands in round brackets, one that cannot be told in square ones.
 */
export function departureMap(rows: readonly CellDeparture[]): Frame {
  const ascending = (values: readonly number[]) => [...new Set(values)].sort((one, other) => one - other);
  const sizes = ascending(rows.map(({ size }) => size));
  const rates = ascending(rows.map(({ rate }) => rate));
  const labels = formatRates(rates);
  const textAt = (size: number, rate: number) => {
    const row = rows.find((other) => other.size === size && other.rate === rate);
    if (row === undefined) return null;
    if (row.gap === null) return "diverged";
    const gap = formatMiss(row.gap, row.expected);
    if (row.state === "on_curve") return `(${gap})`;
    return row.state === "depends" || row.state === "too_wide" ? `[${gap}]` : gap;
  };
  return frameOf([
    factorColumn("size", sizes),
    ...rates.map((rate, i) =>
      textColumn(
        labels[i]!,
        sizes.map((size) => textAt(size, rate)),
      ),
    ),
  ]);
}

function remarkOf({ diverged, plateau, count }: CellDeparture["cell"]): string {
  const parts = [
    ...(diverged > 0 && count > 0 ? [`${diverged} of ${count + diverged} trials diverged`] : []),
    ...(plateau > 0 ? [`${plateau} of ${count} no better than guessing`] : []),
  ];
  return parts.length === 0 ? "" : ` (${parts.join("; ")})`;
}
