/**
 * The forms that a law of size may take, and what a solver must know of each. Fitting them is `fit.ts`.
 *
 * The solver works with u = ln(h / h̄), h̄ the geometric mean of the fitted sizes, and with ln A in place of A: both
 * keep its parameters of one magnitude and hardly correlated.
 */

import { fitLine } from "./line";

/** `a + b·ln h`, `A·h^-α`, `E + A·h^-α`. */
export type LawForm = "logarithmic" | "power" | "power_with_floor";

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

/** A form as the solver sees it: a vector of parameters, and the value and gradient at u. */
export interface SolverForm {
  readonly parameters: number;
  readonly value: (theta: readonly number[], u: number) => number;
  readonly gradient: (theta: readonly number[], u: number) => number[];
  /** Bounds of each parameter. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Places to start from. */
  readonly starts: (u: readonly number[], y: readonly number[]) => number[][];
  /** The law of a vector of parameters, and back; `logCenter` is ln h̄. */
  readonly toLaw: (theta: readonly number[], logCenter: number) => Law;
  readonly fromLaw: (parameters: Readonly<Record<string, number>>, logCenter: number) => number[];
}

/** Exponents beyond these do not tell laws apart on any grid: a flat line, or a step at the smallest size. */
export const EXPONENT_RANGE = { low: 1e-3, high: 10 } as const;
const START_EXPONENTS = [0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1, 1.6, 2.5];

export const SOLVER_FORMS: Readonly<Record<LawForm, SolverForm>> = {
  logarithmic: {
    parameters: 2,
    value: ([c, b], u) => c! + b! * u,
    gradient: (_, u) => [1, u],
    low: [-1e6, -1e6],
    high: [1e6, 1e6],
    starts: (u, y) => [lineThrough(u, y)],
    toLaw: ([c, b], logCenter) => ({ form: "logarithmic", parameters: { a: c! - b! * logCenter, b: b! } }),
    fromLaw: ({ a, b }, logCenter) => [a! + b! * logCenter, b!],
  },
  power: {
    parameters: 2,
    value: ([logA, alpha], u) => Math.exp(logA! - alpha! * u),
    gradient: ([logA, alpha], u) => {
      const power = Math.exp(logA! - alpha! * u);
      return [power, -u * power];
    },
    low: [-50, -EXPONENT_RANGE.high],
    high: [50, EXPONENT_RANGE.high],
    starts: (u, y) => {
      const logs = y.map((loss) => Math.log(Math.max(loss, 1e-12)));
      const [logA, slope] = lineThrough(u, logs);
      return [[logA!, -slope!], ...START_EXPONENTS.map((alpha) => [logA!, alpha])];
    },
    toLaw: ([logA, alpha], logCenter) => ({
      form: "power",
      parameters: { A: Math.exp(logA! + alpha! * logCenter), alpha: alpha! },
    }),
    fromLaw: ({ A, alpha }, logCenter) => [Math.log(A!) - alpha! * logCenter, alpha!],
  },
  power_with_floor: {
    parameters: 3,
    value: ([floor, logA, alpha], u) => floor! + Math.exp(logA! - alpha! * u),
    gradient: ([, logA, alpha], u) => {
      const power = Math.exp(logA! - alpha! * u);
      return [1, power, -u * power];
    },
    low: [0, -50, EXPONENT_RANGE.low],
    high: [1e6, 50, EXPONENT_RANGE.high],
    // For a given exponent the best floor and amplitude are those of a line in h^-α.
    starts: (u, y) =>
      START_EXPONENTS.map((alpha) => {
        const powers = u.map((value) => Math.exp(-alpha * value));
        const [floor, amplitude] = lineThrough(powers, y);
        return [Math.max(floor!, 0), Math.log(Math.max(amplitude!, 1e-6)), alpha];
      }),
    toLaw: ([floor, logA, alpha], logCenter) => ({
      form: "power_with_floor",
      parameters: { E: floor!, A: Math.exp(logA! + alpha! * logCenter), alpha: alpha! },
    }),
    fromLaw: ({ E, A, alpha }, logCenter) => [E!, Math.log(A!) - alpha! * logCenter, alpha!],
  },
};

/** Intercept and slope. */
function lineThrough(x: readonly number[], y: readonly number[]): number[] {
  const { intercept, slope } = fitLine(x, y);
  return [intercept, slope];
}
