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

/** A loss in nats with two decimals. */
export function formatLoss(loss: number): string {
  return loss.toFixed(2);
}

/** A difference in nats with its sign: `+0.78`, `-0.02`. */
export function formatMiss(miss: number): string {
  const text = Math.abs(miss).toFixed(2);
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
    if (Number(text) < 1) return text;
  }
  return rSquared.toFixed(decimals);
}

/** A law as a formula: `7.00 - 0.276 ln(h)`, `7.08 h^-0.046`, `2.07 + 6.04 h^-0.312`. */
export function formatLaw(law: Law): string {
  switch (law.form) {
    case "logarithmic": {
      const { a, b } = law.parameters;
      return `${a.toFixed(2)} ${b < 0 ? "-" : "+"} ${Math.abs(b).toFixed(3)} ln(h)`;
    }
    case "power":
      return power(law.parameters);
    case "power_with_floor":
      return `${law.parameters.E.toFixed(2)} + ${power(law.parameters)}`;
  }
}

function power({ A, alpha }: { readonly A: number; readonly alpha: number }): string {
  return `${A.toPrecision(3)} h^${(-alpha).toFixed(3)}`;
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
