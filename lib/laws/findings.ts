/**
 * What a run found about one rate for all sizes, in whole sentences that are true of that run, the answer to the
 * question of the notebook first. What it found about the rates of all sizes is `rate-findings.ts`; everything is
 * computed elsewhere in this room.
 */

import type { TrialRecord } from "../sweep/record";
import { counted } from "../sweep/words";
import type { BestValue } from "../tables/best";
import type { Tuning } from "./analysis";
import type { CandidateLaws, CandidateOutcome } from "./candidates";
import type { FormChoice } from "./choice";
import { smallestGap, tooWideText } from "./departure-words";
import type { Departure } from "./departures";
import type { ExtrapolatedSize, FormsExtrapolation } from "./extrapolation";
import { FORM_NAMES, FORM_WORDS } from "./fit";
import { lossAt } from "./forms";
import { residualFinding } from "./lack-of-fit";
import type { RateSupport } from "./rate-support";
import { noEffectText, sizeEffect } from "./size-effect";
import {
  capitalised,
  formatError,
  formatInterval,
  formatLaw,
  formatList,
  formatLoss,
  formatMiss,
  formatRate,
  formatRSquared,
  formatTimes,
} from "./wording";

/** What the training of some trials took: `36 trials took 9 s of training with onnx-cpu.` */
export function costSentence(records: readonly TrialRecord[]): string {
  if (records.length === 0) return "No trial was trained.";
  const seconds = records.reduce((sum, record) => sum + record.seconds, 0);
  const time = seconds < 100 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
  const engines = [...new Set(records.map(({ engine }) => engine))].sort();
  return `${counted(records.length, "trial")} took ${time} of training with ${formatList(engines)}.`;
}

/** Which rate, and how sure: the tuned rate, what other seeds would choose, and what each tuning size would alone. */
export function tuningFindings(
  tuning: Tuning,
  support: readonly RateSupport[],
  bestRates: readonly BestValue[],
): string[] {
  if (tuning.status === "unavailable") return [`${capitalised(tuning.sentence)}.`];
  if (tuning.status === "given") return [`${capitalised(tuning.sentence)}: it was not tuned here.`];
  const { rate, sizes } = tuning;
  const chosen = support.find((candidate) => candidate.rate === rate);
  const others = support.filter((candidate) => candidate.rate !== rate && candidate.excess !== null);
  const rivals = support
    .filter((candidate) => candidate.rate !== rate && candidate.share >= 0.005)
    .sort((one, other) => other.share - one.share);
  const byExcess = [...others].sort((one, other) => one.excess! - other.excess!);
  const [next, worst] = [byExcess[0], byExcess.at(-1)];
  const alone = bestRates.filter(({ level, best }) => sizes.includes(level as number) && best !== null);
  const replicated = alone.some(({ standardError }) => standardError !== null);
  const sure = !replicated
    ? "with a single seed a cell nobody can say how sure that is"
    : rivals.length === 0
      ? "other seeds would have chosen it too"
      : `other seeds could have chosen ${formatList(rivals.map((rival) => `${formatRate(rival.rate)} (${percent(rival.share)})`))}`;
  const bound = onEdge(rate, support) ? " or beyond, for it stands on the edge of the grid" : "";
  return [
    `Rate ${formatRate(rate)}${bound}; ${sure}.`,
    `Of ${support.length} learning ${support.length === 1 ? "rate" : "rates"} it has the lowest mean loss over ${sizes.length === 1 ? "size" : "sizes"} ${formatList(sizes)}${chosen?.loss == null ? "" : `: ${formatLoss(chosen.loss)} nats`}.`,
    ...(next === undefined || worst === undefined
      ? []
      : [
          next === worst
            ? `The other rate that did not diverge, ${formatRate(next.rate)}, costs ${formatLoss(next.excess!)} nats more.`
            : `The next best, ${formatRate(next.rate)}, costs ${formatLoss(next.excess!)} nats more; the worst that did not diverge, ${formatRate(worst.rate)}, costs ${formatLoss(worst.excess!)} more.`,
        ]),
    ...(alone.length < 2
      ? []
      : [
          `Each size alone would choose ${formatList(alone.map(({ level, best }) => `${formatRate(best as number)} (size ${level})`))}.`,
        ]),
  ];
}

/**
 * Whether the losses follow a law of size, and which. @param upTo the size at which the laws are compared, beyond the
 * fitted ones.
 */
