/** Two grids side by side, such as this run's and the post's: what the analysis finds in each, in words. */

import { frameOf, textColumn } from "../tables/columns";
import type { Frame } from "../tables/frame";
import type { GridAnalysis } from "./analysis";
import { smallestGap } from "./departure-words";
import { extrapolateForms } from "./extrapolation";
import {
  capitalised,
  formatInterval,
  formatLaw,
  formatList,
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

/** What the post's panels show, and whether a grid shows it too; null where it cannot tell. */
const TRAITS: readonly {
  readonly words: string;
  readonly shownBy: (grid: GridAnalysis) => boolean | null;
}[] = [
  {
    words: "the line through the small models promises the largest a lower loss than it has",
    shownBy: ({ fixedRate }) => {
      const last = fixedRate?.extrapolations.at(-1);
      return last == null || last.miss === null ? null : !last.inside && last.miss > 0;
    },
  },
  {
    words: "the best learning rate shrinks as the model grows",
    shownBy: ({ rateLaw }) => (rateLaw.status === "fitted" ? rateLaw.exponentInterval.high < 0 : null),
  },
];

/** Whether two grids show the same picture, in whole sentences, the answer first; `names` are those of the grids. */
export function comparisonFindings(
  grids: readonly [GridAnalysis, GridAnalysis],
  names: readonly [string, string],
): string[] {
  const shown = TRAITS.map(({ words, shownBy }) => ({ words, by: grids.map(shownBy) }));
  const shared = shown.filter(({ by: [one, other] }) => one !== null && one === other).length;
  const answer = shared === shown.length ? "Yes" : shared === 0 ? "No" : "In part";
  const where = ([one, other]: readonly (boolean | null)[]) => {
    const unknown = names.filter((_, i) => [one, other][i] === null);
    if (unknown.length > 0) return `whether in ${formatList(unknown)}, cannot be told:`;
    if (one === other) return one ? "in both," : "in neither,";
    return `only in ${names[one ? 0 : 1]},`;
  };
  const places = [...new Set(shown.map(({ by }) => where(by)))];
  const said = places.map((place) => {
    const traits = shown.filter(({ by }) => where(by) === place);
    return `${place} ${formatList(traits.map(({ words }) => words))}`;
  });
  return [
    `${answer}: ${said.join("; ")}.`,
    ...grids.flatMap((grid, i) => detail(grid, capitalised(names[i]!))),
  ];
}

function detail({ fixedRate, rateLaw }: GridAnalysis, name: string): string[] {
  const last = fixedRate?.extrapolations.at(-1);
  const parts = [
    ...(last == null || last.miss === null
      ? []
      : [
          `the line misses size ${last.prediction.size} by ${formatMiss(last.miss, last.prediction.loss)} nats${last.noBetterThan === null ? "" : `, which is no better than a model ${formatTimes(last.prediction.size / last.noBetterThan)} narrower`}`,
        ]),
    ...(rateLaw.status === "fitted"
      ? [
          `the best rate goes as h^${rateLaw.exponent.toFixed(2)} (95 % interval ${rateLaw.exponentInterval.low.toFixed(2)} to ${rateLaw.exponentInterval.high.toFixed(2)})`,
        ]
      : []),
  ];
  return parts.length === 0 ? [] : [`${name}: ${parts.join("; ")}.`];
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
