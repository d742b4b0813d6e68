/**
 * What a run found, in whole sentences that are true of that run: the last page of each notebook. Everything is
 * computed elsewhere in this room.
 */

import type { TrialRecord } from "../sweep/record";
import type { BestValue } from "../tables/best";
import type { Tuning } from "./analysis";
import type { FormChoice } from "./choice";
import type { Correction } from "./corrected";
import { type CellDeparture, type Curve, DEPARTURE_WORDS, type DepartureState } from "./departures";
import type { Extrapolation } from "./extrapolation";
import { FORM_WORDS, type LawFit } from "./fit";
import { lossAt } from "./forms";
import type { RateBand } from "./rate-band";
import type { RateLawOutcome } from "./rate-law";
import type { RateSupport } from "./rate-support";
import { formatLaw, formatList, formatLoss, formatMiss, formatRate, formatRSquared } from "./wording";

/** What the training of some trials took: `36 trials took 9 s of training with onnx-cpu.` */
export function costSentence(records: readonly TrialRecord[]): string {
  const seconds = records.reduce((sum, record) => sum + record.seconds, 0);
  const time = seconds < 100 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
  const engines = [...new Set(records.map(({ engine }) => engine))].sort();
  return `${records.length} trials took ${time} of training with ${formatList(engines)}.`;
}

/** The tuned rate, how sure it is, and what each tuning size would choose alone. */
export function tuningFindings(
  tuning: Tuning,
  support: readonly RateSupport[],
  bestRates: readonly BestValue[],
): string[] {
  if (tuning.status === "unavailable") return [`${capital(tuning.sentence)}.`];
  if (tuning.status === "given") return [`The learning rate is ${tuning.sentence}.`];
  const { rate, sizes } = tuning;
  const chosen = support.find((candidate) => candidate.rate === rate);
  const others = support.filter((candidate) => candidate.rate !== rate);
  const rivals = others.filter(({ share }) => share >= 0.005).sort((one, other) => other.share - one.share);
  const next = others
    .filter(({ excess }) => excess !== null)
    .sort((one, other) => one.excess! - other.excess!)[0];
  const alone = bestRates.filter(({ level, best }) => sizes.includes(level as number) && best !== null);
  const replicated = alone.some(({ standardError }) => standardError !== null);
  return [
    `Of ${support.length} learning rates ${formatRate(rate)} has the lowest mean loss over sizes ${formatList(sizes)}: ${formatLoss(chosen!.loss!)} nats.`,
    ...(next === undefined
      ? []
      : [
          `The next best, ${formatRate(next.rate)}, costs ${next.excess!.toFixed(3)} nats; the worst that did not diverge, ${formatRate(worstOf(others).rate)}, costs ${formatLoss(worstOf(others).excess!)}.`,
        ]),
    replicated
      ? `With other seeds it would be chosen again ${percent(chosen!.share)} of the time${rivals.length === 0 ? "" : `, else ${formatList(rivals.map((rival) => `${formatRate(rival.rate)} (${percent(rival.share)})`))}`}.`
      : "There is a single seed a cell, so how sure that is cannot be said.",
    onEdge(rate, support)
      ? "It stands on the edge of the grid: it is a bound, and the optimum may lie beyond."
      : "It lies inside the grid: lower and higher rates were tried and are worse or diverge.",
    `Each size alone would choose ${formatList(alone.map(({ level, best }) => `${formatRate(best as number)} (size ${level})`))}.`,
  ];
}

/** The laws of the small sizes and where they lead. @param largest a size beyond the fitted ones. */
export function lawFindings(fits: readonly LawFit[], choice: FormChoice, largest: number): string[] {
  const predicted = fits.map(({ law }) => lossAt(law, largest));
  const apart = (losses: readonly number[]) => Math.max(...losses) - Math.min(...losses);
  const inside = Math.max(
    ...(fits[0]?.points ?? []).map(({ size }) => apart(fits.map(({ law }) => lossAt(law, size)))),
  );
  return [
    ...fits.map(
      (fit) =>
        `${capital(FORM_WORDS[fit.law.form])}: loss = ${formatLaw(fit.law)} nats, R² ${formatRSquared(fit.rSquared, 4)}; ${fit.sentence}.`,
    ),
    `${capital(choice.sentence)}.`,
    ...(fits.length < 2
      ? []
      : [
          `Where they were fitted these laws are at most ${inside.toFixed(2)} nats apart; at size ${largest} they are ${apart(predicted).toFixed(2)} nats apart, from ${formatLoss(Math.min(...predicted))} to ${formatLoss(Math.max(...predicted))}.`,
        ]),
  ];
}

/** How far a law held at the sizes that it was not fitted to, ascending. */
export function extrapolationFindings(extrapolations: readonly Extrapolation[]): string[] {
  const last = extrapolations.at(-1);
  if (last === undefined) return ["No size was held out, so nothing was extrapolated."];
  const known = extrapolations.filter(({ inside }) => inside !== null);
  const outside = known.filter(({ inside }) => inside === false);
  const first = outside[0];
  return [
    `${capital(last.sentence)}.`,
    first === undefined
      ? `All ${known.length} larger sizes with a loss are inside the interval.`
      : `Of ${known.length} larger sizes with a loss ${outside.length} ${outside.length === 1 ? "is" : "are"} outside the interval, the smallest of them size ${first.prediction.size} (${formatMiss(first.miss!)} nats).`,
    ...(last.observed !== null && last.noBetterThan === null
      ? ["No smaller model does as well as the largest."]
      : []),
  ];
}

