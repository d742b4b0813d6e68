import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { compareTrials, type PairState, type TrialComparison } from "../../lib/claims/compare-trials";
import { randomStream } from "../../lib/random/stream";
import type { CompletedRecord, TrialRecord } from "../../lib/sweep/record";
import { completed, diverged, noisyStudy } from "../tables/trials";

const SIZES = [4, 8, 16, 32];
const RATES = [1e-3, 3e-3, 1e-2];

/** Trials of a small grid whose seeds have a standard deviation of `noise` nats at every cell. */
function runOf(noise: number, key: number, seeds = 3): CompletedRecord[] {
  const normals = new Float64Array(SIZES.length * RATES.length * seeds);
  randomStream("a run to compare", 3).normal(key, normals);
  let next = 0;
  return SIZES.flatMap((hidden_size) =>
    RATES.flatMap((learning_rate) =>
      Array.from({ length: seeds }, (_, seed) =>
        withLoss(completed({ hidden_size, learning_rate, seed }, 3), 3 + noise * normals[next++]!),
      ),
    ),
  );
}

/** The trial as it would be with another loss; the held-out loss moves with it, the accuracy stays. */
function withLoss(record: CompletedRecord, loss: number): CompletedRecord {
  return { ...record, loss, test_loss: loss + 0.25, curve: [[100, loss]] };
}

const changed = <Changed extends TrialRecord>(
  records: readonly CompletedRecord[],
  index: number,
  change: (record: CompletedRecord) => Changed,
): (CompletedRecord | Changed)[] => records.map((record, i) => (i === index ? change(record) : record));
const move = (by: number) => (record: CompletedRecord) => withLoss(record, record.loss + by);
const stateOf = ({ pairs }: TrialComparison, id: string) => pairs.find((pair) => pair.id === id)!.state;

describe("a trial on both sides", () => {
  const run = runOf(0.05, 0);
  const stateAfter = (change: (record: CompletedRecord) => TrialRecord): PairState =>
    stateOf(compareTrials(run, changed(run, 7, change)), run[7]!.id);

  test.each<[PairState, string, (record: CompletedRecord) => TrialRecord]>([
    [
      "identical",
      "nothing but its engine and time",
      (record) => ({ ...record, engine: "other", seconds: 9 }),
    ],
    ["within_rounding", "its last bit", (record) => ({ ...record, loss: record.loss * (1 + 2 ** -52) })],
    [
      "within_rounding",
      "9 in a hundred thousand of its loss",
      (record) => withLoss(record, record.loss * (1 + 9e-5)),
    ],
    [
      "within_seeds",
      "12 in a hundred thousand of its loss",
      (record) => withLoss(record, record.loss * (1 + 12e-5)),
    ],
    ["within_seeds", "its curve alone", (record) => ({ ...record, curve: [[100, record.loss + 0.5]] })],
    [
      "within_seeds",
      "the updates of its curve",
      (record) => ({
        ...record,
        curve: [
          [50, 4],
          [100, 3],
        ],
      }),
    ],
    ["within_seeds", "as much as two seeds may", move(0.1)],
    ["outside", "ten times as much as two seeds do", move(0.7)],
    ["outside", "the held-out loss alone", (record) => ({ ...record, test_loss: record.test_loss - 0.7 })],
    ["outside", "the accuracy alone", (record) => ({ ...record, test_accuracy: 0.9 })],
    [
      "within_rounding",
      "the side of one example in two thousand",
      (record) => ({ ...record, test_accuracy: record.test_accuracy + 5e-4 }),
    ],
    ["outside", "its end: it diverged", ({ factors }) => diverged(factors)],
  ])("is %s where it differs in %s", (state, _, change) => {
    expect(stateAfter(change)).toBe(state);
  });

  it("is listed with its difference, the farthest apart first", () => {
    const other = changed(changed(changed(run, 3, move(0.9)), 5, move(-1.5)), 11, ({ factors }) =>
      diverged(factors),
    );
    const { pairs, counts, divergedOnOneSide } = compareTrials(run, other);
    expect(pairs.slice(0, 3).map(({ id }) => id)).toEqual([11, 5, 3].map((i) => run[i]!.id));
    expect(pairs[1]!.differences.loss).toBeCloseTo(-1.5, 10);
    expect(pairs[0]!.differences.loss).toBeNull();
    expect(counts).toEqual({ identical: 33, within_rounding: 0, within_seeds: 0, outside: 3 });
    expect(divergedOnOneSide).toBe(1);
  });

  it("may diverge on one side where on both of the other seeds some do and some do not", () => {
    const seeds = [0, 1, 2].map((seed) => ({ hidden_size: 4, learning_rate: 1e-3, seed }));
    const [a, b, c] = seeds as [(typeof seeds)[0], (typeof seeds)[0], (typeof seeds)[0]];
    const one = [completed(a, 3), completed(b, 3), diverged(c)];
    const chance = compareTrials(one, [diverged(a), completed(b, 3), diverged(c)]);
    expect(stateOf(chance, one[0]!.id)).toBe("within_seeds");
    expect(chance.divergedOnOneSide).toBe(1);
    const none = [completed(a, 3), completed(b, 3), completed(c, 3)];
    for (const others of [none.slice(1), [completed(b, 3), diverged(c)], [diverged(b), diverged(c)]]) {
      expect(stateOf(compareTrials(none, [diverged(a), ...others]), none[0]!.id)).toBe("outside");
    }
  });

  it("may diverge at another update", () => {
    const factors = { hidden_size: 4, learning_rate: 1e-3, seed: 0 };
    const at = (update: number) => [diverged(factors, update)];
    expect(compareTrials(at(17), at(17)).pairs[0]!.state).toBe("identical");
    expect(compareTrials(at(17), at(18)).pairs[0]!.state).toBe("within_seeds");
  });
});

