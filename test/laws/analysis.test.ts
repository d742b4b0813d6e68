import { describe, expect, test } from "vitest";
import { renderConclusion, summarizeStudy } from "../../lib/cli/text/summary";
import { analyseGrid } from "../../lib/laws/analysis";
import { concludeGrid, studyHeadline } from "../../lib/laws/headline";
import { bestCaseSection, gridAxes, sectionAtRate } from "../../lib/laws/sections";
import { formatLaw, formatList, formatMiss, formatRate, formatRates } from "../../lib/laws/wording";
import type { TrialRecord } from "../../lib/sweep/record";
import { summarizeCells } from "../../lib/tables/cells";
import { readLossTable } from "../../lib/tables/loss-table";
import { completed, diverged, noisyStudy, RATES, SIZES } from "../tables/trials";

const study = noisyStudy();
const without = (drop: (record: TrialRecord) => boolean) =>
  summarizeCells(study.filter((record) => !drop(record)));

describe("sections of a grid", () => {
  const cells = summarizeCells([
    completed({ hidden_size: 8, learning_rate: 0.1, seed: 0 }, 3),
    diverged({ hidden_size: 8, learning_rate: 0.1, seed: 1 }),
    completed({ hidden_size: 8, learning_rate: 0.01, seed: 0 }, 4),
    diverged({ hidden_size: 16, learning_rate: 0.1, seed: 0 }),
    completed({ hidden_size: 16, learning_rate: 0.01, seed: 0 }, 2),
    diverged({ hidden_size: 32, learning_rate: 0.1, seed: 0 }),
  ]);

  test("have their axes in order", () => {
    expect(gridAxes(cells)).toEqual({ sizes: [8, 16, 32], rates: [0.01, 0.1] });
    const named = [{ ...cells[0]!, factors: { hidden_size: "wide", learning_rate: 0.1 } }];
    expect(() => gridAxes(named)).toThrow(/"hidden_size" must be a positive number to fit a law, got "wide"/);
  });

  test("at one rate say which cells are missing, diverged or averaged over survivors", () => {
    expect(sectionAtRate(cells, 0.1)).toEqual({
      points: [{ size: 8, losses: [3] }],
      notices: [
        "size 8 at rate 1e-1: 1 of 2 trials diverged; its mean is over the others",
        "size 16 at rate 1e-1: its only trial diverged",
        "size 32 at rate 1e-1: its only trial diverged",
      ],
    });
    expect(sectionAtRate(cells, 0.01).notices).toEqual(["size 32 at rate 1e-2 has not been run"]);
  });

  test("at the best rates leave out cells with diverged trials", () => {
    expect(bestCaseSection(cells)).toEqual({
      points: [
        { size: 8, losses: [4] },
        { size: 16, losses: [2] },
      ],
      notices: [
        "size 32: at every rate some trial diverged",
        "the best rate is the lowest or highest that was tried at sizes 8 and 16: a better one may lie beyond, and the loss there be lower",
      ],
    });
  });
});

describe("analyseGrid", () => {
  test("tunes, fits and extrapolates a study of 432 trials by the same rule as the post's", () => {
    const analysis = analyseGrid(summarizeCells(study));
    expect(analysis.sizes).toEqual(SIZES);
    expect(analysis.rates).toEqual(RATES);
    expect(analysis.tuning).toMatchObject({ status: "tuned", sizes: [64, 96, 144] });
    expect(analysis.fixedRate?.fittedSizes).toEqual(SIZES.slice(0, 8));
    expect(analysis.fixedRate?.extrapolations.map(({ prediction }) => prediction.size)).toEqual(
      SIZES.slice(8),
    );
    expect(analysis.fixedRate?.confidence?.method).toBe("bootstrap_over_seeds");
    expect(analysis.rateLaw).toMatchObject({ status: "fitted" });
    if (analysis.rateLaw.status === "fitted")
      expect(Math.abs(analysis.rateLaw.exponent - -0.4)).toBeLessThan(0.06);
  });

  test("takes the rate with the lowest mean loss over the tuning sizes", () => {
    // By hand over sizes 1 and 2: 0.1 gives (3 + 1) / 2, 0.01 gives (2 + 1.5) / 2.
    const losses = { 1: [3, 2], 2: [1, 1.5], 4: [1, 5] } as const;
    const cells = summarizeCells(
      ([1, 2, 4] as const).flatMap((hidden_size) =>
        [0.1, 0.01].map((learning_rate, i) =>
          completed({ hidden_size, learning_rate }, losses[hidden_size][i]!),
        ),
      ),
    );
    expect(analyseGrid(cells, { tuningSizes: [1, 2] }).tuning).toMatchObject({ rate: 0.01 });
    expect(analyseGrid(cells, { tuningSizes: [2] }).tuning).toMatchObject({ rate: 0.1 });
    expect(analyseGrid(cells, { fixedRate: 0.1 }).tuning).toMatchObject({ status: "given", rate: 0.1 });
  });

  test("does not tune on a rate that diverged or was not run at a tuning size", () => {
    const tuned = analyseGrid(summarizeCells(study)).tuning;
    if (tuned.status !== "tuned") throw new Error(tuned.sentence);
    const isCell = ({ factors }: TrialRecord) =>
      factors.hidden_size === 96 && factors.learning_rate === tuned.rate;
    expect(analyseGrid(without(isCell)).tuning).not.toMatchObject({ rate: tuned.rate });
    const broken = study.map((record) =>
      isCell(record) && record.factors.seed === 2 ? diverged({ ...record.factors }) : record,
    );
    expect(analyseGrid(summarizeCells(broken)).tuning).not.toMatchObject({ rate: tuned.rate });
  });

  test("says where the largest size diverged that there is nothing to compare with", () => {
    const lost = study.map((record) =>
      record.factors.hidden_size === 768 ? diverged({ ...record.factors }) : record,
    );
    const analysis = analyseGrid(summarizeCells(lost));
    const last = analysis.fixedRate!.extrapolations.at(-1)!;
    expect(last).toMatchObject({ observed: null, miss: null, inside: null });
    expect(last.sentence).toContain("no completed trial there to compare with");
    expect(analysis.notices).toContainEqual(
      expect.stringMatching(/^size 768 at rate .*: all 3 trials diverged$/),
    );
    expect(analysis.rateLaw.excluded).toEqual([{ size: 768, reason: "no rate without diverged trials" }]);
  });

  test("flags the edge where the grid misses the optimum, and leaves it out of the rate's law", () => {
    const analysis = analyseGrid(without(({ factors }) => (factors.learning_rate as number) < 2.5e-3));
    expect(analysis.bestRates.at(-1)).toMatchObject({ level: 768, edge: "low", best: 3e-3 });
    expect(analysis.rateLaw.excluded).toContainEqual({
      size: 768,
      reason: "best rate at the low edge of the grid",
    });
  });

  test("refuses a grid that a third factor splits", () => {
    const cells = summarizeCells(
      [1, 2].map((depth) => completed({ hidden_size: 8, learning_rate: 1, depth }, 1)),
    );
    expect(() => analyseGrid(cells)).toThrow(/differ in depth: take one value of it.*tables\.groupCells/);
  });
});

