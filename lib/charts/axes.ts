/**
 * The scales and axes that the charts share: sizes and learning rates on logarithmic axes with a tick at each value of
 * the study, losses in nats.
 */

import { formatRates } from "../laws/wording";
import { BESIDE, CONFIG, type SpecPart } from "./spec";
import { textWidth } from "./text-width";

/** Pixels that stay free between two labels of an axis. */
const LABEL_GAP = 3;

/** The length of an axis and the letters of its labels, in pixels. */
export interface AxisRoom {
  readonly length: number;
  readonly fontSize: number;
}

/** Under the narrower of two panels. */
const ROOM = { x: room(BESIDE.width), y: room(BESIDE.height) };

function room(length: number): AxisRoom {
  return { length, fontSize: CONFIG.axis.labelFontSize };
}

/** A logarithmic x axis with a tick at each size and as many labels as there is room for, both ends always. */
export function sizeChannel(sizes: readonly number[], title: string, room: AxisRoom = ROOM.x): SpecPart {
  const domain = padded(sizes);
  return {
    field: "size",
    type: "quantitative",
    scale: { type: "log", domain, nice: false },
    axis: { title, ...ticks(sizes, sizes.map(String), domain, room, "x"), grid: false },
  };
}

/**
 * A logarithmic axis of learning rates with a tick at each, labelled as in tables.
 *
 * @param gutter pixels that stay free before the lowest rate.
 */
export function rateChannel(
  rates: readonly number[],
  title: string,
  direction: "x" | "y",
  gutter = 0,
): SpecPart {
  const domain = padded(rates, gutter / BESIDE.width);
  return {
    field: "rate",
    type: "quantitative",
    scale: { type: "log", domain, nice: false },
    axis: { title, ...ticks(rates, formatRates(rates), domain, ROOM[direction], direction), grid: false },
  };
}

/** A linear axis of losses that need not start at zero; without numbers where there is no loss. */
export function lossChannel(domain: readonly [number, number]): SpecPart {
  const title = "Training loss (nats)";
  if (domain === NO_LOSSES) {
    return { field: "loss", type: "quantitative", scale: { domain }, axis: { title, values: [] } };
  }
  const largest = Math.max(...domain.map(Math.abs));
  const wide = largest >= 1e5 || largest < 1e-3;
  return {
    field: "loss",
    type: "quantitative",
    scale: { domain, nice: false, zero: false },
    axis: { title, tickCount: 6, ...(wide && { format: ".3~e" }) },
  };
}

/** The domain where there is no loss at all. */
const NO_LOSSES: readonly [number, number] = [0, 1];

/** A domain of losses with a margin of 4 % on both sides; of their size where they are all alike. */
export function lossDomain(losses: readonly number[]): readonly [number, number] {
  const finite = losses.filter(Number.isFinite);
  if (finite.length === 0) return NO_LOSSES;
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const span = Math.max(high - low, Math.abs(high) * 0.02) || 1;
  const digits = (value: number) => Number(value.toPrecision(5));
  return [digits(low - span * 0.04), digits(high + span * 0.04)];
}

/** Ticks at all values, labels at those that have room beside each other; of these fewer where a chart is drawn narrower than it was made. */
function ticks(
  values: readonly number[],
  labels: readonly string[],
  [low, high]: readonly [number, number],
  { length, fontSize }: AxisRoom,
  direction: "x" | "y",
): SpecPart {
  const extent = (i: number) => fontSize * (direction === "x" ? textWidth(labels[i]!, false) : 1);
  const place = (i: number) => (length * Math.log(values[i]! / low)) / Math.log(high / low);
  const apart = (i: number, j: number) =>
    Math.abs(place(i) - place(j)) >= (extent(i) + extent(j)) / 2 + LABEL_GAP;
  const shown = labelled(values.length, apart);
  const texts = labels.map((label, i) => (shown.has(i) ? label : ""));
  const list = (items: readonly (string | number)[]) => JSON.stringify(items).replaceAll('"', "'");
  return {
    values: [...values],
    labelExpr: `${list(texts)}[indexof(${list([...values])}, datum.value)]`,
    labelOverlap: "greedy",
    labelSeparation: LABEL_GAP,
  };
}

/** Every k-th index counted from the last, for the smallest k that keeps neighbours apart, and the first. */
function labelled(count: number, apart: (one: number, other: number) => boolean): Set<number> {
  for (let step = 1; step < count; step++) {
    const kept = Array.from({ length: count }, (_, i) => i).filter((i) => (count - 1 - i) % step === 0);
    while (kept.length > 1 && kept[0] !== 0 && !apart(kept[0]!, 0)) kept.shift();
    if (kept[0] !== 0) kept.unshift(0);
    if (kept.every((index, i) => i === 0 || apart(kept[i - 1]!, index))) return new Set(kept);
  }
  return new Set([count - 1]);
}

/** A logarithmic domain with a margin of 3 % of its length, or a factor of 1.5 around a single value. */
function padded(values: readonly number[], gutter = 0): readonly [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = low === high ? 1.5 : (high / low) ** 0.03;
  const before = margin ** 2 * (low === high ? 1 : high / low);
  return [
    Number((low / margin / before ** (gutter / (1 - gutter))).toPrecision(4)),
    Number((high * margin).toPrecision(4)),
  ];
}