export function lawFindings(laws: CandidateOutcome, upTo: number): string[] {
  if (laws.status === "unavailable") return [`No law of size: ${laws.sentence}.`];
  const { fitted, choice } = laws;
  const largest = laws.points.at(-1)!.size;
  return [
    lawAnswer(laws, upTo),
    ...fitted.map(
      ({ form, fit }) =>
        `${capitalised(FORM_WORDS[form])}: loss = ${formatLaw(fit.law)} nats, R² ${formatRSquared(fit.rSquared, 4)}; ${fit.sentence}.`,
    ),
    ...fitted.map(({ fit }) => residualFinding(fit)),
    `${capitalised(choice.sentence)}.`,
    ...horizonFindings(choice, upTo / largest),
  ];
}

function lawAnswer({ admissible, allRefuted, points, fitted }: CandidateLaws, upTo: number): string {
  if (!sizeEffect(points).falls) return `No law of size: ${noEffectText(points)}.`;
  const predicted = admissible.map(({ fit }) => lossAt(fit.law, upTo));
  const [low, high] = [Math.min(...predicted), Math.max(...predicted)];
  const range =
    admissible.length === 1 || upTo <= points.at(-1)!.size
      ? ""
      : `, and at size ${upTo} they are ${formatError(high - low, high)} nats apart (${formatInterval({ low, high })})`;
  if (allRefuted) {
    return `The loss falls with size, but none of the ${fitted.length} forms is its true law: none fits within the noise of seeds${range}.`;
  }
  if (admissible.length === 1) {
    const only = admissible[0]!;
    return `The losses follow ${FORM_WORDS[only.form]}, ${formatLaw(only.fit.law)} nats: the only form ${fitted.length === 1 ? "that so few sizes allow" : "that they do not refute"}.`;
  }
  return `The losses follow a law of size, but they do not say which: ${admissible.length} forms fit${range}.`;
}

/**
 * What forecasts within the fitted sizes can decide about one that is `factor` times larger than they are: the scores
 * by distance, in words.
 */
export function horizonFindings({ horizons }: FormChoice, factor: number): string[] {
  const [one, farthest] = [horizons[0], horizons.at(-1)];
  if (one === undefined || farthest === undefined) return [];
  const errors = ({ errors: of }: typeof one) =>
    of.map(({ form, error }) => `${FORM_NAMES[form]} ${formatLoss(error)}`).join(", ");
  const times = farthest.predictions === 1 ? "once" : `${farthest.predictions} times`;
  return [
    ...(farthest.steps === one.steps
      ? []
      : [
          `The farthest that these sizes can be forecast from one another is ${formatTimes(farthest.factor)} as large, ${times}: there ${FORM_NAMES[farthest.best]} is best (error in nats: ${errors(farthest)}).`,
        ]),
    factor > one.factor * 1.001
      ? `Which form is better ${formatTimes(one.factor)} as large does not decide which is better ${formatTimes(factor)} as large: that far ahead the forms part, and every form that is not refuted must be counted.`
      : "The forecast asked for is no farther ahead than these.",
  ];
}

/** Whether the larger sizes keep the laws of the smaller ones, whatever their form. */
export function extrapolationFindings({ laws, sizes }: FormsExtrapolation): string[] {
  if (laws.status === "unavailable") return [`Nothing can be extrapolated: ${laws.sentence}.`];
  const last = sizes.at(-1);
  if (last === undefined) return ["No size was held out, so nothing was extrapolated."];
  const none = sizes.filter(({ state }) => state === "diverged");
  const off = sizes.filter(({ state }) => state === "above");
  return [
    sizeEffect(laws.points).falls
      ? `${extrapolationAnswer(sizes)}.`
      : `There is no law to extrapolate: ${noEffectText(laws.points)}.`,
    `${capitalised(last.sentence)}.`,
    ...noBetterFinding(last),
    ...(off.length > 0 && off[0] !== last
      ? [
          `The smallest size that misses whatever the form is ${off[0]!.size}, by ${formatMiss(smallestGap(off[0]!)!, off[0]!.expected)} nats or more.`,
        ]
      : []),
    ...(none.length === 0
      ? []
      : [
          `No trial completed at ${none.length === 1 ? "size" : "sizes"} ${formatList(none.map(({ size }) => size))}.`,
        ]),
    `${capitalised(laws.sentence)}.`,
    ...floorFinding(laws, last),
    ...choiceOutcome(laws, last),
  ];
}

/** That a floor which the fitted sizes do not show is all that could explain a loss; nothing where that is not so. */
function floorFinding({ admissible }: CandidateLaws, { size, byForm }: ExtrapolatedSize): string[] {
  const holding = byForm.filter(({ inside }) => inside === true);
  const law = admissible.find(({ form }) => form === "power_with_floor")?.fit.law;
  const unseen = law?.form === "power_with_floor" && law.parameters.E < 1e-6 * lossAt(law, size);
  return unseen && holding.length === 1 && holding[0]!.form === "power_with_floor" && byForm.length > 1
    ? [
        `What leaves this open is a floor that the fitted sizes do not show: fitted, it is 0, but with other noise it might be above 0, and that alone would explain size ${size}.`,
      ]
    : [];
}

