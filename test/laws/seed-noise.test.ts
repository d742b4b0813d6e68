import { describe, expect, it } from "vitest";
import { explainedDifference, seedNoise } from "../../lib/laws/seed-noise";

describe("the noise of seeds", () => {
  it("is pooled over the sizes by their degrees of freedom", () => {
    const noise = seedNoise([
      [1, 2, 3], // variance 1, 2 degrees
      [5, 5], // variance 0, 1 degree
      [4],
    ])!;
    expect(noise.degrees).toBe(3);
    expect(noise.variance).toBeCloseTo(2 / 3, 12);
  });

  it("explains the least significant difference of Student's test, tabulated t = 2.776 for 4 degrees", () => {
    const noise = seedNoise([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(explainedDifference(noise, 3, 3)).toBeCloseTo(2.776 * Math.sqrt(2 / 3), 3);
  });

  it("explains nothing without replicates", () => {
    expect(explainedDifference(seedNoise([[1]]), 1, 1)).toBe(0);
  });
});