describe("the summary in the terminal", () => {
  test("of the post's grid says what the post says", () => {
    const text = renderConclusion(concludeGrid(readLossTable("data/reference/metz-2022/grid.csv")));
    expect(text).toContain("  8192       6e-5        4.671\n");
    expect(text).toContain(
      "The law at rate 3e-4, tuned on sizes 128, 256 and 512\n  loss = 7.00 - 0.276 ln(h) nats, R² 0.9990",
    );
    expect(text).toContain("  8192       4.52   4.45 to 4.58      5.30        +0.78  outside the interval\n");
    expect(text).toContain("rate = 3.6e-3 h^-0.435, from 12 sizes");
    expect(text).not.toMatch(/To note|NaN|undefined|null/);
  });

  test("of a noisy study shows ties, divergence and what to note, and no number that is none", () => {
    const text = summarizeStudy(study);
    expect(text.split("\n").at(-1)).toBe(`${studyHeadline(study)}.`);
    expect(text).toMatch(/diverged at .*6e-2/);
    expect(text).toContain("confidence interval");
    expect(text).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  test("of a study over a further factor has a part for each of its levels", () => {
    const text = summarizeStudy(
      [32, 64].flatMap((batch_size) =>
        study
          .filter(({ factors }) => factors.seed === 0)
          .map((record) => ({ ...record, factors: { ...record.factors, batch_size } })),
      ),
    );
    expect(text.match(/^== batch_size \d+ ==$/gm)).toEqual(["== batch_size 32 ==", "== batch_size 64 =="]);
    expect(text.match(/^Best learning rate of each size$/gm)).toHaveLength(2);
  });

  test.each([
    ["no trial", [], /^No trial is finished yet\.$/],
    [
      "no learning rate",
      [completed({ hidden_size: 8, seed: 0 }, 3)],
      /^No laws: they need .* this study sweeps hidden_size, seed\.$/,
    ],
    ["one trial", [completed({ hidden_size: 8, learning_rate: 0.1, seed: 0 }, 3)], /too few sizes: 1/],
    [
      "only diverged trials",
      [diverged({ hidden_size: 8, learning_rate: 0.1, seed: 0 })],
      /no learning rate could be tuned/,
    ],
    [
      "two sizes",
      study.filter(({ factors }) => (factors.hidden_size as number) < 15),
      /too few sizes: 1, and a line .* needs at least 3/,
    ],
  ])("of %s says so", (_, records, expected) => {
    expect(summarizeStudy(records)).toMatch(expected);
    expect(summarizeStudy(records)).not.toMatch(/NaN|undefined|null|Infinity/);
  });
});

describe("wording", () => {
  test("writes rates, misses, laws and lists", () => {
    expect([3e-4, 1e-3, 0.0017, 0.1, 2].map((rate) => formatRate(rate))).toEqual([
      "3e-4",
      "1e-3",
      "1.7e-3",
      "1e-1",
      "2e0",
    ]);
    expect(formatRates([1e-3, 1.001e-3])).toEqual(["1e-3", "1.001e-3"]);
    expect([0.777, -0.021, 0.001, -0.001].map(formatMiss)).toEqual(["+0.78", "-0.02", "0.00", "0.00"]);
    expect(formatLaw({ form: "power_with_floor", parameters: { E: 2, A: 6, alpha: 0.3 } })).toBe(
      "2.00 + 6.00 h^-0.300",
    );
    expect([[], [1], [1, 2], [1, 2, 3]].map(formatList)).toEqual(["", "1", "1 and 2", "1, 2 and 3"]);
  });
});
