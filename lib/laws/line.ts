/**
 * The straight line through points by ordinary least squares, with the intervals of its classical theory. Laws that
 * are lines in a logarithm stand on it.
 */

import { studentQuantile } from "./distributions";

/** A range that covers with probability `level`. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Nominal coverage, such as 0.95. */
  readonly level: number;
}

/** The line y = intercept + slope · x. */
export interface Line {
  readonly intercept: number;
  readonly slope: number;
  /** Standard errors; NaN for two points, which leave no degree of freedom. */
  readonly interceptError: number;
  readonly slopeError: number;
  /** Square root of the sum of squared residuals over n - 2. */
  readonly residualStandardDeviation: number;
  readonly degreesOfFreedom: number;
  /** Share of the variance explained; null where y does not vary, so that there is nothing to explain. */
  readonly rSquared: number | null;
  readonly meanX: number;
  /** Sum of squared deviations of x from its mean. */
  readonly sumSquaresX: number;
  readonly points: number;
}

/**
 * Fits a line: slope = Sxy / Sxx, s² = SSE / (n - 2), SE(slope) = s / √Sxx, SE(intercept) = s √(1/n + x̄² / Sxx)
 * (Draper and Smith, "Applied Regression Analysis", chapter 1).
 *
 * @throws for fewer than two different x.
 */
export function fitLine(x: readonly number[], y: readonly number[]): Line {
  const points = x.length;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / points;
  const meanX = mean(x);
  const meanY = mean(y);
  let [sumSquaresX, sumProducts] = [0, 0];
  for (let i = 0; i < points; i++) {
    sumSquaresX += (x[i]! - meanX) ** 2;
    sumProducts += (x[i]! - meanX) * (y[i]! - meanY);
  }
  if (!(sumSquaresX > 0)) throw new RangeError(`a line needs at least two different x; got ${points} points`);
  const slope = sumProducts / sumSquaresX;
  const intercept = meanY - slope * meanX;
  const sumResiduals = x.reduce((sum, value, i) => sum + (y[i]! - intercept - slope * value) ** 2, 0);
  const degreesOfFreedom = points - 2;
  const residualStandardDeviation = Math.sqrt(sumResiduals / degreesOfFreedom);
  return {
    intercept,
    slope,
    interceptError: residualStandardDeviation * Math.sqrt(1 / points + meanX ** 2 / sumSquaresX),
    slopeError: residualStandardDeviation / Math.sqrt(sumSquaresX),
    residualStandardDeviation,
    degreesOfFreedom,
    rSquared: shareExplained(sumResiduals, y),
    meanX,
    sumSquaresX,
    points,
  };
}

/** R² = 1 - SSE / SST; null where y is constant but for rounding, so that there is nothing to explain. */
export function shareExplained(sumResiduals: number, y: readonly number[]): number | null {
  const rounding = 4 * Number.EPSILON * Math.max(...y.map(Math.abs));
  if (Math.max(...y) - Math.min(...y) <= rounding) return null;
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  return 1 - sumResiduals / y.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

/** The interval estimate ± t · error of one of the line's coefficients. */
export function coefficientInterval(estimate: number, error: number, line: Line, level: number): Interval {
  const half = studentQuantile(level, line.degreesOfFreedom) * error;
  return { low: estimate - half, high: estimate + half, level };
}

/** The interval for a new observation at x: ŷ ± t · s · √(1 + 1/n + (x - x̄)² / Sxx). */
export function predictionInterval(line: Line, x: number, level: number): Interval {
  const spread = Math.sqrt(1 + 1 / line.points + (x - line.meanX) ** 2 / line.sumSquaresX);
  const half = studentQuantile(level, line.degreesOfFreedom) * line.residualStandardDeviation * spread;
  const center = line.intercept + line.slope * x;
  return { low: center - half, high: center + half, level };
}
