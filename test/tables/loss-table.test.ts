import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { summarizeCells } from "../../lib/tables/cells";
import { writeTrials } from "../../lib/tables/files";
import { parseLossTable, readLossTable } from "../../lib/tables/loss-table";
import { noisyStudy } from "./trials";

const parse = (...lines: string[]) => parseLossTable(lines.join("\n"), "losses.csv");
const HEADER = "hidden_size,learning_rate,loss";

describe("readLossTable", () => {
  test("reads the post's grid: 12 sizes, 12 rates", () => {
    const cells = readLossTable("data/reference/metz-2022/grid.csv");
    expect(cells).toHaveLength(144);
    expect(cells.at(-1)).toMatchObject({
      factors: { hidden_size: 8192, learning_rate: 6e-3 },
      mean: 6.902,
      count: 1,
    });
  });

  test("reads our own trials.csv to the same cells as the trials themselves", () => {
    const folder = mkdtempSync(join(tmpdir(), "offcurve-losses-"));
    try {
      const records = noisyStudy();
      writeTrials(folder, records);
      const fromFile = readLossTable(join(folder, "trials.csv"));
      const fromTrials = summarizeCells(records);
      expect(fromFile.map(({ factors, values, diverged }) => ({ factors, values, diverged }))).toEqual(
        fromTrials.map(({ factors, values, diverged }) => ({ factors, values, diverged })),
      );
      for (const [i, cell] of fromFile.entries()) {
        expect(cell.mean ?? -1).toBeCloseTo(fromTrials[i]!.mean ?? -1, 12);
        expect(cell.standardError ?? -1).toBeCloseTo(fromTrials[i]!.standardError ?? -1, 12);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("averages the rows of a cell in the order of their seeds, and sorts by size and rate", () => {
    const cells = parse(
      "seed,loss,learning_rate,hidden_size",
      "1,3,0.1,16",
      "0,2,0.1,16",
      "0,5,0.01,16",
      "0,4,0.1,8",
    );
    expect(
      cells.map(({ factors, mean, values }) => [factors.hidden_size, factors.learning_rate, mean, values]),
    ).toEqual([
      [8, 0.1, 4, [4]],
      [16, 0.01, 5, [5]],
      [16, 0.1, 2.5, [2, 3]],
    ]);
  });

  test("takes losses that are not finite for diverged trials", () => {
    for (const loss of ["nan", "NaN", "inf", "-Infinity"]) {
      expect(parse(HEADER, `8,0.1,${loss}`)).toMatchObject([{ mean: null, count: 0, diverged: 1 }]);
    }
  });

  test("reads byte order mark, CRLF, quoted fields and blank lines as spreadsheets write them", () => {
    const cells = parseLossTable(`\uFEFFnote,${HEADER}\r\n"a, ""b""",8,1E-1,"2.5"\r\n\r\n`, "losses.csv");
    expect(cells).toMatchObject([{ factors: { hidden_size: 8, learning_rate: 0.1 }, mean: 2.5 }]);
  });

  test.each([
    [
      "a missing column",
      ["hidden_size,loss", "8,2"],
      'losses.csv, line 1: expected one column "learning_rate", found 0',
    ],
    [
      "a column given twice",
      [`${HEADER},loss`, "8,1,2,3"],
      'losses.csv, line 1: expected one column "loss", found 2',
    ],
    ["an empty file", [""], 'losses.csv, line 1: expected one column "hidden_size", found 0'],
    ["no rows", [HEADER, ""], "losses.csv: no rows below the header"],
    [
      "a short row",
      [HEADER, "8,0.1,2", "8,0.1"],
      "losses.csv, line 3: expected 3 fields as in the header, got 2",
    ],
    ["a long row", [HEADER, "8,0.1,2,5"], "losses.csv, line 2: expected 3 fields as in the header, got 4"],
    [
      "a size that is no number",
      [HEADER, "", "wide,0.1,2"],
      'losses.csv, line 3: hidden_size must be a positive number, got "wide"',
    ],
    ["a negative size", [HEADER, "-8,0.1,2"], 'line 2: hidden_size must be a positive number, got "-8"'],
    ["a rate of zero", [HEADER, "8,0,2"], 'line 2: learning_rate must be a positive number, got "0"'],
    [
      "an empty loss",
      [HEADER, "8,0.1,"],
      'line 2: loss must be a number in nats (or nan for a diverged trial), got ""',
    ],
    [
      "a loss in hexadecimal",
      [HEADER, "8,0.1,0x10"],
      'line 2: loss must be a number in nats (or nan for a diverged trial), got "0x10"',
    ],
    [
      "a seed that is no number",
      [`${HEADER},seed`, "8,0.1,2,first"],
      'line 2: seed must be a number, got "first"',
    ],
    ["an open quote", [HEADER, '8,0.1,"2'], "losses.csv, line 2: a double quote is out of place"],
  ])("names file and line of %s", (_, lines, message) => {
    expect(() => parse(...lines)).toThrow(message);
  });

  test("names a file that is not there", () => {
    expect(() => readLossTable("no/such.csv")).toThrow(/cannot read no\/such\.csv/);
  });

  test("either reads a text or refuses it with its name, whatever the text (property)", () => {
    const line = fc.oneof(fc.string(), fc.stringMatching(/^[\d.,e"+-]{0,20}$/), fc.constant("8,0.1,2"));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          expect(parse(HEADER, ...lines).every(({ count, diverged }) => count + diverged > 0)).toBe(true);
        } catch (error) {
          expect((error as Error).message).toMatch(/^losses\.csv/);
        }
      }),
    );
  });

  test("reads back what it is given (property)", () => {
    const row = fc.tuple(
      fc.integer({ min: 1, max: 9999 }),
      fc.double({ min: 1e-9, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 9, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(row, { minLength: 1, selector: ([size]) => size }), (rows) => {
        const cells = parse(HEADER, ...rows.map((values) => values.join(",")));
        const sorted = [...rows].sort(([one], [other]) => one - other);
        expect(cells.map(({ factors, mean }) => [factors.hidden_size, factors.learning_rate, mean])).toEqual(
          sorted,
        );
      }),
    );
  });

  test("is not confused by a folder", () => {
    const folder = mkdtempSync(join(tmpdir(), "offcurve-losses-"));
    writeFileSync(join(folder, "x"), "");
    expect(() => readLossTable(folder)).toThrow(/cannot read/);
    rmSync(folder, { recursive: true });
  });
});
