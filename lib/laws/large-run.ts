/**
 * What to tell someone who has trained one large model after several small ones: whether it lies on the curve of the
 * small ones, and what to try if not.
 */

import { chooseForm, type FormChoice } from "./choice";
import type { BootstrapOptions } from "./confidence";
import { type Extrapolation, extrapolateTo } from "./extrapolation";
import { FORM_WORDS, fitLaw, type LawFit, type SizeLosses } from "./fit";
import { formatLaw, formatLoss, formatMiss, formatRSquared } from "./wording";

export type LargeRunVerdict =
  | {
      readonly status: "on_the_curve" | "above" | "below";
      readonly choice: FormChoice;
      /** The law of the smaller sizes. */
      readonly fit: LawFit;
      readonly extrapolation: Extrapolation;
      /** The verdict in a few words. */
      readonly headline: string;
      /** One thing to say each. */
      readonly sentences: readonly string[];
    }
  | { readonly status: "unavailable"; readonly sentences: readonly string[] };

/**
 * Judges the largest size by the law of the others, in the form that predicts held-out sizes best among them, or else
 * a line in the logarithm of the size.
 */
export function judgeLargeRun(
  points: readonly SizeLosses[],
  options: BootstrapOptions = {},
): LargeRunVerdict {
  const sorted = [...points].sort((one, other) => one.size - other.size);
  const smaller = sorted.slice(0, -1);
  const large = sorted.at(-1);
  if (large === undefined) {
    return {
      status: "unavailable",
      sentences: ["There is no loss at any size, so there is nothing to judge."],
    };
  }
  const choice = chooseForm(smaller);
  const fit = fitLaw(smaller, choice.status === "chosen" ? choice.form : "logarithmic");
  if (fit.status === "too_few_points") {
    const sentence = `There is no law to judge the largest size by: ${fit.sentence}. Train smaller models first: they are cheap, and say what to expect.`;
    return { status: "unavailable", sentences: [sentence] };
  }
  const extrapolation = extrapolateTo(fit, large.size, sorted, options);
  const { prediction, observed, miss, inside } = extrapolation;
  const status = inside ? "on_the_curve" : miss! > 0 ? "above" : "below";
  const last = smaller.at(-1)!.size;
  const { low, high, level } = prediction.interval;
  const verdict = {
    on_the_curve: "keeps the law of the smaller sizes",
    above: "is off the curve",
    below: "is better than the law of the smaller sizes",
  }[status];
  return {
    status,
    headline: `Size ${large.size} ${verdict}: ${formatMiss(miss!)} nats`,
    choice,
    fit,
    extrapolation,
    sentences: [
      `${smaller.length} sizes from ${smaller[0]!.size} to ${last} follow ${FORM_WORDS[fit.law.form]}: ${formatLaw(fit.law)} nats, R² ${formatRSquared(fit.rSquared)}.`,
      `Carried on to size ${large.size}, ${ratio(large.size / last)} the largest of them, it predicts ${formatLoss(prediction.loss)} nats (${level * 100} % prediction interval ${formatLoss(low)} to ${formatLoss(high)}); the run gave ${formatLoss(observed!)}: ${formatMiss(miss!)} nats.`,
      ...advice(status, extrapolation, sorted),
    ],
  };
}

function advice(
  status: "on_the_curve" | "above" | "below",
  { noBetterThan, prediction }: Extrapolation,
  points: readonly SizeLosses[],
): string[] {
  switch (status) {
    case "on_the_curve":
      return [
        "That is inside the interval: nothing here says that the run is not tuned. A wide interval would say the same of a poor run, so look at its width.",
      ];
    case "below":
      return [
        "That is better than the law of the smaller sizes: either they were not tuned as well as the large one, or the law has another form.",
      ];
    case "above":
      return [
        "That is off the curve. A single loss cannot say why; in the post, and wherever a rate is tuned small and used large, the first suspect is the learning rate, which usually has to shrink as the model grows.",
        ...(noBetterThan === null
          ? []
          : [
              `A model of size ${noBetterThan} is already as good: the ${ratio(prediction.size / noBetterThan)} larger one has bought nothing.`,
            ]),
        `Before training larger models, train size ${prediction.size} again at two or three other rates; if none comes back to the curve, look at whatever else was tuned only at size ${points.at(-2)!.size} and below.`,
      ];
  }
}

function ratio(value: number): string {
  return `${value >= 10 ? Math.round(value) : Number(value.toPrecision(2))} times`;
}
