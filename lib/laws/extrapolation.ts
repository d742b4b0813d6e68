/**
 * A law fitted to the smaller sizes and held against the larger ones: by how much the extrapolation misses.
 */

import { mean } from "simple-statistics";
import type { BootstrapOptions } from "./confidence";
import { type FitOptions, type FitOutcome, fitLaw, type LawFit, type SizeLosses } from "./fit";
import type { LawForm } from "./forms";
import { type Prediction, predictLoss } from "./prediction";
import { explainedDifference, seedNoise } from "./seed-noise";
import { formatLoss, formatMiss } from "./wording";

/** What a law says of a size it was not fitted to, and what came out there. */
export interface Extrapolation {
  readonly prediction: Prediction;
  /** Mean loss of the completed trials in nats; null where there is none. */
  readonly observed: number | null;
  /** Observed less predicted, in nats: positive where the model is worse than the law says. */
  readonly miss: number | null;
  /** Whether the observed loss lies in the prediction interval. */
  readonly inside: boolean | null;
  /** The smallest size that does as well, by its mean loss or within the noise of seeds: what the larger model is no better than. */
  readonly noBetterThan: number | null;
  readonly sentence: string;
}

/** A law of the smaller sizes and its extrapolations, ascending by size. */
export interface ExtrapolatedLaw {
  readonly fit: FitOutcome;
  readonly fittedSizes: readonly number[];
  readonly extrapolations: readonly Extrapolation[];
}

export interface ExtrapolationOptions extends FitOptions, BootstrapOptions {
  /** The form of the law; `logarithmic` unless given. */
  readonly form?: LawForm;
}

/**
 * Fits a law to the points of the fitted sizes and predicts all larger ones.
 *
 * @param points losses by size.
 * @param fittedSizes sizes to fit; those without a point are left out.
 * @param predictedSizes sizes to predict, whether there is a point or not.
 */
export function extrapolateLaw(
  points: readonly SizeLosses[],
  fittedSizes: readonly number[],
  predictedSizes: readonly number[],
  options: ExtrapolationOptions = {},
): ExtrapolatedLaw {
  const fitted = points.filter(({ size }) => fittedSizes.includes(size));
  const fit = fitLaw(fitted, options.form ?? "logarithmic", options);
  return {
    fit,
    fittedSizes: fitted.map(({ size }) => size),
    extrapolations:
      fit.status === "too_few_points"
        ? []
        : predictedSizes.map((size) => extrapolateTo(fit, size, points, options)),
  };
}

/** Holds one prediction of a law against what was observed. */
export function extrapolateTo(
  fit: LawFit,
  size: number,
  points: readonly SizeLosses[],
  options: BootstrapOptions = {},
): Extrapolation {
  const prediction = predictLoss(fit, size, options);
  const { low, high, level } = prediction.interval;
  const expected = `the law predicts ${formatLoss(prediction.loss)} nats at size ${size} (${level * 100} % prediction interval ${formatLoss(low)} to ${formatLoss(high)})`;
  const point = points.find((other) => other.size === size);
  if (point === undefined) {
    const sentence = `${expected}; no completed trial there to compare with`;
    return { prediction, observed: null, miss: null, inside: null, noBetterThan: null, sentence };
  }
  const observed = mean([...point.losses]);
  const miss = observed - prediction.loss;
  const inside = observed >= low && observed <= high;
  const noise = seedNoise(points.map(({ losses }) => losses));
  const smaller = points.filter(
    ({ size: otherSize, losses }) =>
      otherSize < size &&
      mean([...losses]) - observed <= explainedDifference(noise, losses.length, point.losses.length, level),
  );
  const noBetterThan = smaller.length === 0 ? null : Math.min(...smaller.map((other) => other.size));
  const comparison =
    noBetterThan === null ? "" : `, no better than a model ${narrower(size / noBetterThan)} narrower`;
  const sentence = `${expected}; observed ${formatLoss(observed)}: ${formatMiss(miss)} nats, ${inside ? "inside" : "outside"} the interval${comparison}`;
  return { prediction, observed, miss, inside, noBetterThan, sentence };
}

function narrower(ratio: number): string {
  return `${ratio >= 10 ? Math.round(ratio) : Number(ratio.toPrecision(2))} times`;
}
