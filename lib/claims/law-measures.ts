/**
 * The statistics of the laws of the loss: at the tuned rate, and of the best case; those that depend on the form of the
 * law are measured for one form at a time. Those of the rates are `rate-measures.ts`.
 */

import type { AnalysedSection, GridAnalysis } from "../laws/analysis";
import { equivalentSize } from "../laws/equivalent-size";
import { FORM_NAMES, type LawFit } from "../laws/fit";
import { lossAt } from "../laws/forms";
import { formatLaw, formatLoss, formatMiss } from "../laws/wording";
import type { FormLaw } from "./form-laws";
import { exact, hindered, type Measured, meanLoss, rootMeanSquare } from "./measured";
import type { Hindrance } from "./source";

/** A section with a line through its fitted sizes. */
interface Line {
  readonly section: AnalysedSection;
  readonly fit: LawFit;
  readonly largestFitted: number;
}

function lineOf(analysis: GridAnalysis): Line | Hindrance {
  const { fixedRate, tuning } = analysis;
  if (fixedRate === null) return hindered("diverged", tuning.sentence);
  if (fixedRate.fit.status === "too_few_points") {
    return hindered("diverged", `at the tuned rate there are ${fixedRate.fit.sentence}`);
  }
  return { section: fixedRate, fit: fixedRate.fit, largestFitted: fixedRate.fittedSizes.at(-1)! };
}

export function lawIsStraight(analysis: GridAnalysis): Measured {
  const line = lineOf(analysis);
  if ("obstacle" in line) return line;
  const { fit, section } = line;
  if (fit.rSquared === null)
    return exact(0, `the loss is the same at all ${section.fittedSizes.length} sizes`);
  const falls = lossAt(fit.law, section.fittedSizes[0]!) > lossAt(fit.law, line.largestFitted);
  return exact(
    falls ? fit.rSquared : -fit.rSquared,
    `the law is ${formatLaw(fit.law)} nats on ${section.fittedSizes.length} sizes, ${analysis.tuning.sentence}`,
  );
}

/** The miss of the line at the largest size in nats, and the improvement that it promised there. */
export function missAtLargest(
  analysis: GridAnalysis,
):
  | { readonly miss: number; readonly promised: number; readonly halfWidth: number; readonly detail: string }
  | Hindrance {
  const line = lineOf(analysis);
  if ("obstacle" in line) return line;
  const largest = analysis.sizes.at(-1)!;
  const found = line.section.extrapolations.find(({ prediction }) => prediction.size === largest);
  if (found === undefined || found.miss === null) {
    return hindered("diverged", `no trial of size ${largest} completed at the tuned rate`);
  }
  const { prediction, observed, miss } = found;
  const promised = lossAt(line.fit.law, line.largestFitted) - prediction.loss;
  if (!(promised > 0)) {
    return hindered("nothing_missed", "the line does not fall with size, so it promises no improvement");
  }
  return {
    miss,
    promised,
    halfWidth: (prediction.interval.high - prediction.interval.low) / 2,
    detail: `${formatLoss(prediction.loss)} nats predicted at size ${largest}, ${formatLoss(observed!)} observed: ${formatMiss(miss, prediction.loss)}`,
  };
}

export function extrapolationMisses(analysis: GridAnalysis): Measured {
  const found = missAtLargest(analysis);
  return "obstacle" in found ? found : exact(found.miss / found.promised, found.detail);
}

export function noBetterThanSmaller(analysis: GridAnalysis): Measured {
  const line = lineOf(analysis);
  if ("obstacle" in line) return line;
  const largest = analysis.sizes.at(-1)!;
  const last = line.section.points.at(-1);
  if (last?.size !== largest) {
    return hindered("diverged", `no trial of size ${largest} completed at the tuned rate`);
  }
  const { points } = line.section;
  const asGood = equivalentSize(points, largest);
  return {
    value: asGood === null ? 1 : largest / asGood,
    // Where the smallest size is as good, a smaller one might be.
    bound: asGood === points[0]!.size ? "at_least" : "exact",
    detail: `at the tuned rate size ${largest} has ${formatLoss(meanLoss(last))} nats, and ${asGood === null ? "no smaller size is as good" : `so would a model of size ${Math.round(asGood)}`}`,
  };
}

