/**
 * The scales and axes that the charts share: sizes and learning rates on logarithmic axes with plain labels, losses
 * in nats.
 */

import type { SpecPart } from "./spec";

/** Axis labels that fit side by side under one panel. */
const MOST_SIZE_LABELS = 7;

/** A logarithmic x axis with some of the grid's sizes as labels, the largest among them. */
export function sizeChannel(sizes: readonly number[], title: string): SpecPart {
  return {
    field: "size",
    type: "quantitative",
    scale: { type: "log", domain: padded(sizes), nice: false },
    axis: {
      title,
      values: thinned(sizes, MOST_SIZE_LABELS),
      // As it is: the default format would write 8192 as 8,192.
      labelExpr: "datum.value",
      grid: false,
      labelOverlap: false,
    },
  };
}

/** A logarithmic axis of learning rates labelled 3e-4; `values` are the ticks. */
export function rateChannel(rates: readonly number[], title: string, most: number): SpecPart {
  return {
    field: "rate",
    type: "quantitative",
    scale: { type: "log", domain: padded(rates), nice: false },
    axis: {
      title,
      values: thinned(rates, most),
      // As everywhere else, 3e-4 and 1e0: d3 writes a true minus sign, which nobody can paste into a command, and a plus.
      labelExpr: "replace(replace(format(datum.value, '.1~e'), '\\u2212', '-'), '+', '')",
      grid: false,
      labelOverlap: false,
    },
  };
}

/** A linear axis of losses that need not start at zero. */
export function lossChannel(domain: readonly [number, number]): SpecPart {
  return {
    field: "loss",
    type: "quantitative",
    scale: { domain, nice: false, zero: false },
    axis: { title: "Training loss (nats)", tickCount: 6 },
  };
}

/** A domain of losses with a margin of 4 % on both sides. */
export function lossDomain(losses: readonly number[]): readonly [number, number] {
  if (losses.length === 0) return [0, 1];
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const margin = Math.max((high - low) * 0.04, high * 0.002);
  return [Number((low - margin).toPrecision(4)), Number((high + margin).toPrecision(4))];
}

/** Every k-th value, counted from the last, so that at most `most` are left. */
export function thinned(values: readonly number[], most: number): number[] {
  const step = Math.max(1, Math.ceil(values.length / most));
  return values.filter((_, i) => (values.length - 1 - i) % step === 0);
}

/** A logarithmic domain with a margin of 3 % of its length, or a factor of 1.5 around a single value. */
function padded(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = low === high ? 1.5 : (high / low) ** 0.03;
  return [Number((low / margin).toPrecision(4)), Number((high * margin).toPrecision(4))];
}
