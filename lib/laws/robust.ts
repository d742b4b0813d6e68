/**
 * The scale of residuals when some of them are outliers, and Huber's delta made from it.
 */

import { medianAbsoluteDeviation } from "simple-statistics";
import type { LawForm } from "./forms";
import { leastOf, minimaOf, NO_DELTA, type SolverPoints, solveNear, valueAt } from "./solver";

/** In standard deviations: the point that keeps 95 % efficiency on normal noise (Huber, "Robust Statistics", 1981). */
const HUBER_CONSTANT = 1.345;
/** Standard deviations of a normal distribution in one median absolute deviation. */
const NORMAL_CONSISTENCY = 1.4826;
/** Residuals are never taken for more exact than this share of the mean loss, so that exact data leave a delta. */
const LEAST_DELTA = 3e-4;

/**
 * A standard deviation of residuals that outliers do not inflate: their median absolute deviation × 1.4826, enlarged
 * by √(n / (n - p)) for the p parameters fitted.
 */
export function robustScale(residuals: readonly number[], parameters: number): number {
  const enlarge = Math.sqrt(residuals.length / (residuals.length - parameters));
  return NORMAL_CONSISTENCY * enlarge * medianAbsoluteDeviation([...residuals]);
}

/**
 * Huber's delta for a form and data, as a share of the mean loss: 1.345 robust standard deviations of the residuals, which themselves
 * depend on delta, so that fit and scale take turns until they agree.
 */
export function robustDelta(form: LawForm, points: SolverPoints, parameters: number): number {
  let solution = leastOf(minimaOf(form, points, NO_DELTA));
  let delta = NO_DELTA;
  for (let turn = 0; turn < 20; turn++) {
    const residuals = Array.from(points.y, (loss, i) => loss - valueAt(form, solution, points.u[i]!));
    const next = Math.max(HUBER_CONSTANT * robustScale(residuals, parameters), LEAST_DELTA);
    if (Math.abs(next - delta) <= 1e-3 * next) break;
    delta = next;
    solution = solveNear(form, points, delta, solution.exponent);
  }
  return delta;
}
