/**
 * What a run found about the rates of all sizes, in whole sentences that are true of that run, the answer to the
 * question of the notebook first: the law of the best rate with the correction by it, and the cells off the curve.
 */

import type { Correction } from "./corrected";
import { departureSentence, gapsText } from "./departure-words";
import { type CellDeparture, type CurveOutcome, DEPARTURE_WORDS, type DepartureState } from "./departures";
import { choiceOutcome, statesAnswer } from "./findings";
import { FORM_WORDS } from "./fit";
import { residualFinding } from "./lack-of-fit";
import type { RateBand } from "./rate-band";
import type { RateLawOutcome } from "./rate-law";
import { formatError, formatLaw, formatList, formatLoss, formatMiss, formatRate } from "./wording";

/** How the best rate changes with size, and whether large models come back to the curve at the rate that it gives. */
export function correctionFindings(
  rateLaw: RateLawOutcome,
  band: RateBand | null,
  correction: Correction,
  fixedRate: number | null,
): string[] {
  const excluded = rateLaw.excluded.map(({ size, reason }) => `Size ${size} is left out of it: ${reason}.`);
  if (rateLaw.status !== "fitted") {
    return [`There is no law of the best rate: ${rateLaw.sentence}.`, ...excluded];
  }
  const { coefficient, exponent, exponentInterval } = rateLaw;
  const falls = exponentInterval.high < 0 ? "shrinks" : exponentInterval.low > 0 ? "grows" : null;
  const answer =
    falls === null
      ? "Whether the best rate changes with size cannot be told from its scatter"
      : `The best rate ${falls} with size, as h^${exponent.toFixed(2)}`;
  const law = `Over all sizes it is ${formatRate(coefficient)} h^${exponent.toFixed(2)}; the interval of the exponent is ${range(exponentInterval)} from the scatter about the law${band === null ? "" : `, ${range(band.exponent)} from seeds drawn again`}.`;
  if (correction.status === "unavailable") {
    return [`${answer}; the correction cannot be tested: ${correction.sentence}.`, law, ...excluded];
  }
  const { curve, sizes, rateLaw: small } = correction;
  const known = sizes.filter(({ corrected }) => corrected.loss !== null);
  const last = known.at(-1);
  const smallLaw = `Fitted to sizes ${curve.fittedSizes[0]} to ${curve.fittedSizes.at(-1)} only, it is ${formatRate(small.coefficient)} h^${small.exponent.toFixed(2)}.`;
  if (last === undefined) {
    return [
      `${answer}; no larger size has a loss at the rate it gives, so the correction is untested.`,
      law,
      smallLaw,
      ...excluded,
    ];
  }
  const comparable = known.filter(({ fixed }) => fixed !== null);
  const helped = comparable.filter(
    ({ corrected, fixed }) => fixed!.loss === null || corrected.loss! < fixed!.loss,
  );
  const same = comparable.filter(({ nearestRate }) => nearestRate === fixedRate);
  const bounds = sizes.filter(({ bestOnEdge }) => bestOnEdge).map(({ size }) => size);
  return [
    `${answer}; at the rate it gives, ${uncapitalised(
      statesAnswer(
        known.map(({ corrected }) => corrected),
        "larger",
      ),
    )}.`,
    law,
    ...excluded,
    smallLaw,
    ...(fixedRate === null || comparable.length === 0
      ? []
      : [
          `That rate gives a lower loss than the one rate ${formatRate(fixedRate)} at ${helped.length} of ${comparable.length} larger sizes${same.length === 0 ? "" : ` (at ${same.length} it is that rate itself)`}.`,
        ]),
    `At rate ${formatRate(last.nearestRate)}, ${departureSentence(last.corrected)}.`,
    ...(last.fixed === null || fixedRate === null
      ? []
      : [
          last.fixed.loss === null
            ? `The one rate ${formatRate(fixedRate)} has no loss there.`
            : `The one rate ${formatRate(fixedRate)} gives ${formatLoss(last.fixed.loss)} there: ${gapsText(last.fixed.byForm)}.`,
        ]),
    ...(last.best.loss === null
      ? []
      : [
          `The best rate of the grid gives ${formatLoss(last.best.loss)} there: ${gapsText(last.best.byForm)}.`,
        ]),
    ...(bounds.length === 0
      ? []
      : [
          `The best rate of ${bounds.length === 1 ? "size" : "sizes"} ${formatList(bounds)} stands on the edge of the grid, so a better one may lie beyond.`,
        ]),
    `Of the curve of tuned models, ${curve.laws.sentence}.`,
    ...choiceOutcome(curve.laws, last.best),
  ];
}