/** The law of the best rate, and whether correcting the rate by it brings large models back. */
export function correctionFindings(
  rateLaw: RateLawOutcome,
  band: RateBand | null,
  correction: Correction,
  fixedRate: number,
): string[] {
  const law =
    rateLaw.status === "fitted"
      ? `Over all sizes the best rate is ${formatRate(rateLaw.coefficient)} h^${rateLaw.exponent.toFixed(2)}; the interval of the exponent is ${rateLaw.exponentInterval.low.toFixed(2)} to ${rateLaw.exponentInterval.high.toFixed(2)} from the scatter about the law${band === null ? "" : `, ${band.exponent.low.toFixed(2)} to ${band.exponent.high.toFixed(2)} from seeds drawn again`}.`
      : `There is no law of the best rate: ${rateLaw.sentence}.`;
  const excluded = rateLaw.excluded.map(({ size, reason }) => `Size ${size} is left out of it: ${reason}.`);
  if (correction.status === "unavailable")
    return [law, ...excluded, `The correction cannot be tested: ${correction.sentence}.`];
  const tested = correction.sizes.filter(({ corrected }) => corrected !== null);
  const helped = tested.filter(({ corrected, fixed }) => fixed === null || corrected! < fixed);
  const same = tested.filter(({ nearestRate }) => nearestRate === fixedRate);
  const inside = tested.filter((row) => row.inside);
  const last = tested.at(-1);
  return [
    law,
    ...excluded,
    `Fitted to sizes ${correction.fit.points[0]!.size} to ${correction.fit.points.at(-1)!.size} only, it is ${formatRate(correction.rateLaw.coefficient)} h^${correction.rateLaw.exponent.toFixed(2)}.`,
    `Of ${tested.length} larger sizes its rate gives a lower loss than the fixed rate ${formatRate(fixedRate)} at ${helped.length}${same.length === 0 ? "" : ` (at ${same.length} the nearest rate of the grid is that rate itself)`}, and one inside the interval of the best-case law at ${inside.length}.`,
    ...(last === undefined
      ? []
      : [
          `At size ${last.size} the best-case law predicts ${formatLoss(last.prediction.loss)} nats: the corrected rate gives ${formatLoss(last.corrected!)} (${formatMiss(last.corrected! - last.prediction.loss)}), the fixed rate ${last.fixed === null ? "diverges" : `${formatLoss(last.fixed)} (${formatMiss(last.fixed - last.prediction.loss)})`}, the best rate ${last.best === null ? "is unknown" : formatLoss(last.best)}.`,
        ]),
  ];
}

/** How many cells are on the curve, and what becomes of the rate tuned on small sizes. */
export function departureFindings(
  curve: Curve,
  rows: readonly CellDeparture[],
  fixedRate: number | null,
): string[] {
  const count = (...states: DepartureState[]) => rows.filter(({ state }) => states.includes(state)).length;
  const diverged = count("diverged");
  const largest = Math.max(...rows.map(({ size }) => size));
  const ends = rows.filter(({ size }) => size === largest);
  const onCurve = ends.filter(({ state }) => state === "within_seeds" || state === "within_law");
  const fixed = ends.find(({ rate }) => rate === fixedRate);
  return [
    `The curve of tuned models is ${formatLaw(curve.fit.law)} nats, ${FORM_WORDS[curve.fit.law.form]} (R² ${formatRSquared(curve.fit.rSquared)}).`,
    curve.seedDeviation === null
      ? "There is a single seed a cell, so the noise of seeds is unknown, and only the law's own interval judges."
      : `Trials of its cells that differ in their seed differ by a standard deviation of ${curve.seedDeviation.toFixed(3)} nats.`,
    `Of ${rows.length} cells ${count("within_seeds")} are within the noise of seeds of the curve, ${count("within_law")} beyond it but within the law's interval, ${count("above")} above and ${count("below")} below the curve${diverged === 0 ? "" : `, and ${diverged} diverged`}.`,
    `At size ${largest} ${onCurve.length} of ${ends.length} rates are on the curve${onCurve.length === 0 ? "" : `: ${formatList(onCurve.map(({ rate }) => formatRate(rate)))}`}.`,
    ...(fixed === undefined
      ? []
      : [
          `The rate tuned on small sizes, ${formatRate(fixed.rate)}, is there ${fixed.gap === null ? "without a loss: all its trials diverged" : `${formatMiss(fixed.gap)} nats from the curve: ${DEPARTURE_WORDS[fixed.state]}`}.`,
        ]),
  ];
}

function onEdge(rate: number, support: readonly RateSupport[]): boolean {
  return rate === support[0]?.rate || rate === support.at(-1)?.rate;
}

function worstOf(support: readonly RateSupport[]): RateSupport {
  return support.reduce((worst, other) => ((other.excess ?? -1) > (worst.excess ?? -1) ? other : worst));
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