describe("the noise of seeds", () => {
  it("holds nearly all of two runs with other seeds, and no shift", () => {
    const clean = Array.from({ length: 60 }, (_, key) =>
      compareTrials(runOf(0.05, 2 * key), runOf(0.05, 2 * key + 1)),
    );
    const outside = clean.filter(
      ({ counts, shifts }) => counts.outside > 0 || shifts.some((shift) => shift.outside),
    );
    // Nominal 95 % of comparisons; the chance of fewer than 50 in 60 at 95 % is 1e-4.
    expect(clean.length - outside.length).toBeGreaterThanOrEqual(50);
  });

  it("is that of the grid about a trial: tuned cells are not excused by wild ones", () => {
    const wild = (record: CompletedRecord, i: number) =>
      (record.factors.learning_rate as number) === 1e-2 ? withLoss(record, 5 + (i % 3)) : record;
    const sizes = SIZES.flatMap((size) => [size, size * 1000]);
    const one = sizes
      .flatMap((hidden_size) =>
        [1e-5, 1e-4, 1e-3, 1e-2].flatMap((learning_rate) =>
          [0, 1, 2].map((seed) =>
            withLoss(completed({ hidden_size, learning_rate, seed }, 3), 3 + 0.01 * (seed - 1)),
          ),
        ),
      )
      .map(wild);
    const index = one.findIndex(({ factors }) => factors.learning_rate === 1e-5);
    const compare = (at: number) => compareTrials(one, changed(one, at, move(0.3))).pairs[0]!.state;
    expect(compare(index)).toBe("outside");
    expect(compare(one.findIndex(({ factors }) => factors.learning_rate === 1e-2))).toBe("within_seeds");
  });

  it("does not hide a shift of all trials that none shows alone", () => {
    const run = runOf(0.05, 0);
    const { counts, shifts } = compareTrials(run, run.map(move(0.07)));
    expect(counts).toMatchObject({ identical: 0, outside: 0 });
    const shift = shifts.find(({ measure }) => measure === "loss")!;
    expect(shift).toMatchObject({ outside: true });
    expect(shift.mean).toBeCloseTo(0.07, 10);
    // 36 trials, each shifted by 0.07 / (0.05 √2) standard deviations, which are estimated from few seeds.
    expect(shift.standardErrors).toBeGreaterThan(0.7 * 1.4 * Math.sqrt(36 / 2));
    expect(shift.standardErrors).toBeLessThan(1.6 * 1.4 * Math.sqrt(36 / 2));
  });

  it("is unknown with one seed: then whatever is beyond rounding is outside", () => {
    const run = runOf(0.05, 0, 1);
    const { noiseKnown, counts, pairs } = compareTrials(run, changed(run, 2, move(1e-3)));
    expect(noiseKnown).toBe(false);
    expect(counts).toEqual({ identical: 11, within_rounding: 0, within_seeds: 0, outside: 1 });
    expect(pairs[0]!.id).toBe(run[2]!.id);
  });
});

