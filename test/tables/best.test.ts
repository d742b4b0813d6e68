import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bestValues } from "../../lib/tables/best";
import { type Cell, summarizeCells } from "../../lib/tables/cells";
import { bestFrame, cellFrame, heatMapFrame } from "../../lib/tables/frames";
import { completed, diverged } from "./trials";

/** One cell a rate, at one size, from the losses of its seeds; null is a diverged trial. */
function row(losses: readonly (readonly (number | null)[])[], hidden_size = 8): Cell[] {
  return summarizeCells(
    losses.flatMap((seeds, i) =>
      seeds.map((loss, seed) => {
        const factors = { hidden_size, learning_rate: Number(`1e${i - 4}`), seed };
        return loss === null ? diverged(factors) : completed(factors, loss);
      }),
    ),
  );
}
const best = (losses: readonly (readonly (number | null)[])[]) =>
  bestValues(row(losses), "learning_rate", "hidden_size")[0]!;

describe("bestValues", () => {
  test("takes the lowest mean", () => {
    expect(best([[3], [2], [4]])).toMatchObject({
      level: 8,
      best: 1e-3,
      mean: 2,
      edge: "none",
      ties: [],
      tried: 3,
    });
  });

  test("flags an optimum on the edge of the grid, where the optimum may lie outside", () => {
    expect(best([[1], [2], [3]])).toMatchObject({ best: 1e-4, edge: "low" });
    expect(best([[3], [2], [1]])).toMatchObject({ best: 1e-2, edge: "high" });
    expect(best([[3]])).toMatchObject({ edge: "low" });
  });

  test("names the values tried next to the best one, diverged or not", () => {
    expect(best([[3], [2], [null]])).toMatchObject({ below: 1e-4, above: 1e-2 });
    expect(best([[1], [2], [3]])).toMatchObject({ below: null, above: 1e-3 });
    expect(best([[null], [null]])).toMatchObject({ below: null, above: null });
  });

  test("does not call a rate an edge when the next one was tried and diverged", () => {
    expect(best([[3], [2], [null]])).toMatchObject({ best: 1e-3, edge: "none", diverged: [1e-2] });
  });

  test("never takes a cell in which a trial diverged, however low its survivors", () => {
    expect(
      best([
        [3, 3],
        [1, null],
        [4, 4],
      ]),
    ).toMatchObject({ best: 1e-4, edge: "low", diverged: [1e-3] });
  });

  test("has no best value where every cell has diverged trials", () => {
    expect(best([[null], [1, null]])).toMatchObject({ best: null, mean: null, edge: "none", ties: [] });
  });

  test("lists as ties the cells within the combined standard error, just inside and not just outside", () => {
    // Standard errors: 0.1 for the seeds 2 ± 0.1 each, so the combined one is 0.1 √2 = 0.1414.
    const around = (mean: number) => [mean - 0.1, mean + 0.1];
    expect(best([around(2.14), around(2), around(2.15)]).ties).toEqual([1e-4]);
  });

  test("ties single trials only by equality, and then takes the lower value", () => {
    expect(best([[3], [2], [2], [2.0001]])).toMatchObject({ best: 1e-3, ties: [1e-2] });
  });

  test("finds the minimum of any row (property)", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 12 }),
        (losses) => {
          const found = best(losses.map((loss) => [loss]));
          expect(found.mean).toBe(Math.min(...losses));
          expect(found.edge === "none").toBe(
            ![0, losses.length - 1].includes(losses.indexOf(Math.min(...losses))),
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  test("refuses cells that a third factor tells apart", () => {
    const cells = summarizeCells(
      [32, 64].map((batch_size) => completed({ hidden_size: 8, learning_rate: 1, batch_size }, 1)),
    );
    expect(() => bestValues(cells, "learning_rate", "hidden_size")).toThrow(
      /they differ in batch_size: take one value of it/,
    );
  });
});

describe("frames", () => {
  const cells = [
    ...row([
      [3, 3.2],
      [2, null],
      [null, null],
    ]),
    ...row([[2.5], [2.25]], 16),
  ];

  test("heatMapFrame is wide, sorted, and null where a trial diverged or nothing was run", () => {
    expect(heatMapFrame(cells, "hidden_size", "learning_rate").toRecords()).toEqual([
      { hidden_size: 8, "1e-4": 3.1, "1e-3": null, "1e-2": null },
      { hidden_size: 16, "1e-4": 2.5, "1e-3": 2.25, "1e-2": null },
    ]);
  });

  test("cellFrame has a row a cell, with integers as integers", () => {
    const frame = cellFrame(cells);
    expect(frame.getColumn("hidden_size").toArray()).toEqual([8, 8, 8, 16, 16]);
    expect(frame.schema.hidden_size?.variant).toBe("Int64");
    expect(frame.getColumn("diverged").toArray()).toEqual([0, 1, 2, 0, 0]);
  });

  test("bestFrame shows edges and what diverged", () => {
    const frame = bestFrame(
      bestValues(cells, "learning_rate", "hidden_size"),
      "learning_rate",
      "hidden_size",
    );
    expect(frame.toRecords()).toMatchObject([
      { hidden_size: 8, learning_rate: 1e-4, edge: "low", diverged: "1e-3 1e-2", ties: "" },
      { hidden_size: 16, learning_rate: 1e-3, edge: "high", diverged: "" },
    ]);
  });
});
