/**
 * Least squares and Huber's robust loss for any form of law, from one start or many. What a fit is, and how it is
 * said to have ended, is `fit.ts`.
 */

import { levenbergMarquardt } from "ml-levenberg-marquardt";
import { EXPONENT_RANGE, type LawForm, SOLVER_FORMS, type SolverForm } from "./forms";

/** Points in the solver's coordinates: u = ln(h / h̄), y = loss in nats. */
export interface SolverPoints {
  readonly u: readonly number[];
  readonly y: readonly number[];
}

export interface Solution {
  readonly theta: readonly number[];
  /** Sum of squared residuals, or with Huber's loss twice its sum: the same for residuals below delta. */
  readonly objective: number;
}

/** Huber's delta that bends nothing: plain least squares. */
export const NO_DELTA = Number.POSITIVE_INFINITY;

/**
 * Steps from a start that knows nothing, and from the solution of similar data: fifteen leave the percentiles of a
 * thousand refits the same to three digits or more as forty do.
 */
const START_STEPS = 100;
const REFIT_STEPS = 15;

/** The solutions from every start of a form, each at least as good as the same law at a floor of 0. */
export function solveFromMany(form: LawForm, points: SolverPoints, delta: number): Solution[] {
  const starts = SOLVER_FORMS[form].starts(points.u, points.y);
  if (form === "logarithmic" && delta === NO_DELTA) return [closedForm(points)];
  const descend = (start: readonly number[], bend: number) =>
    solveFrom(start, SOLVER_FORMS[form], points, bend, START_STEPS);
  // Where all residuals are beyond delta, Huber's loss is nearly flat to a step; least squares may lead out of there.
  const solutions = starts.map((start) =>
    delta === NO_DELTA
      ? descend(start, NO_DELTA)
      : leastOf([descend(start, delta), descend(descend(start, NO_DELTA).theta, delta)]),
  );
  if (form !== "power_with_floor") return solutions;
  const withoutFloor = onBound(leastOf(solveFromMany("power", points, delta)));
  return withoutFloor === undefined
    ? solutions
    : solutions.map((solution) => leastOf([solution, withoutFloor]));
}

/** The solution for data that resemble those of which `start` is the solution. */
export function solve(
  form: LawForm,
  points: SolverPoints,
  delta: number,
  start: readonly number[],
): Solution {
  if (form === "logarithmic" && delta === NO_DELTA) return closedForm(points);
  const solution = solveFrom(start, SOLVER_FORMS[form], points, delta, REFIT_STEPS);
  if (form !== "power_with_floor") return solution;
  const power = SOLVER_FORMS.power.starts(points.u, points.y)[0]!;
  const withoutFloor = onBound(solveFrom(power, SOLVER_FORMS.power, points, delta, REFIT_STEPS));
  return withoutFloor === undefined ? solution : leastOf([solution, withoutFloor]);
}

/** The solution with the lowest objective, of several the first. */
export function leastOf(solutions: readonly Solution[]): Solution {
  return solutions.reduce((least, solution) => (solution.objective < least.objective ? solution : least));
}

/** A line needs no descent: its start is the solution. */
function closedForm(points: SolverPoints): Solution {
  const { starts, value } = SOLVER_FORMS.logarithmic;
  const theta = starts(points.u, points.y)[0]!;
  return {
    theta,
    objective: points.y.reduce((sum, loss, i) => sum + (loss - value(theta, points.u[i]!)) ** 2, 0),
  };
}

/**
 * A power law as a power law with a floor of 0, where its exponent is one that such a law may have. The solver does
 * not find this bound by itself: it cuts parameters off at their bounds without reconsidering the others.
 */
function onBound({ theta, objective }: Solution): Solution | undefined {
  const [logA, alpha] = theta;
  return alpha! < EXPONENT_RANGE.low ? undefined : { theta: [0, logA!, alpha!], objective };
}

/**
 * Descends from one start by Levenberg and Marquardt's method.
 *
 * Huber's loss ρ(r) is r²/2 up to |r| = δ and δ|r| - δ²/2 beyond. Its minimum is that of the sum of squares of
 * q(r) = sign(r) √(2ρ(r)), so that one least-squares method serves both.
 *
 * @param delta Huber's δ in nats; infinite for plain least squares.
 * @param iterations steps of the method, which takes all of them unless the residuals vanish.
 */
function solveFrom(
  start: readonly number[],
  form: SolverForm,
  points: SolverPoints,
  delta: number,
  iterations: number,
): Solution {
  const { u, y } = points;
  // The library fits y(x) and knows no residuals: x is the number of a point, and y - q the fitted value.
  const { parameterValues, parameterError } = levenbergMarquardt(
    { x: y.map((_, i) => i), y: [...y] },
    (theta) => (i) => y[i]! - bent(y[i]! - form.value(theta, u[i]!), delta),
    {
      initialValues: start,
      minValues: form.low,
      maxValues: form.high,
      jacobianFunction: (theta) => (i) => {
        const residual = y[i]! - form.value(theta, u[i]!);
        const slope = Math.abs(residual) <= delta ? 1 : delta / Math.abs(bent(residual, delta));
        return form.gradient(theta, u[i]!).map((partial) => slope * partial);
      },
      maxIterations: iterations,
      errorTolerance: 1e-16,
    },
  );
  return { theta: parameterValues, objective: parameterError };
}

/**
 * Whether a solution is a stationary point: the cosine between the residuals and each column of the Jacobian, which
 * vanishes there, is below 1e-4 (the test `gtol` of MINPACK), or nothing is left to explain.
 */
export function isStationary(
  { theta, objective }: Solution,
  name: LawForm,
  points: SolverPoints,
  delta: number,
): boolean {
  const form = SOLVER_FORMS[name];
  if (Math.sqrt(objective / points.y.length) < 1e-7) return true;
  const residuals = points.y.map((loss, i) => loss - form.value(theta, points.u[i]!));
  // ψ(r), the derivative of Huber's loss.
  const influence = residuals.map((residual) => Math.max(-delta, Math.min(delta, residual)));
  const gradients = points.u.map((value) => form.gradient(theta, value));
  return theta.every((_, parameter) => {
    const column = gradients.map((gradient) => gradient[parameter]!);
    const product = column.reduce((sum, partial, i) => sum + partial * influence[i]!, 0);
    return Math.abs(product) <= 1e-4 * Math.hypot(...column) * Math.hypot(...influence);
  });
}

/** q(r): the residual itself up to delta, then bent so that its square grows only linearly. */
function bent(residual: number, delta: number): number {
  const size = Math.abs(residual);
  return size <= delta ? residual : Math.sign(residual) * Math.sqrt(2 * delta * size - delta ** 2);
}
