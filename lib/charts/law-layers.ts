/** What all charts of a law of size draw: its curve, the band of its predictions, and the losses it is held against. */

import { type Law, lossAt } from "../laws/forms";
import type { Prediction } from "../laws/prediction";
import { lossDomain } from "./axes";
import { MUTED, rounded, type SpecPart } from "./spec";

/** The channels of the two axes. */
export interface Axes {
  readonly x: SpecPart;
  readonly y: SpecPart;
}

/** Enough points of a curve that it looks curved. */
const CURVE_STEPS = 24;

/** A law between two sizes. */
export function lawCurve(law: Law, from: number, to: number) {
  return Array.from({ length: CURVE_STEPS + 1 }, (_, i) => {
    const size = from * (to / from) ** (i / CURVE_STEPS);
    return { size: rounded(size), loss: rounded(lossAt(law, size)) };
  });
}

/** Prediction intervals as rows of a band: `loss` is the lower end, `high` the upper one. */
export function bandRows(predictions: readonly Pick<Prediction, "size" | "interval">[]) {
  return predictions.map(({ size, interval }) => ({
    size,
    loss: rounded(interval.low),
    high: rounded(interval.high),
  }));
}

/** The domain of the losses of some rows, upper ends of bands included. */
export function domainOf(
  ...rows: readonly (readonly { readonly loss: number; readonly high?: number }[])[]
): readonly [number, number] {
  return lossDomain(rows.flat().flatMap(({ loss, high = loss }) => [loss, high]));
}

export function bandLayer(values: ReturnType<typeof bandRows>, { x, y }: Axes): SpecPart {
  return {
    data: { values },
    mark: { type: "area", color: MUTED, opacity: 0.3 },
    encoding: { x, y, y2: { field: "high" } },
  };
}

/** Dots coloured by their kind, with a legend of the kinds that there are. */
export function kindDots(
  values: readonly { readonly kind: string }[],
  colors: Readonly<Record<string, string>>,
  { x, y }: Axes,
  legend: SpecPart = {},
): SpecPart {
  const kinds = Object.keys(colors).filter((kind) => values.some((value) => value.kind === kind));
  return {
    data: { values },
    mark: { type: "point", filled: true, size: 65, opacity: 1 },
    encoding: {
      x,
      y,
      color: {
        field: "kind",
        type: "nominal",
        scale: { domain: kinds, range: kinds.map((kind) => colors[kind]!) },
        legend: { title: null, orient: "bottom", symbolSize: 65, ...legend },
      },
    },
  };
}
