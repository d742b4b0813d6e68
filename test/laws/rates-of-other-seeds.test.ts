// What other seeds would have chosen: support of the tuned rate, band of the rate law.

import { describe, expect, test } from "vitest";
import { analyseGrid } from "../../lib/laws/analysis";
import { rateBand } from "../../lib/laws/rate-band";
import { fitRateLaw } from "../../lib/laws/rate-law";
import { rateSupport, tunedRate } from "../../lib/laws/rate-support";
import { redrawnGrids } from "../../lib/laws/redraw";
import { sizeRoles, studyRoles } from "../../lib/laws/roles";
import { PRESETS } from "../../lib/studies/presets";
import { bestValues } from "../../lib/tables/best";
import { summarizeCells } from "../../lib/tables/cells";
import { completed, diverged, noisyStudy, RATES, SIZES } from "../tables/trials";

const cells = summarizeCells(noisyStudy());

/** Cells of one size whose losses are given by rate. */
const oneSize = (rows: Readonly<Record<string, readonly number[]>>) =>
  summarizeCells(
    Object.entries(rows).flatMap(([rate, losses]) =>
      losses.map((loss, seed) => {
        const factors = { hidden_size: 8, learning_rate: Number(rate), seed };
        return Number.isFinite(loss) ? completed(factors, loss) : diverged(factors);
      }),
    ),
  );

describe("the parts of sizes", () => {
  test("are the post's: 8 of 12 sizes fitted, the three largest of them for tuning", () => {
    const sizes = [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];
    expect(sizeRoles([...sizes].reverse())).toEqual({
      tuning: [128, 256, 512],
      fitted: [4, 8, 16, 32, 64, 128, 256, 512],
      heldOut: [1024, 2048, 4096, 8192],
    });
  });

  test.each(PRESETS.map((study) => [study.name, study] as const))(
    "are those of analyseGrid: %s",
    (_, study) => {
      const { tuning, fitted } = studyRoles(study);
      const grid = summarizeCells(
        (study.factors.hidden_size as number[]).flatMap((hidden_size) =>
          [1e-3, 2e-3, 3e-3].map((learning_rate) => completed({ hidden_size, learning_rate, seed: 0 }, 3)),
        ),
      );
      const analysis = analyseGrid(grid);
      expect(analysis.tuning).toMatchObject({ sizes: tuning });
      expect(analysis.bestCase.fittedSizes).toEqual(fitted);
    },
  );
});

describe("redrawnGrids", () => {
  test("draws means around the cells' own, with the standard error of each as their spread", () => {
    const grid = oneSize({ 0.1: [1, 2, 6] });
    const means = [...redrawnGrids(grid, { replicates: 4000 })].map(([cell]) => cell!.mean!);
    const center = means.reduce((sum, value) => sum + value, 0) / means.length;
    const spread = Math.sqrt(means.reduce((sum, value) => sum + (value - center) ** 2, 0) / means.length);
    // Of 4000 draws the mean has an error of SE / 63, the deviation one of about SE / 90.
    expect(center).toBeCloseTo(3, 0);
    expect(Math.abs(center - 3)).toBeLessThan(0.1);
    expect(Math.abs(spread / grid[0]!.standardError! - 1)).toBeLessThan(0.05);
  });

  test("draws the same seeds for all rates of a size", () => {
    const grid = oneSize({ 0.1: [1, 2, 6], 0.2: [2, 3, 7] });
    for (const [low, high] of redrawnGrids(grid, { replicates: 50 })) {
      expect(high!.mean! - low!.mean!).toBeCloseTo(1, 10);
    }
  });

  test("is the same for the same seed, and leaves single trials and diverged cells as they are", () => {
    const grid = oneSize({ 0.1: [1], 0.2: [Number.NaN], 0.3: [1, 2] });
    const draw = (seed: number) => [...redrawnGrids(grid, { replicates: 20, seed })];
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    for (const [one, none] of draw(1)) expect([one!.mean, none!.mean]).toEqual([1, null]);
  });
});