/** Which runs are off the curve, above all that of the largest size at the rate tuned on small ones. */
export function departureFindings(
  curve: CurveOutcome,
  rows: readonly CellDeparture[],
  fixedRate: number | null,
): string[] {
  if (curve.status === "unavailable") return [`No run can be judged: ${curve.sentence}.`];
  if (rows.length === 0) return ["There is no cell to judge."];
  const { laws } = curve;
  const count = (...states: DepartureState[]) => rows.filter(({ state }) => states.includes(state)).length;
  const diverged = count("diverged");
  const largest = Math.max(...rows.map(({ size }) => size));
  const ends = rows.filter(({ size }) => size === largest);
  const rates = (state: DepartureState) =>
    ends.filter((row) => row.state === state).map(({ rate }) => formatRate(rate));
  const fixed = ends.find(({ rate }) => rate === fixedRate);
  const best = bestOf(ends);
  const several = laws.admissible.length > 1;
  return [
    fixed === undefined
      ? `At size ${largest} ${rates("above").length} of ${ends.length} rates are off the curve of tuned models${several ? ", whatever its form" : ""}.`
      : fixedAnswer(fixed, best),
    `At size ${largest}, of ${ends.length} ${ends.length === 1 ? "rate" : "rates"}, ${formatList(
      (["on_curve", "too_wide", "depends", "above", "below", "diverged"] as const)
        .filter((state) => rates(state).length > 0)
        .map(
          (state) =>
            `${rates(state).length} ${STATE_COUNTS[state]}${state === "above" || state === "diverged" ? "" : ` (${rates(state).join(", ")})`}`,
        ),
    )}.`,
    `Of all ${rows.length} cells ${count("on_curve")} are on the curve whatever its form, ${count("depends")} depend on the form, ${count("too_wide") === 0 ? "" : `of ${count("too_wide")} the interval is too wide to tell, `}${count("above")} are above and ${count("below")} below whatever the form${diverged === 0 ? "" : `, and ${diverged} diverged`}.`,
    `The curve is fitted to the best rates of sizes ${curve.fittedSizes[0]} to ${curve.fittedSizes.at(-1)}, so that larger runs are judged by smaller ones; ${laws.sentence}.`,
    `Gaps are from ${FORM_WORDS[laws.chosen.form]}, ${formatLaw(laws.chosen.fit.law)} nats; ${laws.choice.sentence}.`,
    residualFinding(laws.chosen.fit),
    laws.noise === null
      ? "There is a single seed a cell, so the noise of seeds is unknown, and only the laws' own intervals judge."
      : `Trials of its cells that differ in their seed differ by a standard deviation of ${formatLoss(Math.sqrt(laws.noise.variance))} nats.`,
  ];
}

const STATE_COUNTS: Readonly<Record<DepartureState, string>> = {
  on_curve: "on the curve",
  too_wide: "inside an interval too wide to tell",
  depends: "depending on the form",
  above: "off the curve",
  below: "better than the curve",
  diverged: "diverged",
};

function fixedAnswer(fixed: CellDeparture, best: CellDeparture | null): string {
  const run = `Size ${fixed.size} at the rate tuned on small sizes, ${formatRate(fixed.rate)},`;
  if (fixed.gap === null) return `${run} has no loss: all its trials diverged.`;
  const excess =
    best === null || best.loss === null
      ? ""
      : best.rate === fixed.rate
        ? "; no other rate tried is better there"
        : `; rate ${formatRate(best.rate)} is ${formatError(fixed.loss! - best.loss, best.loss)} nats better there`;
  const verdict =
    fixed.state === "depends"
      ? "cannot be told to be off the curve: that depends on the form of the law"
      : fixed.state === "too_wide"
        ? "cannot be told to be off the curve: the interval is too wide"
        : `is ${DEPARTURE_WORDS[fixed.state]} (${formatMiss(fixed.gap, fixed.expected)} nats)`;
  return `${run} ${verdict}${excess}.`;
}

function bestOf(rows: readonly CellDeparture[]): CellDeparture | null {
  const known = rows.filter(({ loss, cell }) => loss !== null && cell.diverged === 0);
  return known.length === 0 ? null : known.reduce((best, row) => (row.loss! < best.loss! ? row : best));
}

function range({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${low.toFixed(2)} to ${high.toFixed(2)}`;
}

function uncapitalised(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
