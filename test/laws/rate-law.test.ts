import { describe, expect, test } from "vitest";
import { fitRateLaw, type RateLaw, rateAt } from "../../lib/laws/rate-law";
import { randomStream } from "../../lib/random/stream";
import type { BestValue } from "../../lib/tables/best";

/** A best rate on a grid of rates a factor `step` apart. */
function best(
  level: number,
  rate: number | null,
  edge: "low" | "high" | "none" = "none",
  step = 1.0001,
): BestValue {
  return {
    level,
    best: rate,
    edge,
    below: rate === null || edge === "low" ? null : rate / step,
    above: rate === null || edge === "high" ? null : rate * step,
    mean: 1,
    standardError: null,
    ties: [],
    diverged: [],
    tried: 12,
  };
}
const rateOf = (size: number) => 0.02 * size ** -0.4;

function fitted(rows: readonly BestValue[]): RateLaw {
  const law = fitRateLaw(rows);
  if (law.status !== "fitted") throw new Error(law.sentence);
  return law;
}

describe("fitRateLaw", () => {
  test("recovers an invented law, to an interval as narrow as the grid is fine", () => {
    const law = fitted([8, 64, 512].map((size) => best(size, rateOf(size))));
    expect(law.exponent).toBeCloseTo(-0.4, 10);
    expect(law.coefficient).toBeCloseTo(0.02, 10);
    expect(rateAt(law, 100)).toBeCloseTo(rateOf(100), 10);
    expect(law.rSquared).toBeCloseTo(1, 10);
    const { low, high } = law.exponentInterval;
    expect([low, high]).toEqual([expect.closeTo(-0.4, 3), expect.closeTo(-0.4, 3)]);
    expect(high - low).toBeGreaterThan((2 * Math.log(1.0001)) / Math.log(64));
  });

  test("claims no certainty where all best rates are one value of a coarse grid", () => {
    for (const sizes of [
      [4, 8, 16],
      [4, 8, 16, 32],
      [4, 6, 8, 12, 16, 24, 32, 48, 64],
    ]) {
      const { exponent, exponentInterval, rSquared, points } = fitted(
        sizes.map((size) => best(size, 1e-2, "none", 10)),
      );
      // A law may rise or fall by the factor 10 over the sizes and still be rounded to one rate at all of them.
      const steepest = Math.log(10) / Math.log(sizes.at(-1)! / sizes[0]!);
      expect(exponent).toBeCloseTo(0, 10);
      expect(rSquared).toBeNull();
      expect(exponentInterval.low).toBeLessThanOrEqual(-steepest + 1e-9);
      expect(exponentInterval.high).toBeGreaterThanOrEqual(steepest - 1e-9);
      expect(points[0]).toMatchObject({ low: 10 ** -2.5, high: 10 ** -1.5 });
    }
  });

  test("is no narrower than Student's interval of the scatter", () => {
    // numpy: x = log([8, 16, 32, 64]), y = log([1e-2, 1e-2, 4e-3, 5e-3]); linregress slope -0.4322 ± 4.3027 · 0.1938
    const rates = [1e-2, 1e-2, 4e-3, 5e-3];
    const { exponent, exponentInterval } = fitted(rates.map((rate, i) => best(8 * 2 ** i, rate)));
    const x = [0, 1, 2, 3].map((i) => (i - 1.5) * Math.LN2);
    const y = rates.map(Math.log);
    const squares = x.reduce((sum, value) => sum + value ** 2, 0);
    const slope = x.reduce((sum, value, i) => sum + value * y[i]!, 0) / squares;
    const center = y.reduce((sum, value) => sum + value, 0) / 4;
    const scatter = y.reduce((sum, value, i) => sum + (value - center - slope * x[i]!) ** 2, 0) / 2;
    const half = 4.302652729749462 * Math.sqrt(scatter / squares);
    expect(exponent).toBeCloseTo(slope, 10);
    expect(exponentInterval.low).toBeCloseTo(slope - half, 8);
    expect(exponentInterval.high).toBeCloseTo(slope + half, 8);
  });

  test("covers the true exponent on coarse grids, with few sizes and any noise", () => {
    let all = 0;
    let worst = 1;
    let cases = 0;
    for (const step of [1.5, 2, 10]) {
      for (const count of [3, 4, 6, 12]) {
        for (const scatter of [0, 0.2, 0.5, 1]) {
          for (const exponent of [0, -0.05, -0.43]) {
            const coverage = coverageOf({ step, count, scatter, exponent, draws: 300 });
            cases += 1;
            all += coverage;
            worst = Math.min(worst, coverage);
          }
        }
      }
    }
    // Of 300 draws a coverage of 0.95 has an error of 0.013; the worst of 144 such lies three of these below it.
    expect(worst).toBeGreaterThan(0.89);
    expect(all / cases).toBeGreaterThan(0.95);
  });

  test("leaves out bounds and sizes without a best rate, and says why", () => {
    const law = fitted([
      best(8, 1, "high"),
      best(16, rateOf(16)),
      best(64, rateOf(64)),
      best(256, rateOf(256)),
      best(512, null),
      best(1024, 1e-9, "low"),
    ]);
    expect(law.exponent).toBeCloseTo(-0.4, 10);
    expect(law.excluded).toEqual([
      { size: 8, reason: "best rate at the high edge of the grid" },
      { size: 512, reason: "no rate without diverged trials" },
      { size: 1024, reason: "best rate at the low edge of the grid" },
    ]);
  });

  test("does not fit two points", () => {
    const outcome = fitRateLaw([best(8, 0.1), best(16, 0.1), best(32, 0.1, "low")]);
    expect(outcome).toMatchObject({ status: "too_few_points", excluded: [{ size: 32 }] });
  });
});

/**
 * How often the interval holds the true exponent: optima on a law over sizes a factor 2 apart, normal scatter about it
 * in steps of the grid, and rounding to a grid whose place is drawn anew each time.
 */
function coverageOf({
  step,
  count,
  scatter,
  exponent,
  draws,
}: Record<"step" | "count" | "scatter" | "exponent" | "draws", number>): number {
  const stream = randomStream("coverage of the rate law", count);
  const normals = new Float64Array(count);
  const offsets = new Float64Array(draws);
  stream.uniform(draws, offsets);
  const width = Math.log(step);
  let covered = 0;
  for (let draw = 0; draw < draws; draw++) {
    stream.normal(draw, normals);
    const law = fitted(
      Array.from({ length: count }, (_, i) => {
        const optimum = offsets[draw]! + (exponent * i * Math.LN2) / width + scatter * normals[i]!;
        return best(4 * 2 ** i, step ** Math.round(optimum), "none", step);
      }),
    );
    const { low, high } = law.exponentInterval;
    if (low <= exponent + 1e-9 && high >= exponent - 1e-9) covered += 1;
  }
  return covered / draws;
}
