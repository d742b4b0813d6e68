/**
 * Fits one form of law to the losses of several sizes, and says how that ended. Uncertainty is `confidence.ts` and
 * `prediction.ts`, the choice between forms `choice.ts`.
 */

import { mean, sumSimple } from "simple-statistics";
import { EXPONENT_RANGE, type Law, type LawForm, lossAt, SOLVER_FORMS } from "./forms";
import { shareExplained } from "./line";
import { robustDelta, robustScale } from "./robust";
import {
  isStationary,
  leastOf,
  NO_DELTA,
  type Solution,
  type SolverPoints,
  solve,
  solveFromMany,
} from "./solver";

/** The losses of the completed trials at one size, in nats: one a seed, or a mean that stands for them. */
export interface SizeLosses {
  readonly size: number;
  readonly losses: readonly number[];
}

/**
 * What a fit minimises over the residuals of the sizes' mean losses: their squares, or Huber's loss, which is linear
 * beyond `delta` nats. Without `delta` it is 1.345 robust standard deviations of the residuals, which costs 5 % of
 * efficiency on normal noise (Huber 1981).
 */
export type Objective = { readonly kind: "squares" } | { readonly kind: "huber"; readonly delta?: number };

export interface FitOptions {
  /** Least squares unless given. */
  readonly objective?: Objective;
}

/** A fitted law. */
export interface LawFit {
  /**
   * `converged`; `at_bound` where a parameter ended at the end of its range, so that the data do not determine it;
   * `not_converged` where the best point found is no minimum.
   */
  readonly status: "converged" | "at_bound" | "not_converged";
  /** How the fit ended, in words. */
  readonly sentence: string;
  readonly law: Law;
  readonly objective: Objective;
  /** Huber's delta in nats; null for least squares. */
  readonly delta: number | null;
  /** Places the solver started from, and how many of them reached the best objective. */
  readonly starts: number;
  readonly startsAtBest: number;
  readonly points: readonly SizeLosses[];
  /** Mean loss less the law's, in nats, in the order of the sizes. */
  readonly residuals: readonly number[];
  /** Points less parameters. */
  readonly degreesOfFreedom: number;
  /**
   * In nats: √(SSE / degrees of freedom); with Huber's loss the median absolute deviation times
   * 1.4826 √(n / degrees of freedom), which outliers do not inflate.
   */
  readonly residualStandardDeviation: number;
  /** 1 - SSE / SST of the sizes' mean losses; null where all are equal. */
  readonly rSquared: number | null;
}

/** There were not enough sizes to leave a degree of freedom. */
export interface TooFewPoints {
  readonly status: "too_few_points";
  readonly sentence: string;
  readonly form: LawForm;
  readonly sizes: number;
  readonly needed: number;
}

export type FitOutcome = LawFit | TooFewPoints;

/**
 * Fits a form of law to the mean losses of the sizes, each size with the same weight. Residuals are in nats for all
 * forms.
 *
 * @throws for a size or loss that is not a positive number, a size without losses, or a size given twice.
 */
export function fitLaw(points: readonly SizeLosses[], form: LawForm, options: FitOptions = {}): FitOutcome {
  requirePoints(points);
  const { parameters, toLaw } = SOLVER_FORMS[form];
  const needed = parameters + 1;
  if (points.length < needed) {
    const sentence = `too few sizes: ${points.length}, and ${FORM_WORDS[form]} needs at least ${needed}`;
    return { status: "too_few_points", sentence, form, sizes: points.length, needed };
  }
  const objective = options.objective ?? { kind: "squares" };
  const { coordinates, logCenter } = toSolver(points);
  const delta =
    objective.kind === "squares" ? NO_DELTA : (objective.delta ?? robustDelta(form, coordinates, parameters));
  const solutions = solveFromMany(form, coordinates, delta);
  const best = leastOf(solutions);
  const law = toLaw(best.theta, logCenter);
  const losses = coordinates.y;
  const residuals = points.map(({ size }, i) => losses[i]! - lossAt(law, size));
  const degreesOfFreedom = points.length - parameters;
  const squares = sumSimple(residuals.map((residual) => residual ** 2));
  const startsAtBest = solutions.filter(
    (other) => other.objective <= best.objective * (1 + 1e-6) + 1e-14,
  ).length;
  return {
    ...endingOf(best, form, coordinates, delta, `${startsAtBest} of ${solutions.length} starts`),
    law,
    objective,
    delta: delta === NO_DELTA ? null : delta,
    starts: solutions.length,
    startsAtBest,
    points,
    residuals,
    degreesOfFreedom,
    residualStandardDeviation:
      objective.kind === "squares"
        ? Math.sqrt(squares / degreesOfFreedom)
        : robustScale(residuals, parameters),
    rSquared: shareExplained(squares, losses),
  };
}

