/**
 * Fits one form of law to the losses of several sizes, and says how that ended. Uncertainty is `confidence.ts` and
 * `prediction.ts`, the choice between forms `choice.ts`.
 */

import { mean, sumSimple } from "simple-statistics";
import { EXPONENT_RANGES, type Law, type LawForm, SOLVER_FORMS } from "./forms";
import { shareExplained } from "./line";
import { robustDelta, robustScale } from "./robust";
import {
  isStationary,
  leastOf,
  minimaOf,
  NO_DELTA,
  type Solution,
  type SolverPoints,
  solveNear,
  valueAt,
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

/** What a fit makes as small as possible. */
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
  /** Minima of the objective over the range of the exponent, of which the lowest is the law. */
  readonly minima: number;
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

/** A fitted law, or the sentence that says why there is none. */
export type FitOutcome = LawFit | TooFewPoints;

/**
 * Fits a form of law to the mean losses of the sizes, each size with the same weight. Residuals are in nats for all
 * forms.
 *
 * @throws for a size or loss that is not a positive number, a size without losses, or a size given twice.
 */
export function fitLaw(points: readonly SizeLosses[], form: LawForm, options: FitOptions = {}): FitOutcome {
  requirePoints(points);
  const { parameters } = SOLVER_FORMS[form];
  const needed = parameters + 1;
  if (points.length < needed) {
    const sentence = `too few sizes: ${points.length}, and ${FORM_WORDS[form]} needs at least ${needed}`;
    return { status: "too_few_points", sentence, form, sizes: points.length, needed };
  }
  const objective = options.objective ?? { kind: "squares" };
  const { coordinates, logCenter, scale } = toSolver(points);
  const delta =
    objective.kind === "squares"
      ? NO_DELTA
      : objective.delta === undefined
        ? robustDelta(form, coordinates, parameters)
        : objective.delta / scale;
  const minima = minimaOf(form, coordinates, delta);
  const best = leastOf(minima);
  const law = toLaw(form, best, logCenter, scale);
  const residuals = points.map(
    (_, i) => scale * (coordinates.y[i]! - valueAt(form, best, coordinates.u[i]!)),
  );
  const degreesOfFreedom = points.length - parameters;
  const squares = sumSimple(residuals.map((residual) => residual ** 2));
  return {
    ...endingOf(best, form, coordinates, delta, minima.length),
    law,
    objective,
    delta: delta === NO_DELTA ? null : delta * scale,
    minima: minima.length,
    points,
    residuals,
    degreesOfFreedom,
    residualStandardDeviation:
      objective.kind === "squares"
        ? Math.sqrt(squares / degreesOfFreedom)
        : robustScale(residuals, parameters),
    rSquared: shareExplained(
      squares,
      coordinates.y.map((loss) => scale * loss),
    ),
  };
}

/**
 * The law of `fit` fitted anew to other losses of the same sizes, starting from where it ended: the step that a
 * bootstrap repeats.
 *
 * @returns a function from one mean loss a size, in the order of `fit.points`, to the law.
 */
export function refitter({ law, points, delta }: LawFit): (losses: readonly number[]) => Law {
  const { coordinates, logCenter, scale } = toSolver(points);
  const exponent = law.form === "logarithmic" ? 0 : law.parameters.alpha;
  const bend = delta === null ? NO_DELTA : delta / scale;
  return (losses) => {
    const y = losses.map((loss) => loss / scale);
    return toLaw(law.form, solveNear(law.form, { u: coordinates.u, y }, bend, exponent), logCenter, scale);
  };
}

/** The forms as they are called in sentences. */
export const FORM_WORDS: Readonly<Record<LawForm, string>> = {
  logarithmic: "a line in the logarithm of the size",
  power: "a power law",
  power_with_floor: "a power law with a floor",
};

/** The same where several stand in one sentence. */
export const FORM_NAMES: Readonly<Record<LawForm, string>> = {
  logarithmic: "the line",
  power: "the power law",
  power_with_floor: "the power law with a floor",
};

function endingOf(
  best: Solution,
  form: LawForm,
  points: SolverPoints,
  delta: number,
  minima: number,
): Pick<LawFit, "status" | "sentence"> {
  const range = EXPONENT_RANGES[form];
  if (range === null) {
    return { status: "converged", sentence: delta === NO_DELTA ? "solved in closed form" : "converged" };
  }
  if (form === "power_with_floor" && best.offset === 0) {
    return {
      status: "at_bound",
      sentence:
        "the floor is at its bound of 0 nats: the losses show none, and the law is the plain power law",
    };
  }
  if (best.exponent <= range.low * (1 + 1e-3 * Math.sign(range.low)) || best.exponent >= range.high * 0.999) {
    return {
      status: "at_bound",
      sentence: `the exponent ${best.exponent.toPrecision(2)} is at the end of its range: the losses do not determine it`,
    };
  }
  const found = `${minima === 1 ? "the only minimum" : `the lowest of ${minima} minima`} over exponents from ${range.low} to ${range.high}`;
  return isStationary(form, best, points, delta)
    ? { status: "converged", sentence: `converged: ${found}` }
    : { status: "not_converged", sentence: `not converged: ${found} is no minimum; do not use this law` };
}

/** A solution as a law; `logCenter` is ln h̄. */
function toLaw(form: LawForm, solution: Solution, logCenter: number, scale: number): Law {
  const { offset, factor, exponent, origin } = solution;
  if (form === "logarithmic") {
    return { form, parameters: { a: scale * (offset - factor * logCenter), b: scale * factor } };
  }
  const A = scale * factor * Math.exp(exponent * (origin + logCenter));
  return form === "power"
    ? { form, parameters: { A, alpha: exponent } }
    : { form, parameters: { E: scale * offset, A, alpha: exponent } };
}

/** Sizes about their geometric mean h̄, losses over their mean, so that one solver does for losses of any magnitude. */
function toSolver(points: readonly SizeLosses[]): {
  coordinates: { readonly u: readonly number[]; readonly y: readonly number[] };
  logCenter: number;
  scale: number;
} {
  const logs = points.map(({ size }) => Math.log(size));
  const logCenter = mean(logs);
  const means = points.map(({ losses }) => mean([...losses]));
  const scale = mean(means);
  return {
    coordinates: { u: logs.map((log) => log - logCenter), y: means.map((loss) => loss / scale) },
    logCenter,
    scale,
  };
}

/** Losses whose squares, and the squares of these, are far from the ends of 64-bit floats. */
const LOSS_RANGE = { low: 1e-60, high: 1e60 } as const;

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
    const extreme = losses.find((loss) => loss < LOSS_RANGE.low || loss > LOSS_RANGE.high);
    if (extreme !== undefined) {
      throw new RangeError(
        `loss ${extreme} at size ${size} is beyond what a law can be fitted to, ${LOSS_RANGE.low} to ${LOSS_RANGE.high}; give the losses in another unit`,
      );
    }
  }
  if (new Set(points.map(({ size }) => size)).size < points.length) {
    throw new RangeError("a size is given twice; gather its losses in one entry");
  }
}
