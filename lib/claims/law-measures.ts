/** The statistics of the laws of the loss: at the tuned rate, and of the best case. Those of the rates are `rate-measures.ts`. */

import type { AnalysedSection, GridAnalysis } from "../laws/analysis";
import type { LawFit, SizeLosses } from "../laws/fit";
import { type Law, lossAt } from "../laws/forms";
import { formatLaw, formatLoss, formatMiss } from "../laws/wording";
import { exact, hindered, type Measured, meanLoss, rootMeanSquare } from "./measured";
import type { Hindrance } from "./source";

/** The law of the best case, in the form that is fitted to every grid drawn again. */
export interface BestCaseLaw {
  readonly fit: LawFit;
  /** The law of other mean losses of the same sizes. */
  readonly refit: (losses: readonly number[]) => Law;
}

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
  const asGood = points.find((point) => meanLoss(point) <= meanLoss(last))!;
  return exact(
    largest / equivalentSize(points, meanLoss(last)),
    `at the tuned rate size ${largest} has ${formatLoss(meanLoss(last))} nats, and ${asGood === last ? "no smaller size is as good" : `size ${asGood.size} ${formatLoss(meanLoss(asGood))}`}`,
  );
}

/** The smallest size that has a loss, on straight lines in ln h between the points; at most the largest size. */
function equivalentSize(points: readonly SizeLosses[], loss: number): number {
  const index = points.findIndex((point) => meanLoss(point) <= loss);
  const reached = points[index]!;
  const before = points[index - 1];
  if (before === undefined) return reached.size;
  const share = (meanLoss(before) - loss) / (meanLoss(before) - meanLoss(reached));
  return before.size * (reached.size / before.size) ** share;
}

export function recoveredShare(analysis: GridAnalysis): Measured {
  const found = missAtLargest(analysis);
  if ("obstacle" in found) return found;
  const best = analysis.bestRates.at(-1)!;
  if (best.mean === null) {
    return hindered("diverged", `at every rate some trial of size ${best.level} diverged`);
  }
  if (!(found.miss > 0)) return hindered("nothing_missed", "the line does not miss the largest size");
  const fixed = meanLoss(analysis.fixedRate!.points.at(-1)!);
  const value = (fixed - best.mean) / found.miss;
  const detail = `size ${best.level} has ${formatLoss(fixed)} nats at the tuned rate, ${formatLoss(best.mean)} at its best rate, ${formatLoss(fixed - found.miss)} by the law`;
  // A best rate on the edge of the grid may be beaten beyond it.
  return { value, bound: best.edge === "none" ? "exact" : "at_least", detail };
}

export function bestCasePredicts(
  { bestCase, bestRates }: GridAnalysis,
  bestCaseLaw: BestCaseLaw | null,
): Measured {
  if (bestCaseLaw === null) {
    return hindered("diverged", "too few of the smaller sizes have a rate without divergence");
  }
  const { fit, refit } = bestCaseLaw;
  const fitted = fit.points.map(({ size }) => bestCase.points.find((point) => point.size === size));
  const largestFitted = fit.points.at(-1)!.size;
  const heldOut = bestCase.points.filter(({ size }) => size > largestFitted);
  if (heldOut.length === 0) return hindered("diverged", "no larger size has a rate without divergence");
  if (fitted.some((point) => point === undefined)) {
    return hindered("diverged", "a smaller size has no rate without divergence");
  }
  const onEdge = bestRates.find(({ edge, best }) => edge !== "none" && best !== null);
  if (onEdge !== undefined) {
    return hindered(
      "too_few_trials",
      `the best rate of size ${onEdge.level} stands on the edge of the grid, so its best case is not known; sweep further rates`,
    );
  }
  const law = refit(fitted.map((point) => meanLoss(point!)));
  const promised = lossAt(law, largestFitted) - lossAt(law, heldOut.at(-1)!.size);
  if (!(promised > 0)) {
    return hindered("nothing_missed", "the law does not fall with size, so it promises no improvement");
  }
  const misses = heldOut.map((point) => meanLoss(point) - lossAt(law, point.size));
  const last = heldOut.at(-1)!;
  return exact(
    rootMeanSquare(misses) / promised,
    `the law of ${fit.points.length} sizes is ${formatLaw(law)} nats; at size ${last.size} it predicts ${formatLoss(lossAt(law, last.size))} and ${formatLoss(meanLoss(last))} is observed`,
  );
}