/**
 * The law of `fit` fitted anew to other losses of the same sizes, starting from where it ended: the step that a
 * bootstrap repeats.
 *
 * @returns a function from one mean loss a size, in the order of `fit.points`, to the law.
 */
export function refitter({ law, points, delta }: LawFit): (losses: readonly number[]) => Law {
  const { coordinates, logCenter } = toSolver(points);
  const { fromLaw, toLaw } = SOLVER_FORMS[law.form];
  const start = fromLaw(law.parameters, logCenter);
  return (losses) =>
    toLaw(solve(law.form, { u: coordinates.u, y: losses }, delta ?? NO_DELTA, start).theta, logCenter);
}

/** The forms as they are called in sentences. */
export const FORM_WORDS: Readonly<Record<LawForm, string>> = {
  logarithmic: "a line in the logarithm of the size",
  power: "a power law",
  power_with_floor: "a power law with a floor",
};

function endingOf(
  best: Solution,
  form: LawForm,
  points: SolverPoints,
  delta: number,
  starts: string,
): Pick<LawFit, "status" | "sentence"> {
  const alpha = form === "logarithmic" ? undefined : best.theta.at(-1)!;
  if (form === "power_with_floor" && best.theta[0] === 0) {
    return {
      status: "at_bound",
      sentence:
        "the floor is at its bound of 0 nats: the losses show none, and the law is the plain power law",
    };
  }
  if (
    alpha !== undefined &&
    (alpha >= EXPONENT_RANGE.high * 0.999 ||
      (form === "power_with_floor" && alpha <= EXPONENT_RANGE.low * 1.001))
  ) {
    return {
      status: "at_bound",
      sentence: `the exponent ${alpha.toPrecision(2)} is at the end of its range: the losses do not determine it`,
    };
  }
  if (form === "logarithmic" && delta === NO_DELTA) {
    return { status: "converged", sentence: "solved in closed form" };
  }
  return isStationary(best, form, points, delta)
    ? { status: "converged", sentence: `converged; ${starts} reached the best objective` }
    : {
        status: "not_converged",
        sentence: `not converged: the best point of ${starts} is no minimum; do not use this law`,
      };
}

function toSolver(points: readonly SizeLosses[]): { coordinates: SolverPoints; logCenter: number } {
  const logs = points.map(({ size }) => Math.log(size));
  const logCenter = mean(logs);
  return {
    coordinates: { u: logs.map((log) => log - logCenter), y: points.map(({ losses }) => mean([...losses])) },
    logCenter,
  };
}

function requirePoints(points: readonly SizeLosses[]): void {
  for (const { size, losses } of points) {
    if (!(size > 0 && Number.isFinite(size))) {
      throw new RangeError(`invalid size for a law; not a positive number: ${size}`);
    }
    if (losses.length === 0) throw new RangeError(`size ${size} has no losses to fit; leave it out`);
    const wrong = losses.find((loss) => !(loss > 0 && Number.isFinite(loss)));
    if (wrong !== undefined) {
      throw new RangeError(`invalid loss at size ${size}; not a positive number of nats: ${wrong}`);
    }
  }
  if (new Set(points.map(({ size }) => size)).size < points.length) {
    throw new RangeError("a size is given twice; gather its losses in one entry");
  }
}
