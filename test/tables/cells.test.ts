import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sectionAtRate } from "../../lib/laws/sections";
import { bestValues } from "../../lib/tables/best";
import { summarizeCells } from "../../lib/tables/cells";
import { heatMapFrame } from "../../lib/tables/frames";
import { groupCells, levelsOf } from "../../lib/tables/levels";
import { completed, diverged } from "./trials";

describe("summarizeCells", () => {
  test("gives the textbook moments of a small sample", () => {
    const [cell] = summarizeCells([2, 4, 9].map((loss, seed) => completed({ hidden_size: 8, seed }, loss)));
    // Mean 5, squared deviations 9 + 1 + 16 = 26, variance 26 / 2 = 13.
    expect(cell).toEqual({
      factors: { hidden_size: 8 },
      mean: 5,
      standardDeviation: expect.closeTo(Math.sqrt(13), 12),
      standardError: expect.closeTo(Math.sqrt(13 / 3), 12),
      count: 3,
      diverged: 0,
      plateau: 1,
      values: [2, 4, 9],
    });
  });

  test("never averages a diverged trial, and flags its cell", () => {
    const [cell] = summarizeCells([
      completed({ seed: 0, h: 1 }, 3),
      diverged({ seed: 1, h: 1 }),
      completed({ seed: 2, h: 1 }, 4),
    ]);
    expect(cell).toMatchObject({ mean: 3.5, count: 2, diverged: 1, values: [3, 4] });
  });

  test("gives a cell whose trials all diverged no mean", () => {
    const [cell] = summarizeCells([diverged({ seed: 0, h: 1 }), diverged({ seed: 1, h: 1 })]);
    expect(cell).toMatchObject({
      mean: null,
      standardDeviation: null,
      standardError: null,
      count: 0,
      diverged: 2,
      values: [],
    });
  });

  test("knows no spread of a single trial", () => {
    const [cell] = summarizeCells([completed({ seed: 0, h: 1 }, 3)]);
    expect(cell).toMatchObject({ mean: 3, standardDeviation: null, standardError: null, count: 1 });
  });

  test("can average any other measure, over any other factors", () => {
    const records = [8, 16].flatMap((h) =>
      ["relu", "gelu"].map((activation) => completed({ h, activation, seed: 0 }, h / 4)),
    );
    const cells = summarizeCells(records, { by: ["activation"], measure: "test_loss" });
    expect(cells.map(({ factors, mean, count }) => [factors, mean, count])).toEqual([
      [{ activation: "gelu" }, 3.25, 2],
      [{ activation: "relu" }, 3.25, 2],
    ]);
    expect(summarizeCells(records, { by: [] })).toMatchObject([{ factors: {}, mean: 3, count: 4 }]);
  });

  test("of no trials are none, and names an unknown factor", () => {
    expect(summarizeCells([])).toEqual([]);
    expect(() => summarizeCells([completed({ seed: 0 }, 3)], { by: ["depth"] })).toThrow(
      /no trial has a factor "depth"/,
    );
  });

  test("agrees with moments computed one by one (property)", () => {
    const losses = fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(losses, fc.nat({ max: 3 }), (values, lost) => {
        const records = [
          ...values.map((loss, seed) => completed({ h: 1, seed }, loss)),
          ...Array.from({ length: lost }, (_, i) => diverged({ h: 1, seed: values.length + i })),
        ];
        const [cell] = summarizeCells(records);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
        expect(cell!.mean).toBeCloseTo(mean, 10);
        expect(cell!.standardDeviation).toBeCloseTo(Math.sqrt(variance), 6);
        expect(cell).toMatchObject({ count: values.length, diverged: lost, values });
      }),
      { numRuns: 30 },
    );
  });
});

test("levelsOf sorts numbers by size, not by their digits, and text behind them", () => {
  const cells = summarizeCells([completed({ h: 16 }, 1), completed({ h: 8 }, 1), completed({ h: 128 }, 1)]);
  expect(levelsOf(cells, "h")).toEqual([8, 16, 128]);
  const mixed = ["b", "a"].map((h) => ({ ...cells[0]!, factors: { h } }));
  expect(levelsOf([...mixed, ...cells], "h")).toEqual([8, 16, 128, "a", "b"]);
});

test("where another factor varies too, the error names it and what to take of it", () => {
  const records = ["cosine", "constant"].map((schedule) => completed({ h: 8, r: 1, schedule, seed: 0 }, 5));
  const cells = summarizeCells(records);
  const remedy =
    "they differ in schedule: take one value of it, such as schedule constant, or split the cells by tables.groupCells";
  expect(() => bestValues(cells, "r", "h")).toThrow(`several cells have the same h and r; ${remedy}`);
  expect(() => heatMapFrame(cells, "h", "r")).toThrow(`several cells have h 8 and r 1; ${remedy}`);
  expect(() => sectionAtRate(cells, 1, { size: "h", rate: "r" })).toThrow(
    `several cells have size 8 and rate 1; ${remedy}`,
  );
  expect(() => bestValues([cells[0]!, cells[0]!], "r", "h")).toThrow(/; give each cell once$/);
});

test("groupCells splits a grid so that only the named factors vary within a group", () => {
  const records = [32, 64].flatMap((batch_size) =>
    [8, 16].map((h) => completed({ h, batch_size }, h / batch_size)),
  );
  const groups = groupCells(summarizeCells(records), ["h"]);
  expect(groups.map(({ shared, cells }) => [shared, cells.map(({ factors }) => factors.h)])).toEqual([
    [{ batch_size: 32 }, [8, 16]],
    [{ batch_size: 64 }, [8, 16]],
  ]);
});