describe("what only one side has", () => {
  it("is named: trials, values of factors, and factors", () => {
    const run = runOf(0.05, 0);
    const smaller = run.filter(({ factors }) => factors.hidden_size !== 32 && factors.seed !== 2);
    const found = compareTrials(run, [...smaller, completed({ depth: 2, hidden_size: 4 }, 3)]);
    expect(found.pairs).toHaveLength(18);
    expect(found.onlyOne).toHaveLength(18);
    expect(found.onlyOther.map(({ factors }) => factors)).toEqual([{ depth: 2, hidden_size: 4 }]);
    expect(found.levelsOnlyOne).toEqual([
      { factor: "hidden_size", values: [32] },
      { factor: "seed", values: [2] },
    ]);
    expect(found.levelsOnlyOther).toEqual([{ factor: "depth", values: [2] }]);
  });

  it("is everything where nothing is shared", () => {
    const found = compareTrials(runOf(0.05, 0), []);
    expect(found.pairs).toEqual([]);
    expect(found.onlyOne).toHaveLength(36);
    expect(found.counts).toEqual({ identical: 0, within_rounding: 0, within_seeds: 0, outside: 0 });
  });
});

describe("for any two runs", () => {
  const trial = fc.record({
    hidden_size: fc.constantFrom(4, 8, 16),
    learning_rate: fc.constantFrom(1e-3, 1e-2),
    seed: fc.constantFrom(0, 1, 2),
    loss: fc.oneof(fc.constantFrom(3, 3.0001, null), fc.double({ min: 0.1, max: 7, noNaN: true })),
  });
  const run = fc
    .uniqueArray(trial, { selector: ({ loss: _, ...factors }) => JSON.stringify(factors), maxLength: 18 })
    .map((trials) =>
      trials.map(({ loss, ...factors }) => (loss === null ? diverged(factors) : completed(factors, loss))),
    );

  test("the sides may be exchanged: the same states in the same order, differences with the other sign", () => {
    fc.assert(
      fc.property(run, run, (one, other) => {
        const [there, back] = [compareTrials(one, other), compareTrials(other, one)];
        expect(back.counts).toEqual(there.counts);
        expect(back.divergedOnOneSide).toBe(there.divergedOnOneSide);
        expect([back.onlyOther, back.onlyOne]).toEqual([there.onlyOne, there.onlyOther]);
        expect([back.levelsOnlyOther, back.levelsOnlyOne]).toEqual([
          there.levelsOnlyOne,
          there.levelsOnlyOther,
        ]);
        expect(back.pairs.map(({ id, state, excess }) => ({ id, state, excess }))).toEqual(
          there.pairs.map(({ id, state, excess }) => ({ id, state, excess })),
        );
        for (const [i, pair] of there.pairs.entries()) {
          const { loss } = pair.differences;
          expect(back.pairs[i]!.differences.loss).toEqual(loss === null ? null : 0 - loss);
        }
        expect(back.shifts.map(({ outside }) => outside)).toEqual(there.shifts.map(({ outside }) => outside));
      }),
    );
  });

  test("the order of the records does not matter", () => {
    const pairOfRuns = fc
      .tuple(run, run)
      .chain(([one, other]) => fc.tuple(fc.constant([one, other] as const), shuffled(one), shuffled(other)));
    fc.assert(
      fc.property(pairOfRuns, ([[one, other], oneShuffled, otherShuffled]) => {
        expect(compareTrials(oneShuffled, otherShuffled)).toEqual(compareTrials(one, other));
      }),
    );
  });

  test("a run is identical to itself", () => {
    fc.assert(
      fc.property(run, (one) => {
        const { counts, shifts, onlyOne, onlyOther } = compareTrials(one, structuredClone(one));
        expect(counts).toEqual({ identical: one.length, within_rounding: 0, within_seeds: 0, outside: 0 });
        expect([onlyOne, onlyOther, shifts.filter(({ outside }) => outside)]).toEqual([[], [], []]);
      }),
    );
  });

  const shuffled = <T>(items: readonly T[]) => fc.shuffledSubarray([...items], { minLength: items.length });

  test("432 noisy trials with diverged ones among them are identical to themselves", () => {
    const { counts } = compareTrials(noisyStudy(), noisyStudy());
    expect(counts).toEqual({ identical: 432, within_rounding: 0, within_seeds: 0, outside: 0 });
  });
});
