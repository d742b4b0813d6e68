import { describe, expect, test } from "vitest";
import { fitRateLaw, rateAt } from "../../lib/laws/rate-law";
import type { BestValue } from "../../lib/tables/best";

function best(level: number, rate: number | null, edge: "low" | "high" | "none" = "none"): BestValue {
  return { level, best: rate, edge, mean: 1, standardError: null, ties: [], diverged: [], tried: 12 };
}
const rateOf = (size: number) => 0.02 * size ** -0.4;

describe("fitRateLaw", () => {
  test("recovers an invented law", () => {
    const law = fitRateLaw([8, 64, 512].map((size) => best(size, rateOf(size))));
    if (law.status !== "fitted") throw new Error(law.sentence);
    expect(law.exponent).toBeCloseTo(-0.4, 10);
    expect(law.coefficient).toBeCloseTo(0.02, 10);
    expect(rateAt(law, 100)).toBeCloseTo(rateOf(100), 10);
    expect(law.exponentInterval.high - law.exponentInterval.low).toBeCloseTo(0, 8);
  });

  test("leaves out bounds and sizes without a best rate, and says why", () => {
    const rows = [
      best(8, 1, "high"),
      best(16, rateOf(16)),
      best(64, rateOf(64)),
      best(256, rateOf(256)),
      best(512, null),
      best(1024, 1e-9, "low"),
    ];
    const law = fitRateLaw(rows);
    if (law.status !== "fitted") throw new Error(law.sentence);
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
