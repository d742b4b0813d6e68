/** The forms that a law of size may take, and what a fit must know of each. Fitting them is `fit.ts`. */

/** `a + b·ln h`, `A·h^-α`, `E + A·h^-α`. */
export type LawForm = "logarithmic" | "power" | "power_with_floor";

/** The forms of law, from the one with the fewest demands on the data to the one with the most. */
export const LAW_FORMS: readonly LawForm[] = ["logarithmic", "power", "power_with_floor"];

/** A law: the loss in nats as a function of the size h. */
export type Law =
  | { readonly form: "logarithmic"; readonly parameters: { readonly a: number; readonly b: number } }
  | { readonly form: "power"; readonly parameters: { readonly A: number; readonly alpha: number } }
  | {
      readonly form: "power_with_floor";
      readonly parameters: { readonly E: number; readonly A: number; readonly alpha: number };
    };

/** The loss in nats that a law gives at a size. */
export function lossAt(law: Law, size: number): number {
  switch (law.form) {
    case "logarithmic":
      return law.parameters.a + law.parameters.b * Math.log(size);
    case "power":
      return law.parameters.A * size ** -law.parameters.alpha;
    case "power_with_floor":
      return law.parameters.E + law.parameters.A * size ** -law.parameters.alpha;
  }
}

/** How many parameters a form has. */
export const SOLVER_FORMS: Readonly<Record<LawForm, { readonly parameters: number }>> = {
  logarithmic: { parameters: 2 },
  power: { parameters: 2 },
  power_with_floor: { parameters: 3 },
};

/**
 * The exponents that a form may have; null where it has none. Beyond these laws are not told apart on any grid: a flat
 * line, or a step at the smallest size.
 */
export const EXPONENT_RANGES = {
  logarithmic: null,
  power: { low: -10, high: 10 },
  power_with_floor: { low: 1e-3, high: 10 },
} as const;
