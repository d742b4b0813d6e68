import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { factorNames, trialFrame } from "../../lib/tables/trial-frame";
import { completed, diverged } from "./trials";

const typesOf = (frame: ReturnType<typeof trialFrame>) =>
  Object.fromEntries(
    Object.entries<{ variant: string }>(frame.schema).map(([name, type]) => [name, type.variant]),
  );

describe("trialFrame", () => {
  test("has the columns id, the factors, then the results", () => {
    const frame = trialFrame([completed({ hidden_size: 8, learning_rate: 1e-3, seed: 0 }, 5)]);
    expect(frame.columns).toEqual([
      ..."id hidden_size learning_rate seed status loss test_loss test_accuracy".split(" "),
      ..."plateau diverged_at engine seconds".split(" "),
    ]);
  });

  test("keeps whole-number factors integers, other numbers floats, names text, and a mixture text", () => {
    const frame = trialFrame([
      completed({ size: 8, rate: 1, schedule: "cosine", norm: true, mixed: 1 }, 5),
      completed({ size: 16, rate: 0.5, schedule: "linear", norm: false, mixed: "auto" }, 5),
    ]);
    expect(typesOf(frame)).toMatchObject({
      size: "Int64",
      rate: "Float64",
      schedule: "String",
      norm: "Bool",
      mixed: "String",
    });
    expect(frame.getColumn("mixed").toArray()).toEqual(["1", "auto"]);
  });

  test("gives a diverged trial no losses and a completed one no update of divergence", () => {
    const rows = trialFrame([diverged({ seed: 0 }, 31), completed({ seed: 1 }, 5)]).toRecords();
    expect(rows).toMatchObject([
      {
        status: "diverged",
        loss: null,
        test_loss: null,
        test_accuracy: null,
        plateau: null,
        diverged_at: 31,
      },
      { status: "completed", loss: 5, test_loss: 5.25, plateau: false, diverged_at: null },
    ]);
  });

  test("types every column of a study in which all trials diverged", () => {
    const frame = trialFrame([diverged({ seed: 0 })]);
    expect(typesOf(frame)).toMatchObject({ loss: "Float64", plateau: "Bool", diverged_at: "Int64" });
  });

  test("of no trials is empty, with typed columns", () => {
    const frame = trialFrame([]);
    expect(frame.height).toBe(0);
    expect(typesOf(frame)).toMatchObject({ id: "String", loss: "Float64", diverged_at: "Int64" });
  });

  test("leaves a factor that a trial does not have null", () => {
    const rows = trialFrame([completed({ seed: 0, depth: 3 }, 5), completed({ seed: 1 }, 5)]).toRecords();
    expect(rows.map(({ depth }) => depth)).toEqual([3, null]);
  });

  test("refuses a factor that bears the name of a result", () => {
    expect(() => trialFrame([completed({ loss: 1 }, 5)])).toThrow(
      /factor "loss" has the name of a result column/,
    );
  });

  test("does not depend on the order in which trials finished (property)", () => {
    const grid = [4, 8, 16].flatMap((size) =>
      [0.1, 0.02].flatMap((rate) => [0, 1].map((seed) => ({ size, rate, seed }))),
    );
    const records = grid.map((factors, i) =>
      i % 5 === 4 ? diverged(factors) : completed(factors, 6 - i / 10),
    );
    const sorted = trialFrame(records).toRecords();
    expect(sorted.map(({ size, rate, seed }) => [size, rate, seed]).slice(0, 3)).toEqual([
      [4, 0.02, 0],
      [4, 0.02, 1],
      [4, 0.1, 0],
    ]);
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
        expect(trialFrame(shuffled).toRecords()).toEqual(sorted);
      }),
      { numRuns: 30 },
    );
  });
});

test("factorNames lists every factor once, in the order of first appearance", () => {
  expect(factorNames([completed({ b: 1, a: 2 }, 5), completed({ a: 1, c: 2 }, 5)])).toEqual(["b", "a", "c"]);
});
