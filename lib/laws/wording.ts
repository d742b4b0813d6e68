/**
 * Numbers as they stand in sentences, tables and charts: losses in nats, sizes, learning rates, laws.
 */

import type { Law } from "./forms";

/** A learning rate as `3e-4`; in between as `1.7e-3`. */
export function formatRate(rate: number, digits = 2): string {
  return Number(rate.toPrecision(digits)).toExponential().replace("e+", "e");
}

/** Learning rates with as many digits as keep them apart, at least two where they have them. */
export function formatRates(rates: readonly number[]): string[] {
  for (let digits = 2; digits < 17; digits++) {
    const labels = rates.map((rate) => formatRate(rate, digits));
    if (new Set(labels).size === new Set(rates).size) return labels;
  }
  return rates.map(String);
}

/**
 * Decimals that show a loss of this size, and a difference of this size between two such: two for usual losses, more
 * for losses below 0.1 nats, so that three digits count, and for differences that two decimals do not show. Beyond six
 * digits of the loss nothing is told apart, and a difference of nothing but rounding is none.
 */
function lossDecimals(loss: number, difference = Number.POSITIVE_INFINITY): number {
  const ofLoss = Math.abs(loss) < 0.1 ? 2 - magnitude(loss) : 2;
  const isRounding = Math.abs(difference) <= 1e-12 * Math.abs(loss);
  const ofDifference = isRounding ? 0 : Math.min(-magnitude(difference), 5 - magnitude(loss));
  return Math.min(Math.max(ofLoss, ofDifference), 100);
}

/** The power of ten of a number's first digit; 0 for a number that has none. */
function magnitude(value: number): number {
  return value !== 0 && Number.isFinite(value) ? Math.floor(Math.log10(Math.abs(value))) : 0;
}

/** With these decimals; as `2.56e-9` or `3.580e7` where that would be a row of zeros or of digits that do not count. */
function fixed(value: number, decimals: number): string {
  const power = magnitude(value);
  if (power > 6) return value.toExponential(3).replace("e+", "e");
  return decimals > 8 ? value.toExponential(Math.max(2, decimals + power)) : value.toFixed(decimals);
}

/**
 * A loss in nats: `3.58`, `0.00256`. Two decimals, or as many as make three digits count.
 *
 * @param difference what a reader must be able to tell apart, such as the width of an interval.
 */
export function formatLoss(loss: number, difference?: number): string {
  return fixed(loss, lossDecimals(loss, difference));
}

/** The error of a loss in nats, with the decimals that `formatLoss` gives the loss. */
export function formatError(error: number, loss: number, difference?: number): string {
  return fixed(error, lossDecimals(loss, difference));
}

/** An interval of losses in nats with the decimals that show its width: `4.45 to 4.58`, `0.00174 to 0.00178`. */
export function formatInterval({ low, high }: { readonly low: number; readonly high: number }): string {
  const decimals = lossDecimals(Math.max(Math.abs(low), Math.abs(high)), high - low);
  return `${fixed(low, decimals)} to ${fixed(high, decimals)}`;
}

/**
 * A difference in nats with its sign: `+0.78`, `-0.02`.
 *
 * @param loss a loss that it is a difference of; it has the decimals of that, at least two.
 */
export function formatMiss(miss: number, loss = 1): string {
  const text = fixed(Math.abs(miss), lossDecimals(loss));
  if (Number(text) === 0) return text;
  return `${miss < 0 ? "-" : "+"}${text}`;
}

/**
 * R² with three decimals unless given, or with as many as it takes not to look like a perfect fit: `0.927`, `0.9998`.
 * A dash where it is undefined, because what it should explain does not vary.
 */
export function formatRSquared(rSquared: number | null, decimals = 3): string {
  if (rSquared === null) return "–";
  for (let digits = decimals; digits < 7; digits++) {
    const text = rSquared.toFixed(digits);
    if (Number(text) < 1) return Number(text) === 0 ? text.replace("-", "") : text;
  }
  return rSquared.toFixed(decimals);
}

/** A law as a formula: `7.00 - 0.276 ln(h)`, `7.08 h^-0.046`, `2.07 + 6.04 h^-0.312`. */
export function formatLaw(law: Law): string {
  switch (law.form) {
    case "logarithmic": {
      const { a, b } = law.parameters;
      const decimals = Math.max(lossDecimals(a) + 1, 1 - magnitude(b));
      return `${formatLoss(a)} ${b < 0 ? "-" : "+"} ${fixed(Math.abs(b), decimals)} ln(h)`;
    }
    case "power":
      return power(law.parameters);
    case "power_with_floor":
      return `${formatLoss(law.parameters.E)} + ${power(law.parameters)}`;
  }
}

function power({ A, alpha }: { readonly A: number; readonly alpha: number }): string {
  const factor = A >= 1e-4 ? A.toPrecision(3) : A.toExponential(2);
  return `${factor.replace("e+", "e")} h^${fixed(-alpha, Math.max(3, 1 - magnitude(alpha)))}`;
}

/** A parameter of a law, or an end of its interval: four decimals, or as many as make three digits of `of` count. */
export function formatParameter(value: number, of = value): string {
  return fixed(value, Math.max(4, 2 - magnitude(of)));
}

/** Values in a row: `64, 128 and 256`. */
export function formatList(values: readonly (string | number)[]): string {
  return values.length < 2 ? values.join("") : `${values.slice(0, -1).join(", ")} and ${values.at(-1)}`;
}

/** A ratio of sizes: `1.5 times`, `16 times`. */
export function formatTimes(ratio: number): string {
  return `${ratio >= 10 ? Math.round(ratio) : Number(ratio.toPrecision(2))} times`;
}

/** The first letter as a capital. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
