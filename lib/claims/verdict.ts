/** From a statistic, its interval and a threshold to a verdict with one sentence of why. */

import type { Interval } from "../laws/line";
import type { NoiseSource } from "./redrawn";
import type { Hindrance, Obstacle } from "./source";
import type { Claim, ValueFormat } from "./statements";
import type { Threshold } from "./thresholds";

/** Whether a statement holds in a source. */
export type Verdict = "reproduced" | "not_reproduced" | "cannot_tell";

/** The verdicts as they are called. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  reproduced: "reproduced",
  not_reproduced: "not reproduced",
  cannot_tell: "cannot tell",
};

/** A statistic with what its verdict rests on. */
export interface Evidence {
  readonly value: number;
  readonly bound: "exact" | "at_least" | "at_most";
  readonly detail: string;
  /** Null where it could not be had. */
  readonly interval: Interval | null;
  readonly noise: NoiseSource | null;
  /** Whether the interval was widened to hold also what the form of the law misses. */
  readonly widened: boolean;
}

/** The verdict of an interval alone; of a value that is only a bound it goes on without end on its open side. */
export function verdictOf(
  threshold: Threshold,
  { value, bound, interval }: Pick<Evidence, "value" | "bound" | "interval">,
): Verdict {
  const low = bound === "at_most" ? Number.NEGATIVE_INFINITY : (interval?.low ?? value);
  const high = bound === "at_least" ? Number.POSITIVE_INFINITY : (interval?.high ?? value);
  const { low: least, high: most } = thresholdRange(threshold);
  if (low >= least && high <= most) return "reproduced";
  return high < least || low > most ? "not_reproduced" : "cannot_tell";
}

/** A verdict, why it is none where it is none, and the sentence. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly obstacle: Obstacle | null;
  readonly sentence: string;
}

const NOISE_WORDS: Readonly<Record<NoiseSource, string>> = {
  seeds: "over seeds",
  scatter_about_the_law: "by the scatter about the law",
};

/**
 * Reproduced where the whole interval lies within the threshold, not reproduced where none of it does, and otherwise
 * cannot tell. Of a value that is only a bound, the interval goes on without end on its open side.
 *
 * @param byForm whether some form of law alone would have had a verdict, so that the form is what keeps it from being told.
 */
export function judge(claim: Claim, threshold: Threshold, evidence: Evidence, byForm = false): Judgement {
  const { value, bound, interval, detail } = evidence;
  const verdict = verdictOf(threshold, evidence);
  const blurred = byForm
    ? "depends on the form of the law"
    : bound === "exact"
      ? "too much noise"
      : "the edge of the grid bounds it on one side only";
  const obstacle = byForm ? "depends_on_form" : bound === "exact" ? "too_much_noise" : "too_few_trials";
  const relation = { reproduced: "meets", not_reproduced: "misses", cannot_tell: "straddles" }[verdict];
  const range = interval === null ? "" : ` (${formatRange(interval, claim.format)} ${noiseText(evidence)})`;
  const reason = verdict === "cannot_tell" ? `: ${blurred}` : "";
  return {
    verdict,
    obstacle: verdict === "cannot_tell" ? obstacle : null,
    sentence: `${formatBounded(value, bound, claim.format)}${range}, ${relation} the threshold of ${thresholdText(threshold, claim.format)}${reason}; ${detail}`,
  };
}

function noiseText({ noise, widened }: Evidence): string {
  return `${NOISE_WORDS[noise!]}${widened && noise === "seeds" ? " and about the law" : ""}`;
}

/** No verdict, and why. */
export function cannotTell({ obstacle, sentence }: Hindrance): Judgement {
  return { verdict: "cannot_tell", obstacle, sentence };
}

/** The ends of a threshold, infinite where there is none. */
function thresholdRange({ low, high }: Threshold): { low: number; high: number } {
  return { low: low ?? Number.NEGATIVE_INFINITY, high: high ?? Number.POSITIVE_INFINITY };
}

/** A threshold in words: `at least 0.99`, `70 to 90 %`. */
export function thresholdText({ low, high }: Omit<Threshold, "reason">, format: ValueFormat): string {
  // As it was stated, without digits that were not.
  const text = (value: number) =>
    String(Number((format === "percent" ? 100 * value : value).toPrecision(12)));
  const unit = UNITS[format];
  if (low === null) return `at most ${text(high!)}${unit}`;
  if (high === null) return `at least ${text(low)}${unit}`;
  return `${text(low)} to ${text(high)}${unit}`;
}

/** A value that may be a bound: `at least 5.0 times`. */
export function formatBounded(value: number, bound: Evidence["bound"], format: ValueFormat): string {
  const prefix = { exact: "", at_least: "at least ", at_most: "at most " }[bound];
  return `${prefix}${formatValue(value, format)}`;
}

/** Two values and their unit: `40 to 78 %`. */
export function formatRange(
  { low, high }: { readonly low: number; readonly high: number },
  format: ValueFormat,
): string {
  return `${digits(low, format)} to ${formatValue(high, format)}`;
}

const UNITS: Readonly<Record<ValueFormat, string>> = {
  r_squared: "",
  percent: " %",
  factor: " times",
  decimal: "",
};

/** A value of a claim's statistic as it is written everywhere. */
export function formatValue(value: number, format: ValueFormat): string {
  return `${digits(value, format)}${UNITS[format]}`;
}

function digits(value: number, format: ValueFormat): string {
  switch (format) {
    case "r_squared":
      return plain(value.toFixed(4));
    case "percent":
      return plain((100 * value).toFixed(0));
    case "factor":
      return value >= 10 ? value.toFixed(0) : value.toFixed(1);
    case "decimal":
      return plain(value.toFixed(3));
  }
}

/** Without a minus sign before nothing. */
function plain(text: string): string {
  return text.replace(/^-(?=0(\.0*)?$)/, "");
}
