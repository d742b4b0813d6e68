import { describe, expect, it } from "vitest";
import { extrapolateLaw } from "../../lib/laws/extrapolation";
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

describe("a larger model is no better than a smaller one", () => {
  const line = (size: number) => 8 - 0.8 * Math.log(size);
  const spread = (loss: number) => [loss - 0.05, loss, loss + 0.05];
  const fitted = [8, 16, 32, 64];
  const noBetterThan = (losses: (size: number) => readonly number[], at128: number, at256: number) => {
    const points = [
      ...fitted.map((size) => ({ size, losses: losses(line(size)) })),
      { size: 128, losses: losses(at128) },
      { size: 256, losses: losses(at256) },
    ];
    return extrapolateLaw(points, fitted, [256]).extrapolations[0]!.noBetterThan;
  };

  it("where they differ by less than other seeds would", () => {
    expect(noBetterThan(spread, 4.101, 4.1)).toBe(128);
    expect(noBetterThan(spread, 4.101, 3.9)).toBeNull();
  });

  it("with one seed a size, where its loss is not lower", () => {
    expect(noBetterThan((loss) => [loss], 4.101, 4.1)).toBeNull();
    expect(noBetterThan((loss) => [loss], 4.1, 4.1)).toBe(128);
  });
});