/** The loss at the tuned rate of the largest size, and what a form of law says of it. */
export function largestByForm(analysis: GridAnalysis, { form, lawOf, largestFitted }: FormLaw) {
  const { fixedRate, tuning, sizes } = analysis;
  if (fixedRate === null) return hindered("diverged", tuning.sentence);
  const largest = sizes.at(-1)!;
  const last = fixedRate.points.at(-1);
  if (last?.size !== largest) {
    return hindered("diverged", `no trial of size ${largest} completed at the tuned rate`);
  }
  const law = lawOf(fixedRate);
  if ("obstacle" in law) return law;
  const predicted = lossAt(law, largest);
  const observed = meanLoss(last);
  const promised = lossAt(law, largestFitted) - predicted;
  return { words: FORM_NAMES[form], largest, predicted, observed, miss: observed - predicted, promised };
}

/** The miss of one form at the largest size, as a share of what the form promises. */
export function formMisses(analysis: GridAnalysis, formLaw: FormLaw): Measured {
  const found = largestByForm(analysis, formLaw);
  if ("obstacle" in found) return found;
  const { words, predicted, miss, promised } = found;
  if (!(promised > 0)) {
    return hindered("no_effect_of_size", `${words} does not fall with size, so it promises no improvement`);
  }
  return exact(miss / promised, `${words} predicts ${formatLoss(predicted)} (${formatMiss(miss)})`);
}

/** The share of one form's miss that the best rate of the largest size recovers. */
export function recoveredShare(analysis: GridAnalysis, formLaw: FormLaw): Measured {
  const found = largestByForm(analysis, formLaw);
  if ("obstacle" in found) return found;
  const best = analysis.bestRates.at(-1)!;
  if (best.mean === null) {
    return hindered("diverged", `at every rate some trial of size ${best.level} diverged`);
  }
  const { words, largest, observed, miss, predicted } = found;
  if (!(miss > 0)) return hindered("nothing_missed", `by ${words} nothing is missed at size ${largest}`);
  const value = (observed - best.mean) / miss;
  const detail = `at size ${largest} ${formatLoss(predicted)} nats are due by ${words}, ${formatLoss(observed)} observed at the tuned rate and ${formatLoss(best.mean)} at its best rate`;
  // A best rate on the edge of the grid may be beaten beyond it.
  return { value, bound: best.edge === "none" ? "exact" : "at_least", detail };
}

/** How far the best cases of the larger sizes are off one form, as a share of what the form promises. */
export function bestCasePredicts({ bestCase, bestRates }: GridAnalysis, formLaw: FormLaw): Measured {
  const { form, lawOf, largestFitted, fittedSizes } = formLaw;
  const heldOut = bestCase.points.filter(({ size }) => size > largestFitted);
  if (heldOut.length === 0) return hindered("diverged", "no larger size has a rate without divergence");
  const onEdge = bestRates.find(({ edge, best }) => edge !== "none" && best !== null);
  if (onEdge !== undefined) {
    return hindered(
      "too_few_trials",
      `the best rate of size ${onEdge.level} stands on the edge of the grid, so its best case is not known; sweep further rates`,
    );
  }
  const law = lawOf(bestCase);
  if ("obstacle" in law) return law;
  const last = heldOut.at(-1)!;
  const promised = lossAt(law, largestFitted) - lossAt(law, last.size);
  if (!(promised > 0)) {
    return hindered(
      "no_effect_of_size",
      `${FORM_NAMES[form]} does not fall with size, so it promises no improvement`,
    );
  }
  const misses = heldOut.map((point) => meanLoss(point) - lossAt(law, point.size));
  return exact(
    rootMeanSquare(misses) / promised,
    `${FORM_NAMES[form]} through ${fittedSizes.length} sizes, ${formatLaw(law)} nats, predicts ${formatLoss(lossAt(law, last.size))} at size ${last.size}, where ${formatLoss(meanLoss(last))} is observed`,
  );
}
