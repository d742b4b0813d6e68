import { mean, sampleVariance } from "simple-statistics";
import { describe, expect, test } from "vitest";
import { candidateLaws } from "../../lib/laws/candidates";
import { testCorrection } from "../../lib/laws/corrected";
import { bestCaseCurve, type Curve, departureFrom, departures } from "../../lib/laws/departures";
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
function fittedCurve(from: typeof cells, fittedSizes?: readonly number[]): Curve {
  const curve = bestCaseCurve(from, fittedSizes === undefined ? {} : { fittedSizes });
  if (curve.status !== "fitted") throw new Error(curve.sentence);
  return curve;
}
const sizeOf = ({ factors }: (typeof cells)[number]) => factors.hidden_size as number;
const post = readLossTable("data/reference/metz-2022/grid.csv");

describe("the curve of tuned models", () => {
  const curve = fittedCurve(cells);
  const { fitted } = sizeRoles(SIZES);

  test("is made of the smaller sizes alone", () => {
    const small = cells.filter(({ factors }) => fitted.includes(factors.hidden_size as number));
    const alone = fittedCurve(small, fitted);
    expect(curve.fittedSizes).toEqual(fitted);
    expect(alone.laws).toEqual(curve.laws);
    expect(curve.points).toHaveLength(SIZES.length);
  });

  test("pools the variance of seeds over the best cells of the fitted sizes", () => {
    const losses = bestCaseSection(cells)
      .points.slice(0, 8)
      .map((point) => [...point.losses]);
    expect(curve.laws.noise!.degrees).toBe(16);
    expect(curve.laws.noise!.variance).toBeCloseTo(mean(losses.map(sampleVariance)), 14);
    // The invented noise has 0.01 nats.
    expect(Math.sqrt(curve.laws.noise!.variance)).toBeGreaterThan(0.006);
    expect(Math.sqrt(curve.laws.noise!.variance)).toBeLessThan(0.014);
  });

  test("finds nearly all best cells on it, and the badly tuned ones above it by their invented excess", {
    timeout: 120_000,
  }, () => {
    const rows = departures(curve, cells);
    expect(rows).toHaveLength(cells.length);
    const best = bestCaseSection(cells).points;
    const ofBest = rows.filter(({ size, cell }) =>
      best.some((point) => point.size === size && point.losses === cell.values),
    );
    const kept = ofBest.filter(({ state }) => state === "on_curve" || state === "depends");
    expect(kept.length).toBeGreaterThanOrEqual(11);
    expect(rows.filter((row) => row.fitted).map(({ size }) => size)).toEqual(
      rows.map(({ size }) => size).filter((size) => fitted.includes(size)),
    );
    const slow = rows.find(({ size, rate }) => size === 18 && rate === 3e-4)!;
    expect(slow.state).toBe("above");
    const excess = 0.5 * Math.log10(3e-4 / (0.02 * 18 ** -0.4)) ** 2;
    expect(Math.abs(slow.gap! - excess)).toBeLessThan(0.05);
  });

  test("calls a cell without a completed trial diverged", () => {
    const none = summarizeCells([diverged({ hidden_size: 8, learning_rate: 1, seed: 0 })]);
    expect(departures(curve, none)).toMatchObject([{ state: "diverged", loss: null, gap: null }]);
  });

  test("tells the states apart by the intervals of the forms", () => {
    const laws = candidateLaws(invent(LAWS[1]!, { seeds: 3, noise: 0.03 }));
    if (laws.status !== "fitted") throw new Error(laws.sentence);
    const { byForm, interval } = departureFrom(laws, 768, [2, 2, 2]);
    const stateAt = (loss: number) => departureFrom(laws, 768, [loss, loss, loss]).state;
    const lows = byForm.map((one) => one.interval.low);
    const highs = byForm.map((one) => one.interval.high);
    expect(byForm.length).toBeGreaterThan(1);
    expect([interval.low, interval.high]).toEqual([Math.min(...lows), Math.max(...highs)]);
    expect(stateAt(interval.high + 1e-3)).toBe("above");
    expect(stateAt(interval.low - 1e-3)).toBe("below");
    expect(stateAt(interval.high - 1e-6)).toBe("depends");
    expect(stateAt(interval.low + 1e-6)).toBe("depends");
    const [low, high] = [Math.max(...lows), Math.min(...highs)];
    expect(stateAt((low + high) / 2)).toBe(low < high ? "on_curve" : "depends");
  });

  test("allows a single run more than a cell of three, the cell what the law predicts and no less than the seeds", () => {
    const [cell, single] = [departureFrom(curve.laws, 768, [2, 2, 2]), departureFrom(curve.laws, 768, [2])];
    for (const [i, { fit }] of curve.laws.admissible.entries()) {
      const { loss, interval } = predictLoss(fit, 768);
      const least = loss + Math.max(interval.high - loss, loss - interval.low, cell.seedLimit!);
      expect(cell.byForm[i]!.interval.high).toBeCloseTo(least, 12);
      expect(single.byForm[i]!.interval.high).toBeGreaterThan(least);
    }
    expect(single.seedLimit).toBeCloseTo(cell.seedLimit! * Math.sqrt(3), 12);
  });

  test("a fitted size is judged by the others of them", () => {
    const moved = cells.map((cell) =>
      cell.factors.hidden_size === 42 ? { ...cell, mean: 5, values: cell.values.map(() => 5) } : cell,
    );
    const expectedAt42 = (from: typeof cells) =>
      departures(
        curve,
        from.filter(({ factors }) => factors.hidden_size === 42),
      ).map(({ expected, interval }) => [expected, interval]);
    expect(expectedAt42(moved)).toEqual(expectedAt42(cells));
    const without = fittedCurve(
      cells,
      fitted.filter((size) => size !== 42),
    );
    const form = curve.laws.chosen.form;
    const law = without.laws.fitted.find((one) => one.form === form)!.fit.law;
    expect(expectedAt42(cells)[0]![0]).toBeCloseTo(lossAt(law, 42), 9);
  });

  test("without replicates judges by the laws' intervals alone", () => {
    const bare = fittedCurve(post);
    expect(bare.laws.noise).toBeNull();
    const red = departures(
      bare,
      post.filter(({ factors }) => factors.hidden_size === 8192),
    ).find(({ rate }) => rate === 3e-4)!;
    expect(red).toMatchObject({ state: "above", seedLimit: null });
    expect(red.gap).toBeCloseTo(5.298 - lossAt(bare.laws.chosen.fit.law, 8192), 10);
  });

  test("says so where there are too few sizes, and then judges nothing", () => {
    const few = bestCaseCurve(cells.filter(({ factors }) => factors.hidden_size === 8));
    expect(few).toMatchObject({
      status: "unavailable",
      sentence: expect.stringMatching(/^no curve of tuned models: too few sizes: 1/),
    });
    expect(departures(few, cells)).toEqual([]);
  });
});