/** What a larger model is no better than; nothing where it has no loss. */
export function noBetterFinding({ size, loss, noBetterThan }: ExtrapolatedSize): string[] {
  if (loss === null) return [];
  return noBetterThan === null
    ? [`No smaller model has as low a loss as size ${size}.`]
    : [`Size ${size} is no better than a model ${formatTimes(size / noBetterThan)} narrower.`];
}

function extrapolationAnswer(sizes: readonly ExtrapolatedSize[]): string {
  const known = sizes.filter(({ loss }) => loss !== null);
  if (known.length === 0) return "No larger size has a completed trial, so the law is untested";
  const wide = tooWideText(known.at(-1)!);
  if (wide !== null) return `Whether the larger sizes keep the law cannot be told: ${wide}`;
  return statesAnswer(known, "larger");
}

/** How many of some sizes keep the law, miss it, or depend on its form, in words without a full stop. */
export function statesAnswer(departures: readonly Departure[], kind: string): string {
  const total = departures.length;
  const count = (state: Departure["state"]) => departures.filter((one) => one.state === state).length;
  const forms = departures.some(({ byForm }) => byForm.length > 1) ? ", whatever its form" : "";
  const last = departures.at(-1)!;
  const miss = `${formatError(Math.abs(smallestGap(last) ?? 0), last.expected)} nats`;
  const by = last.byForm.length === 1 ? miss : `at least ${miss}`;
  const sizes = (number: number) => `${number} of ${total} ${kind} ${total === 1 ? "size" : "sizes"}`;
  const verb = (number: number, one: string, many: string) => (number === 1 ? one : many);
  const parts = [
    ...(count("above") > 0
      ? [
          `${sizes(count("above"))} ${verb(count("above"), "misses", "miss")} the law${forms}${last.state === "above" ? `, the largest by ${by}` : ""}`,
        ]
      : []),
    ...(count("on_curve") > 0
      ? [`${sizes(count("on_curve"))} ${verb(count("on_curve"), "keeps", "keep")} the law${forms}`]
      : []),
    ...(count("below") > 0
      ? [`${sizes(count("below"))} ${verb(count("below"), "is", "are")} better than the law${forms}`]
      : []),
    ...(count("too_wide") > 0 ? [`for ${count("too_wide")} the interval is too wide to tell`] : []),
    ...(count("depends") > 0
      ? [
          `for ${count("depends") < total ? `the other ${count("depends")}` : total === 1 ? `the ${kind} size` : `all ${total} ${kind} sizes`} that depends on the form of the law`,
        ]
      : []),
  ];
  const said = parts.join("; ");
  return count("depends") + count("too_wide") === total
    ? `Whether the law holds cannot be told: ${said}`
    : capitalised(said);
}

/** After the result: whether the form that forecast best among the small sizes was also the one that came closest. */
export function choiceOutcome({ choice, fitted, points }: CandidateLaws, at: Departure): string[] {
  if (choice.status !== "chosen" || at.loss === null || fitted.length < 2) return [];
  const misses = fitted.map(({ form, fit }) => ({ form, miss: at.loss! - lossAt(fit.law, at.size) }));
  // Of forms that have become one law the simplest.
  const closest = misses.reduce((best, other) =>
    Math.abs(other.miss) < Math.abs(best.miss) - 1e-6 ? other : best,
  );
  const chosen = misses.find(({ form }) => form === choice.form);
  const ahead = formatTimes(choice.horizons[0]!.factor);
  if (chosen === undefined) return [];
  const factor = formatTimes(at.size / points.at(-1)!.size);
  return Math.abs(chosen.miss) <= Math.abs(closest.miss) + 1e-6
    ? [
        `The form that forecast best ${ahead} as large, ${FORM_NAMES[chosen.form]}, also came closest ${factor} as large (${formatMiss(chosen.miss, at.loss)} nats).`,
      ]
    : [
        `The form that forecast best ${ahead} as large, ${FORM_NAMES[chosen.form]}, did not come closest ${factor} as large: it is off by ${formatMiss(chosen.miss, at.loss)} nats, ${FORM_NAMES[closest.form]} by ${formatMiss(closest.miss, at.loss)}.`,
      ];
}

function onEdge(rate: number, support: readonly RateSupport[]): boolean {
  return rate === support[0]?.rate || rate === support.at(-1)?.rate;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
