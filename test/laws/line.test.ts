import { describe, expect, test } from "vitest";
import { coefficientInterval, fitLine, predictionInterval } from "../../lib/laws/line";
import { studentQuantile } from "../../lib/laws/student-t";

/*
 * scipy 1.x, float64:
 *   for level in (0.5, 0.8, 0.95, 0.99):
 *       print([stats.t.ppf((1 + level) / 2, df) for df in (1, 2, 3, 4, 6, 10, 29, 100)])
 */
const DEGREES = [1, 2, 3, 4, 6, 10, 29, 100];
const QUANTILES: readonly (readonly [number, readonly number[]])[] = [
  [
    0.5,
    [
      1, 0.8164965809277261, 0.7648923284043444, 0.7406970841126829, 0.7175581964914126, 0.6998120613124317,
      0.6830438608216131, 0.6769510430114717,
    ],
  ],
  [
    0.8,
    [
      3.0776835371752544, 1.8856180831641272, 1.637744353696209, 1.533206274058944, 1.4397557472651483,
      1.372183641110336, 1.311433647301551, 1.290074761346516,
    ],
  ],
  [
    0.95,
    [
      12.706204736174694, 4.302652729749462, 3.1824463052837078, 2.7764451051977934, 2.4469118511449786,
      2.228138851986274, 2.045229642132703, 1.9839715185235518,
    ],
  ],
  [
    0.99,
    [
      63.656741162871526, 9.924843200918287, 5.840909309733355, 4.604094871349992, 3.7074280213248065,
      3.16927267261695, 2.756385903670605, 2.6258905214380173,
    ],
  ],
];

describe("studentQuantile", () => {
  test.each(QUANTILES)(
    "agrees with scipy at level %d for odd and even degrees of freedom",
    (level, expected) => {
      for (const [i, degrees] of DEGREES.entries()) {
        expect(studentQuantile(level, degrees) / expected[i]!).toBeCloseTo(1, 9);
      }
    },
  );

  test("refuses a level of 1 and half a degree of freedom", () => {
    expect(() => studentQuantile(1, 3)).toThrow(/invalid level/);
    expect(() => studentQuantile(0.95, 0)).toThrow(/invalid degrees of freedom/);
    expect(() => studentQuantile(0.95, 2.5)).toThrow(/invalid degrees of freedom/);
  });
});

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

  test("explains a constant wholly", () => {
    expect(fitLine([1, 2, 3], [5, 5, 5])).toMatchObject({ slope: 0, intercept: 5, rSquared: 1 });
  });

  test("refuses points that share one x", () => {
    expect(() => fitLine([2, 2], [1, 3])).toThrow(/at least two different x/);
  });
});
