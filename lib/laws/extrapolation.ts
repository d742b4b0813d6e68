/**
 * Laws fitted to the smaller sizes and held against the larger ones: by how much an extrapolation misses, by one form of
 * law or by all that the smaller sizes leave standing.
 */

import { mean } from "simple-statistics";
import { type CandidateOutcome, candidateLaws } from "./candidates";
import type { BootstrapOptions } from "./confidence";
import { departureSentence } from "./departure-words";
import { type Departure, departureFrom } from "./departures";
import { equivalentSize } from "./equivalent-size";
import { type FitOptions, type FitOutcome, fitLaw, type LawFit, type SizeLosses } from "./fit";
import type { LawForm } from "./forms";
import { type Prediction, predictLoss } from "./prediction";
import { formatInterval, formatLoss, formatMiss, formatTimes } from "./wording";

/** What a law says of a size it was not fitted to, and what came out there. */
export interface Extrapolation {
  readonly prediction: Prediction;
  /** Mean loss of the completed trials in nats; null where there is none. */
  readonly observed: number | null;
  /** Observed less predicted, in nats: positive where the model is worse than the law says. */
  readonly miss: number | null;
  /** Whether the observed loss lies in the prediction interval. */
  readonly inside: boolean | null;
  /** The size, interpolated, of the smallest model with as low a mean loss (`equivalentSize`); null where none is as good. */
  readonly noBetterThan: number | null;
  readonly sentence: string;
}

/** A law of the smaller sizes and its extrapolations, ascending by size. */
export interface ExtrapolatedLaw {
  readonly fit: FitOutcome;
  readonly fittedSizes: readonly number[];
  readonly extrapolations: readonly Extrapolation[];
}

/** Which form of law is extrapolated, and how it is fitted. */
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
  const expected = `the law predicts ${formatLoss(prediction.loss, high - low)} nats at size ${size} (${level * 100} % prediction interval ${formatInterval(prediction.interval)})`;
  const point = points.find((other) => other.size === size);
  if (point === undefined) {
    const sentence = `${expected}; no completed trial there to compare with`;
    return { prediction, observed: null, miss: null, inside: null, noBetterThan: null, sentence };
  }
  const observed = mean([...point.losses]);
  const miss = observed - prediction.loss;
  const inside = observed >= low && observed <= high;
  const noBetterThan = equivalentSize(points, size);
  const comparison =
    noBetterThan === null ? "" : `, no better than a model ${formatTimes(size / noBetterThan)} narrower`;
  const sentence = `${expected}; observed ${formatLoss(observed, high - low)}: ${formatMiss(miss, prediction.loss)} nats, ${inside ? "inside" : "outside"} the interval${comparison}`;
  return { prediction, observed, miss, inside, noBetterThan, sentence };
}

/** What all admissible forms say of a size, and what came out there. */
export interface ExtrapolatedSize extends Departure {
  /** As in `Extrapolation`. */
  readonly noBetterThan: number | null;
  readonly sentence: string;
}

/** The laws of the smaller sizes in every form, and the larger sizes held against them, ascending. */
export interface FormsExtrapolation {
  readonly laws: CandidateOutcome;
  readonly fittedSizes: readonly number[];
  readonly sizes: readonly ExtrapolatedSize[];
}

/** As `extrapolateLaw`, in all forms that the fitted sizes do not refute (`candidates.ts`). */
export function extrapolateForms(
  points: readonly SizeLosses[],
  fittedSizes: readonly number[],
  predictedSizes: readonly number[],
  options: BootstrapOptions = {},
): FormsExtrapolation {
  const fitted = points.filter(({ size }) => fittedSizes.includes(size));
  const laws = candidateLaws(fitted);
  const judged = (size: number): ExtrapolatedSize[] => {
    if (laws.status === "unavailable") return [];
    const losses = points.find((point) => point.size === size)?.losses ?? [];
    const departure = departureFrom(laws, size, losses, options);
    const noBetterThan = equivalentSize(points, size);
    return [{ ...departure, noBetterThan, sentence: departureSentence(departure) }];
  };
  return {
    laws,
    fittedSizes: fitted.map(({ size }) => size),
    sizes: [...predictedSizes].sort((one, other) => one - other).flatMap(judged),
  };
}