describe("rateSupport", () => {
  test("gives every draw to the rate that wins with any seed", () => {
    const support = rateSupport(oneSize({ 0.1: [1, 1.1, 1.2], 0.2: [2, 2.1, 2.2] }), [8]);
    expect(support.map(({ share }) => share)).toEqual([1, 0]);
    expect(support.map(({ excess }) => excess)).toEqual([0, expect.closeTo(1, 10)]);
  });

  test("splits the draws where the seeds disagree", () => {
    const support = rateSupport(oneSize({ 0.1: [1, 2, 3], 0.2: [3, 2, 1] }), [8]);
    expect(support[0]!.share + support[1]!.share).toBe(1);
    // The draws are symmetric but for exact ties, 7 in 27, which the lower rate takes: 10/27 against 17/27.
    expect(support[1]!.share).toBeGreaterThan(0.32);
    expect(support[1]!.share).toBeLessThan(0.42);
  });

  test("does not choose a rate that a trial did not survive", () => {
    const support = rateSupport(oneSize({ 0.1: [2, 2.1], 0.2: [1, Number.NaN] }), [8]);
    expect(support).toMatchObject([{ share: 1 }, { share: 0, loss: null, excess: null }]);
  });

  test("the least excess is that of the rate that analyseGrid tunes", () => {
    const { tuning } = sizeRoles(SIZES);
    const rate = rateSupport(cells, tuning, { replicates: 10 }).find(({ excess }) => excess === 0)!.rate;
    expect(analyseGrid(cells).tuning).toMatchObject({ rate });
    expect(tunedRate(cells, tuning)).toBe(rate);
  });

  test("without any rate, tunedRate says which sizes it was for", () => {
    expect(() => tunedRate(oneSize({ 0.1: [Number.NaN] }), [8])).toThrow(
      "no learning rate could be tuned: none was run without divergence on size 8; sweep lower learning rates",
    );
  });
});

describe("rateBand", () => {
  const law = fitRateLaw(bestValues(cells, "learning_rate", "hidden_size"));
  if (law.status !== "fitted") throw new Error(law.sentence);

  test("holds the fitted law at every size, narrow on a study with little noise", () => {
    const band = rateBand(cells, SIZES, { replicates: 200 })!;
    expect(band.laws).toBe(200);
    expect(band.exponent.low).toBeLessThanOrEqual(law.exponent);
    expect(band.exponent.high).toBeGreaterThanOrEqual(law.exponent);
    expect(band.exponent.high - band.exponent.low).toBeLessThan(0.2);
    expect(band.rates.map(({ size }) => size)).toEqual(SIZES);
    for (const { size, interval } of band.rates) {
      const rate = law.coefficient * size ** law.exponent;
      expect(interval.low).toBeLessThanOrEqual(rate * 1.0001);
      expect(interval.high).toBeGreaterThanOrEqual(rate * 0.9999);
    }
  });

  test("is as wide as the grid's step allows where every draw chooses the same rate", () => {
    const sizes = [4, 8, 16, 32];
    const certain = summarizeCells(
      sizes.flatMap((hidden_size) =>
        [1e-3, 1e-2, 1e-1].flatMap((learning_rate) =>
          [0, 1].map((seed) =>
            completed({ hidden_size, learning_rate, seed }, learning_rate === 1e-2 ? 2 : 3 + seed / 10),
          ),
        ),
      ),
    );
    const band = rateBand(certain, sizes, { replicates: 400 })!;
    // A law may rise or fall by a factor of ten over the sizes and still have its optimum nearest to 1e-2 at each.
    const steepest = Math.log(10) / Math.log(8);
    expect(band.exponent.high).toBeCloseTo(steepest, 6);
    expect(band.exponent.low).toBeCloseTo(-steepest, 6);
    const [smallest] = band.rates;
    expect(smallest!.interval.low).toBeLessThanOrEqual(10 ** -2.5 * 1.001);
    expect(smallest!.interval.low).toBeGreaterThan(10 ** -2.6);
    expect(smallest!.interval.high).toBeGreaterThanOrEqual(10 ** -1.5 * 0.999);
  });

  test("is null where no grid gives a law", () => {
    expect(
      rateBand(
        cells.filter(({ factors }) => factors.learning_rate === RATES[0]),
        SIZES,
      ),
    ).toBeNull();
  });
});
