import { mean, sampleVariance } from "simple-statistics";
import { describe, expect, test } from "vitest";
import { testCorrection } from "../../lib/laws/corrected";
import { bestCaseCurve, departureFrom, departures } from "../../lib/laws/departures";
import { lossAt } from "../../lib/laws/forms";
import { judgeLargeRun } from "../../lib/laws/large-run";
import { predictLoss } from "../../lib/laws/prediction";
import { sizeRoles } from "../../lib/laws/roles";
import { bestCaseSection, sectionAtRate } from "../../lib/laws/sections";
import { parseSizeLosses } from "../../lib/laws/size-losses";
import { summarizeCells } from "../../lib/tables/cells";
import { readLossTable } from "../../lib/tables/loss-table";
import { diverged, noisyStudy, SIZES } from "../tables/trials";
import { invent, LAWS } from "./invented";

const cells = summarizeCells(noisyStudy());
const post = readLossTable("data/reference/metz-2022/grid.csv");

describe("the curve of tuned models", () => {
  const curve = bestCaseCurve(cells);

  test("pools the variance of seeds over the best cells", () => {
    const losses = bestCaseSection(cells).points.map((point) => [...point.losses]);
    expect(curve.seedDegrees).toBe(24);
    expect(curve.seedDeviation).toBeCloseTo(Math.sqrt(mean(losses.map(sampleVariance))), 12);
    // The invented noise has 0.01 nats.
    expect(curve.seedDeviation).toBeGreaterThan(0.006);
    expect(curve.seedDeviation).toBeLessThan(0.014);
  });

  test("finds nearly all best cells on it, and the badly tuned ones above it by their invented excess", () => {
    const rows = departures(curve, cells);
    expect(rows).toHaveLength(cells.length);
    const best = bestCaseSection(cells).points;
    const ofBest = rows.filter(({ size, cell }) =>
      best.some((point) => point.size === size && point.losses === cell.values),
    );
    expect(ofBest.filter(({ state }) => state.startsWith("within")).length).toBeGreaterThanOrEqual(11);
    const slow = rows.find(({ size, rate }) => size === 8 && rate === 3e-4)!;
    expect(slow.state).toBe("above");
    const excess = 0.5 * Math.log10(3e-4 / (0.02 * 8 ** -0.4)) ** 2;
    expect(Math.abs(slow.gap! - excess)).toBeLessThan(0.05);
  });

  test("calls a cell without a completed trial diverged", () => {
    const none = summarizeCells([diverged({ hidden_size: 8, learning_rate: 1, seed: 0 })]);
    expect(departures(curve, none)).toMatchObject([{ state: "diverged", loss: null, gap: null }]);
  });

  test("tells the states apart by the two limits", () => {
    const { expected, interval, seedLimit } = departureFrom(curve, 768, [1, 1, 1]);
    const stateAt = (gap: number) =>
      departureFrom(
        curve,
        768,
        [1, 1, 1].map(() => expected + gap),
      ).state;
    const law = interval.high - expected;
    expect(stateAt(seedLimit! * 0.99)).toBe("within_seeds");
    expect(stateAt(-seedLimit! * 0.99)).toBe("within_seeds");
    if (law > seedLimit!) expect(stateAt((law + seedLimit!) / 2)).toBe("within_law");
    expect(stateAt(Math.max(law, seedLimit!) * 1.01)).toBe("above");
    expect(stateAt(-1)).toBe("below");
  });

  test("allows a single run more than a cell of three, the cell just what the law predicts", () => {
    const [cell, single] = [departureFrom(curve, 768, [2, 2, 2]), departureFrom(curve, 768, [2])];
    const { interval } = predictLoss(curve.fit, 768);
    expect(cell.interval.high).toBeCloseTo(interval.high, 12);
    expect(single.seedLimit).toBeCloseTo(cell.seedLimit! * Math.sqrt(3), 12);
    expect(single.interval.high).toBeGreaterThan(interval.high);
  });

  test("without replicates judges by the law's interval alone", () => {
    const bare = bestCaseCurve(post);
    expect(bare.seedDeviation).toBeNull();
    const red = departures(bare, post).find(({ size, rate }) => size === 8192 && rate === 3e-4)!;
    expect(red).toMatchObject({ state: "above", seedLimit: null });
    expect(red.gap).toBeCloseTo(5.298 - lossAt(bare.fit.law, 8192), 10);
  });

  test("says so where there are too few sizes", () => {
    expect(() => bestCaseCurve(cells.filter(({ factors }) => factors.hidden_size === 8))).toThrow(
      /^no curve of tuned models: too few sizes: 1/,
    );
  });
});

