/**
 * The scale of residuals when some of them are outliers, and Huber's delta made from it.
 */

import { medianAbsoluteDeviation } from "simple-statistics";
import { type LawForm, SOLVER_FORMS } from "./forms";
import { leastOf, NO_DELTA, type SolverPoints, solve, solveFromMany } from "./solver";

/** In standard deviations: the point that keeps 95 % efficiency on normal noise (Huber, "Robust Statistics", 1981). */
const HUBER_CONSTANT = 1.345;
/** Standard deviations of a normal distribution in one median absolute deviation. */
const NORMAL_CONSISTENCY = 1.4826;
/** Residuals are never taken for more exact than this many nats, so that exact data leave a delta to work with. */
const LEAST_DELTA = 1e-3;

/**
 * A standard deviation of residuals that outliers do not inflate: their median absolute deviation × 1.4826, enlarged
 * by √(n / (n - p)) for the p parameters fitted.
 */
export function robustScale(residuals: readonly number[], parameters: number): number {
  const enlarge = Math.sqrt(residuals.length / (residuals.length - parameters));
  return NORMAL_CONSISTENCY * enlarge * medianAbsoluteDeviation([...residuals]);
}

/**
 * Huber's delta in nats for a form and data: 1.345 robust standard deviations of the residuals, which themselves
 * depend on delta, so that fit and scale take turns until they agree.
 */
export function robustDelta(form: LawForm, points: SolverPoints, parameters: number): number {
  let { theta } = leastOf(solveFromMany(form, points, NO_DELTA));
  let delta = NO_DELTA;
  for (let turn = 0; turn < 20; turn++) {
    const residuals = points.y.map((loss, i) => loss - SOLVER_FORMS[form].value(theta, points.u[i]!));
    const next = Math.max(HUBER_CONSTANT * robustScale(residuals, parameters), LEAST_DELTA);
    if (Math.abs(next - delta) <= 1e-3 * next) break;
    delta = next;
    theta = solve(form, points, delta, theta).theta;
  }
  return delta;
}