describe("a reader with one large run", () => {
  const small = sectionAtRate(post, 3e-4).points.filter(({ size }) => size <= 512);
  const large = (loss: number) => judgeLargeRun([...small, { size: 8192, losses: [loss] }]);

  test("is told that the post's run is off the curve, and what smaller model is as good", () => {
    const verdict = large(5.298);
    // The power law misses by +0.63 nats, the line by +0.78.
    expect(verdict).toMatchObject({
      status: "above",
      headline: "Size 8192 is off the curve, by +0.63 nats or more, whatever the form of the law",
    });
    expect(verdict.sentences[0]).toBe(`${verdict.headline}.`);
    expect(verdict.sentences.join(" ")).toContain(
      "A model of size 477 would be as good: making it 17 times wider",
    );
    expect(verdict.sentences.join(" ")).toContain("train size 8192 again at two or three other rates");
  });

  test("is told when a run keeps only the law of one form, and when it is better than any", () => {
    // The line predicts 4.45 to 4.58 there, the power law 4.59 to 4.74.
    expect(large(4.52)).toMatchObject({ status: "depends" });
    expect(large(4.66)).toMatchObject({ status: "depends" });
    expect(large(4.2)).toMatchObject({ status: "below", headline: expect.stringContaining("better") });
  });

  test("is told when a run keeps the law whatever its form: near by, where the forms agree", () => {
    const next = judgeLargeRun([...small, { size: 600, losses: [5.24] }]);
    expect(next).toMatchObject({ status: "on_curve", headline: expect.stringContaining("keeps the law") });
  });

  test("is told that too few sizes make no law", () => {
    expect(judgeLargeRun(small.slice(0, 3))).toMatchObject({ status: "unavailable" });
    expect(judgeLargeRun([]).sentences).toEqual([
      "There is no loss at any size, so there is nothing to judge.",
    ]);
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
      return correction.sizes.map(({ size, corrected, lawRate, nearestRate }) => [
        size,
        corrected.expected,
        corrected.interval,
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
      expect(corrected.loss! - best.loss!).toBeLessThan(0.1);
    }
    expect(tuning).toHaveLength(3);
  });

  test("on the post's grid brings the largest model to within 0.2 nats of its promise, where 3e-4 misses by more than half a nat", () => {
    const sizes = sizeRoles(post.map(({ factors }) => factors.hidden_size as number));
    const correction = testCorrection(post, sizes.fitted, 3e-4);
    if (correction.status !== "tested") throw new Error(correction.sentence);
    const last = correction.sizes.at(-1)!;
    expect(Math.abs(last.corrected.gap!)).toBeLessThan(0.2);
    expect(last.fixed!.gap!).toBeGreaterThan(0.5);
  });

  test("gives a size at its best rate the gap, the interval and the verdict that the instrument gives it", () => {
    const correction = testCorrection(post, sizeRoles(post.map(sizeOf)).fitted, 3e-4);
    if (correction.status !== "tested") throw new Error(correction.sentence);
    const largest = post.filter((cell) => sizeOf(cell) === 8192);
    const rows = departures(bestCaseCurve(post), largest);
    const { best, fixed } = correction.sizes.at(-1)!;
    expect(rows.find(({ rate }) => rate === 3e-4)).toMatchObject(fixed!);
    expect(rows.find(({ loss }) => loss === best.loss)).toMatchObject(best);
    expect(best.state).toBe("depends");
  });

  test("says why it cannot be made", () => {
    expect(testCorrection(cells, fitted.slice(0, 2), 1e-3)).toMatchObject({ status: "unavailable" });
  });
});
