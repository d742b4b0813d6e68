/** What all charts of a law of size draw: its curve, the band of its predictions, and the losses it is held against. */

import { mean } from "simple-statistics";
import { FORM_WORDS, type LawFit, type SizeLosses } from "../laws/fit";
import { type Law, type LawForm, lossAt } from "../laws/forms";
import type { Prediction } from "../laws/prediction";
import { capitalised, formatLaw, formatRSquared } from "../laws/wording";
import { lossDomain } from "./axes";
import { GREEN, INK, MUTED, PURPLE, rounded, type SpecPart } from "./spec";
import { inNats, intervalInNats, intervalName, seedCount, TELLS, type Tip, tipOf } from "./tips";

/** The channels of the two axes. */
export interface Axes {
  readonly x: SpecPart;
  readonly y: SpecPart;
}

/** The look of each form of law, told apart by dashes as well as by colour: two laws may lie on each other. */
export const FORM_LOOKS: Readonly<
  Record<LawForm, { readonly color: string; readonly dash: readonly number[] }>
> = {
  logarithmic: { color: INK, dash: [1, 0] },
  power: { color: GREEN, dash: [8, 3] },
  power_with_floor: { color: PURPLE, dash: [4, 3] },
};

/** The forms as they are called beside their lines. */
export const SHORT_WORDS: Readonly<Record<LawForm, string>> = {
  logarithmic: "line",
  power: "power law",
  power_with_floor: "with floor",
};

/** Enough points of a curve that it looks curved. */
const CURVE_STEPS = 24;

/** A law between two sizes. */
export function lawCurve(law: Law, from: number, to: number) {
  return Array.from({ length: CURVE_STEPS + 1 }, (_, i) => {
    const size = from * (to / from) ** (i / CURVE_STEPS);
    return { size: rounded(size), loss: rounded(lossAt(law, size)) };
  });
}

/** The curve of a fitted law. */
export function curveLayer(
  fit: LawFit,
  from: number,
  to: number,
  { x, y }: Axes,
  mark: SpecPart = {},
): SpecPart {
  const { color, dash } = FORM_LOOKS[fit.law.form];
  const tip = lawTip(fit);
  return {
    data: { values: lawCurve(fit.law, from, to).map((point) => ({ ...point, tip })) },
    mark: { type: "line", color, strokeWidth: 1.8, strokeDash: dash, clip: true, ...mark },
    encoding: { x, y, ...TELLS },
  };
}

function lawTip({ law, rSquared, points }: LawFit): Tip {
  return tipOf(`${capitalised(FORM_WORDS[law.form])}: ${formatLaw(law)} nats`, {
    "R²": formatRSquared(rSquared),
    "Fitted sizes": String(points.length),
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

/** The band of the predictions of a law, which tells the interval of the largest size. */
export function bandLayer(
  predictions: readonly Pick<Prediction, "size" | "interval" | "loss">[],
  { x, y }: Axes,
  color: string = MUTED,
): SpecPart {
  const last = predictions.at(-1);
  const tip =
    last &&
    tipOf(intervalName(last.interval, "prediction interval"), {
      [`Size ${last.size}`]: intervalInNats(last.interval),
      Prediction: inNats(last.loss),
    });
  return {
    data: { values: bandRows(predictions).map((row) => ({ ...row, tip })) },
    mark: { type: "area", color, opacity: 0.22, clip: true },
    encoding: { x, y, y2: { field: "high" }, ...TELLS },
  };
}

/** The mean loss of each size as a row with what it tells. */
export function lossPoints(
  points: readonly SizeLosses[],
  more: (point: SizeLosses) => Parameters<typeof tipOf>[1] = () => ({}),
) {
  return points.map((point) => {
    const loss = mean([...point.losses]);
    const tip = tipOf(`Size ${point.size}: ${inNats(loss)}`, {
      Seeds: seedCount(point.losses.length),
      ...more(point),
    });
    return { size: point.size, loss: rounded(loss), tip };
  });
}

/** Dots of one kind. */
export function dotLayer(
  values: readonly { readonly size: number; readonly loss: number; readonly tip: Tip }[],
  color: string,
  { x, y }: Axes,
  mark: SpecPart = {},
): SpecPart {
  return {
    data: { values },
    mark: { type: "point", filled: true, size: 65, color, opacity: 1, ...mark },
    encoding: { x, y, ...TELLS },
  };
}
