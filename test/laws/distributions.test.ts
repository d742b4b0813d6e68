import { describe, expect, test } from "vitest";
import { fisherTail, studentQuantile } from "../../lib/laws/distributions";

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

  test("takes degrees of freedom that are not whole", () => {
    // Between 4.3027 for 2 and 3.1824 for 3; the density of T integrated over ±t by Simpson's rule is the level.
    const t = studentQuantile(0.95, 2.5);
    const density = (x: number) => (1 + x ** 2 / 2.5) ** -1.75;
    expect(
      simpson(density, 0, t) / simpson((angle) => Math.cos(angle) ** 1.5 * Math.sqrt(2.5), 0, Math.PI / 2),
    ).toBeCloseTo(0.95, 6);
  });

  test("refuses a level of 1 and no degree of freedom", () => {
    expect(() => studentQuantile(1, 3)).toThrow(/invalid level/);
    expect(() => studentQuantile(0.95, 0)).toThrow(/invalid degrees of freedom/);
    expect(() => studentQuantile(0.95, Number.NaN)).toThrow(/invalid degrees of freedom/);
  });
});

describe("fisherTail", () => {
  test("is the closed form that 2 degrees in the numerator give: (1 + 2F/ν)^(-ν/2)", () => {
    for (const ratio of [0, 0.3, 1, 4.2, 60]) {
      for (const degrees of [1, 2, 6, 7.5, 40]) {
        const tail = fisherTail(ratio, 2, degrees);
        expect(tail / (1 + (2 * ratio) / degrees) ** (-degrees / 2)).toBeCloseTo(1, 10);
      }
    }
  });

  test("of one degree in the numerator is the square of Student's t", () => {
    for (const degrees of [1, 4, 29]) {
      expect(fisherTail(studentQuantile(0.95, degrees) ** 2, 1, degrees)).toBeCloseTo(0.05, 10);
    }
  });

  test("is 0 where the denominator vanishes, and refuses what is no ratio", () => {
    expect(fisherTail(Number.POSITIVE_INFINITY, 3, 4)).toBe(0);
    expect(() => fisherTail(Number.NaN, 3, 4)).toThrow(/invalid ratio/);
    expect(() => fisherTail(1, 0, 4)).toThrow(/invalid degrees of freedom/);
  });
});

function simpson(f: (x: number) => number, low: number, high: number, steps = 2000): number {
  const width = (high - low) / steps;
  let sum = f(low) + f(high);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * f(low + i * width);
  return (sum * width) / 3;
}
