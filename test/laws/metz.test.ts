import { beforeAll, describe, expect, test } from "vitest";
import { analyseGrid, type GridAnalysis } from "../../lib/laws/analysis";
import { extrapolateLaw } from "../../lib/laws/extrapolation";
import { sectionAtRate } from "../../lib/laws/sections";
import type { Cell } from "../../lib/tables/cells";
import { readLossTable } from "../../lib/tables/loss-table";

const SMALL = [4, 8, 16, 32, 64, 128, 256, 512];

let cells: Cell[];
let analysis: GridAnalysis;
beforeAll(() => {
  cells = readLossTable("data/reference/metz-2022/grid.csv");
  analysis = analyseGrid(cells);
});

describe("what the post states, from its digitised grid", () => {
  test("the eight sizes 4 … 512 at 3e-4 give 7.0 ± 0.03 and -0.275 ± 0.005", () => {
    const { fit } = extrapolateLaw(sectionAtRate(cells, 3e-4).points, SMALL, [8192]);
    expect(fit).toMatchObject({ status: "converged", law: { form: "logarithmic" } });
    if (fit.status === "too_few_points" || fit.law.form !== "logarithmic") throw new Error(fit.sentence);
    expect(Math.abs(fit.law.parameters.a - 7.0)).toBeLessThanOrEqual(0.03);
    expect(Math.abs(fit.law.parameters.b - -0.275)).toBeLessThanOrEqual(0.005);
    expect(fit.rSquared).toBeGreaterThan(0.998);
  });

  test("at 8192 the law misses by +0.78 ± 0.03 nats, no better than a model about 16 times narrower", () => {
    const { extrapolations } = extrapolateLaw(sectionAtRate(cells, 3e-4).points, SMALL, [8192]);
    expect(extrapolations).toHaveLength(1);
    expect(Math.abs(extrapolations[0]!.miss! - 0.78)).toBeLessThanOrEqual(0.03);
    expect(extrapolations[0]).toMatchObject({ inside: false });
    // Between 256 (5.465) and 512 (5.279), where a straight line in ln h has 5.298.
    expect(extrapolations[0]!.noBetterThan).toBeCloseTo(256 * 2 ** ((5.465 - 5.298) / (5.465 - 5.279)), 6);
    expect(extrapolations[0]!.sentence).toMatch(
      /observed 5\.30: \+0\.78 nats, outside the interval, no better than a model 17 times narrower$/,
    );
  });

  test("the best rates of all 12 sizes are those of panel (d), none of them on the edge", () => {
    expect(analysis.bestRates.map(({ level, best }) => [level, best])).toEqual([
      [4, 2e-3],
      [8, 1e-3],
      [16, 1e-3],
      [32, 1e-3],
      [64, 6e-4],
      [128, 6e-4],
      [256, 3e-4],
      [512, 3e-4],
      [1024, 2e-4],
      [2048, 1e-4],
      [4096, 1e-4],
      [8192, 6e-5],
    ]);
    expect(analysis.bestRates.map(({ edge }) => edge)).toEqual(Array(12).fill("none"));
  });

  test("the best rate shrinks with the exponent -0.43 ± 0.01", () => {
    const { rateLaw } = analysis;
    if (rateLaw.status !== "fitted") throw new Error(rateLaw.sentence);
    expect(Math.abs(rateLaw.exponent - -0.43)).toBeLessThanOrEqual(0.01);
    // scipy 1.x, float64: f = stats.linregress(np.log(sizes), np.log(best)); t = stats.t.ppf(0.975, 10)
    //   print(f.slope, f.slope - t * f.stderr, f.slope + t * f.stderr, np.exp(f.intercept))
    expect(rateLaw.exponent).toBeCloseTo(-0.43499412787490865, 10);
    expect(rateLaw.exponentInterval.low).toBeCloseTo(-0.4936995742965163, 9);
    expect(rateLaw.exponentInterval.high).toBeCloseTo(-0.376288681453301, 9);
    expect(rateLaw.coefficient).toBeCloseTo(0.0036002013537344184, 10);
  });

  test("the rate tuned on the three largest fitted sizes is the post's 3e-4, and the fitted sizes are its eight", () => {
    expect(analysis.tuning).toMatchObject({ status: "tuned", rate: 3e-4, sizes: [128, 256, 512] });
    expect(analysis.fixedRate?.fittedSizes).toEqual(SMALL);
    expect(analysis.fixedRate?.extrapolations.map(({ prediction }) => prediction.size)).toEqual([
      1024, 2048, 4096, 8192,
    ]);
    expect(analysis.notices).toEqual([]);
  });

  test("with its best rate the large model comes within 0.1 nats of what small models foretell", () => {
    const last = analysis.bestCase.extrapolations.at(-1)!;
    expect(last.prediction.size).toBe(8192);
    expect(last.miss).toBeLessThan(0.1);
    expect(analysis.fixedRate!.extrapolations.at(-1)!.miss! / last.miss!).toBeGreaterThan(8);
  });
});