describe("a reader with one large run", () => {
  const small = sectionAtRate(post, 3e-4).points.filter(({ size }) => size <= 512);
  const large = (loss: number) => judgeLargeRun([...small, { size: 8192, losses: [loss] }]);

  test("is told that the post's run is off the curve, and what smaller model is as good", () => {
    const verdict = large(5.298);
    expect(verdict).toMatchObject({ status: "above", headline: "Size 8192 is off the curve: +0.78 nats" });
    expect(verdict.sentences.join(" ")).toContain(
      "A model of size 512 is already as good: the 16 times larger one",
    );
    expect(verdict.sentences.join(" ")).toContain("train size 8192 again at two or three other rates");
  });

  test("is told when a run keeps the law, and when it is better", () => {
    expect(large(4.52)).toMatchObject({ status: "on_the_curve" });
    expect(large(4.2)).toMatchObject({ status: "below", headline: expect.stringContaining("better") });
  });

  test("is told that too few sizes make no law", () => {
    expect(judgeLargeRun(small.slice(0, 3))).toMatchObject({ status: "unavailable" });
    expect(judgeLargeRun([]).sentences).toEqual([
      "There is no loss at any size, so there is nothing to judge.",
    ]);
  });

  test("of a known law is misjudged about as often as the level says", () => {
    const alarms = Array.from({ length: 200 }, (_, key) =>
      judgeLargeRun(invent(LAWS[0]!, { sizes: [4, 8, 16, 32, 1024], noise: 0.02, key: key + 1 }), {
        level: 0.9,
      }),
    ).filter(({ status }) => status !== "on_the_curve").length;
    // Four sizes leave no form to choose, so the line is taken, which is the truth here: 20 ± 4 alarms are due.
    expect(alarms).toBeGreaterThan(7);
    expect(alarms).toBeLessThan(33);
  });
});

describe("a reader's table", () => {
  test("is read by size, seeds gathered, diverged runs left out, columns in any order", () => {
    const text = '\uFEFFloss,note,size\r\n3.5,"a, b",16\r\n4,,8\r\n3.7,,16\r\nnan,,32\r\n\r\n';
    expect(parseSizeLosses(text, "mine.csv")).toEqual([
      { size: 8, losses: [4] },
      { size: 16, losses: [3.5, 3.7] },
    ]);
    expect(parseSizeLosses("hidden_size,loss\n8,4\n", "mine.csv")).toEqual([{ size: 8, losses: [4] }]);
  });

  test.each([
    ["size,loss\n8,four\n", /mine\.csv, line 2: loss must be a number in nats/],
    ["size,lost\n8,4\n", /mine\.csv, line 1: expected one column "loss"/],
    ["size,learning_rate,loss\n8,1,4\n", /mine\.csv, line 1: expected losses at one learning rate/],
    ["size,loss\n", /mine\.csv: no rows below the header/],
  ])("that is none is refused: %j", (text, message) => {
    expect(() => parseSizeLosses(text, "mine.csv")).toThrow(message);
  });
});

describe("the correction", () => {
  const { fitted, heldOut, tuning } = sizeRoles(SIZES);

  test("does not see the sizes held out", () => {
    const altered = cells.map((cell) =>
      heldOut.includes(cell.factors.hidden_size as number)
        ? { ...cell, mean: 9, values: cell.values.map(() => 9) }
        : cell,
    );
    const promised = (from: typeof cells) => {
      const correction = testCorrection(from, fitted, 1e-3);
      if (correction.status !== "tested") throw new Error(correction.sentence);
      return correction.sizes.map(({ size, prediction, lawRate, nearestRate }) => [
        size,
        prediction,
        lawRate,
        nearestRate,
      ]);
    };
    expect(promised(altered)).toEqual(promised(cells));
  });

  test("recovers the invented rates and losses at the sizes held out", () => {
    const correction = testCorrection(cells, fitted, 3e-3);
    if (correction.status !== "tested") throw new Error(correction.sentence);
    expect(correction.sizes.map(({ size }) => size)).toEqual(heldOut);
    for (const { size, lawRate, best, corrected } of correction.sizes) {
      expect(Math.abs(Math.log10(lawRate / (0.02 * size ** -0.4)))).toBeLessThan(0.25);
      expect(corrected! - best!).toBeLessThan(0.1);
    }
    expect(tuning).toHaveLength(3);
  });

  test("on the post's grid brings the largest model to within 0.2 nats of its promise, where 3e-4 misses by more than half a nat", () => {
    const sizes = sizeRoles(post.map(({ factors }) => factors.hidden_size as number));
    const correction = testCorrection(post, sizes.fitted, 3e-4);
    if (correction.status !== "tested") throw new Error(correction.sentence);
    const last = correction.sizes.at(-1)!;
    expect(Math.abs(last.corrected! - last.prediction.loss)).toBeLessThan(0.2);
    expect(last.fixed! - last.prediction.loss).toBeGreaterThan(0.5);
  });

  test("says why it cannot be made", () => {
    expect(testCorrection(cells, fitted.slice(0, 2), 1e-3)).toMatchObject({ status: "unavailable" });
  });
});
