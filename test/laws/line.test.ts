import { describe, expect, test } from "vitest";
import { coefficientInterval, fitLine, predictionInterval } from "../../lib/laws/line";

describe("fitLine", () => {
  /*
   * The post's eight sizes at rate 3e-4, numpy 2 and scipy 1.x, float64:
   *   fit = stats.linregress(np.log(sizes), y); t = stats.t.ppf(0.975, 6)
   *   X = np.column_stack([np.ones(8), np.log(sizes)]); r = y - X @ [fit.intercept, fit.slope]; s2 = r @ r / 6
   *   x0 = np.array([1, np.log(8192)]); half = t * np.sqrt(s2 * (1 + x0 @ np.linalg.inv(X.T @ X) @ x0))
   */
  const x = [4, 8, 16, 32, 64, 128, 256, 512].map(Math.log);
  const y = [6.64, 6.409, 6.222, 6.055, 5.874, 5.669, 5.465, 5.279];
  const line = fitLine(x, y);

  test("agrees with scipy in coefficients, standard errors and R²", () => {
    expect(line.intercept).toBeCloseTo(7.004940476190476, 10);
    expect(line.slope).toBeCloseTo(-0.27629327527119946, 10);
    expect(line.interceptError).toBeCloseTo(0.014757074062390475, 10);
    expect(line.slopeError).toBeCloseTo(0.003573227101972086, 10);
    expect(line.residualStandardDeviation).toBeCloseTo(0.016051318988476764, 10);
    expect(line.rSquared).toBeCloseTo(0.9989974726046029, 10);
    expect(line.degreesOfFreedom).toBe(6);
  });

  test("agrees with the matrix formula in the prediction interval", () => {
    const { low, high } = predictionInterval(line, Math.log(8192), 0.95);
    expect(low).toBeCloseTo(4.4536298230789075, 10);
    expect(high).toBeCloseTo(4.57694160549252, 10);
  });

  test("spreads the interval of a coefficient by Student's t", () => {
    const { low, high } = coefficientInterval(line.slope, line.slopeError, line, 0.95);
    expect((high - low) / 2 / line.slopeError).toBeCloseTo(2.4469118511449786, 9);
    expect((high + low) / 2).toBeCloseTo(line.slope, 12);
  });

  test("has no R² where nothing varies", () => {
    expect(fitLine([1, 2, 3], [5, 5, 5])).toMatchObject({ slope: 0, intercept: 5, rSquared: null });
  });

  test("does not take the rounding of a constant for variation", () => {
    const y = [0, 1, 2, 3, 4, 5, 6].map(() => Math.log(1e-2));
    expect(fitLine([1, 2, 3, 4, 5, 6, 7], y).rSquared).toBeNull();
  });

  test("refuses points that share one x", () => {
    expect(() => fitLine([2, 2], [1, 3])).toThrow(/at least two different x/);
  });
});
