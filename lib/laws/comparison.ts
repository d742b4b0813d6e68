/** Two grids side by side, such as this run's and the post's: what the analysis finds in each, in words. */

import { frameOf, textColumn } from "../tables/columns";
import type { Frame } from "../tables/frame";
import type { GridAnalysis } from "./analysis";
import { smallestGap } from "./departure-words";
import { extrapolateForms } from "./extrapolation";
import {
  formatInterval,
  formatLaw,
  formatLoss,
  formatMiss,
  formatRate,
  formatRSquared,
  formatTimes,
} from "./wording";

/** The findings of two grids side by side, in words; `names` head the columns. */
export function comparisonFrame(
  [one, other]: readonly [GridAnalysis, GridAnalysis],
  names: readonly [string, string],
): Frame {
  const [left, right] = [findings(one), findings(other)];
  return frameOf([
    textColumn(
      "finding",
      left.map(({ finding }) => finding),
    ),
    textColumn(
      names[0],
      left.map(({ value }) => value),
    ),
    textColumn(
      names[1],
      right.map(({ value }) => value),
    ),
  ]);
}

function findings({ sizes, rates, tuning, fixedRate, bestRates, rateLaw }: GridAnalysis) {
  const fit = fixedRate === null || fixedRate.fit.status === "too_few_points" ? null : fixedRate.fit;
  const last = fixedRate?.extrapolations.at(-1);
  const best = bestRates.filter((row) => row.best !== null);
  const rateOf = (row: (typeof best)[number] | undefined) =>
    row === undefined
      ? "none"
      : `${formatRate(row.best as number)} at size ${row.level}${row.edge === "none" ? "" : ", on the edge of the grid"}`;
  const interval = (low: number, high: number, digits: number) =>
    `${low.toFixed(digits)} to ${high.toFixed(digits)}`;
  return [
    { finding: "grid", value: `${sizes.length} sizes × ${rates.length} learning rates` },
    { finding: "rate tuned on small sizes", value: tuning.sentence },
    {
      finding: "law of the small sizes at that rate",
      value: fit === null ? "none" : `${formatLaw(fit.law)} nats, R² ${formatRSquared(fit.rSquared)}`,
    },
    {
      finding: "predicted at the largest size",
      value:
        last === undefined
          ? "nothing"
          : `${formatLoss(last.prediction.loss)} nats at ${last.prediction.size} (${formatInterval(last.prediction.interval)})`,
    },
    {
      finding: "observed there",
      value:
        last === undefined || last.observed === null
          ? "no completed trial"
          : `${formatLoss(last.observed)} nats: ${formatMiss(last.miss!, last.prediction.loss)}, ${last.inside ? "inside" : "outside"} the interval`,
    },
    { finding: "by any form of law", value: overForms(fixedRate) },
    {
      finding: "no better than",
      value:
        last === undefined || last.noBetterThan === null
          ? "no smaller model is as good"
          : `a model ${formatTimes(last.prediction.size / last.noBetterThan)} narrower`,
    },
    { finding: "best rate, smallest size", value: rateOf(best[0]) },
    { finding: "best rate, largest size", value: rateOf(best.at(-1)) },
    {
      finding: "exponent of the best rate",
      value:
        rateLaw.status === "fitted"
          ? `${rateLaw.exponent.toFixed(2)} (${interval(rateLaw.exponentInterval.low, rateLaw.exponentInterval.high, 2)})`
          : "no law",
    },
  ];
}

/** What the forms of law together say of the largest size at the tuned rate. */
function overForms(section: GridAnalysis["fixedRate"]): string {
  const largest = section?.extrapolations.at(-1)?.prediction.size;
  if (section === null || largest === undefined) return "nothing";
  const last = extrapolateForms(section.points, section.fittedSizes, [largest]).sizes.at(-1);
  const gap = last === undefined ? null : smallestGap(last);
  if (last === undefined || gap === null) return "no completed trial";
  return last.state === "above" || last.state === "below"
    ? `${formatMiss(gap, last.expected)} or more, outside every interval`
    : last.state === "on_curve"
      ? "inside every interval"
      : "inside some intervals, outside others";
}
