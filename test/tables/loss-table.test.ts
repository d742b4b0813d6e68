import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { summarizeCells } from "../../lib/tables/cells";
import { parseTextTable } from "../../lib/tables/csv";
import { writeTrials } from "../../lib/tables/files";
import { lossCells, parseLossTable, readLossTable } from "../../lib/tables/loss-table";
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
    ["an empty file", [""], "losses.csv: the file is empty; expected a header and one row a trial"],
    ["no rows", [HEADER, ""], "losses.csv: no rows below the header"],
    [
      "a short row",
      [HEADER, "8,0.1,2", "8,0.1"],
      'losses.csv, line 3: loss must be a number in nats (or nan for a diverged trial), got ""',
    ],
    ["a long row", [HEADER, "8,0.1,2,5"], "losses.csv, line 2: more fields than the header has names"],
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

  test.each([
    ["semicolons", "hidden_size;learning_rate;loss\n8;0.1;2.5\n"],
    ["tabs", "hidden_size\tlearning_rate\tloss\n8\t0.1\t2.5\n"],
    ["line ends of a carriage return", `${HEADER}\r8,0.1,2.5\r`],
    ["blank lines above the header, and spaces", `\n \nhidden_size , learning_rate, loss\n 8, 0.1 ,2.5 \n`],
    ["a note with a line break", `note,${HEADER}\n"a\nb",8,0.1,2.5\n`],
  ])("reads %s", (_, text) => {
    expect(parseLossTable(text, "losses.csv")).toMatchObject([
      { factors: { hidden_size: 8, learning_rate: 0.1 }, values: [2.5] },
    ]);
  });

  test.each([
    ["blank lines above", `\n\n${HEADER}\n8,0.1,2.5\n8,0.1,x\n`, "losses.csv, line 5: loss"],
    ["a line break in a field", `note,${HEADER}\n"a\nb",8,0.1,2.5\nc,8,0.1,x\n`, "losses.csv, line 4: loss"],
    ["a long row", `${HEADER}\n8,0.1,2\n\n8,0.2,2\n8,0.3,2,9\n8,0.4,2\n`, "losses.csv, line 5: more fields"],
    [
      "a decimal comma",
      "hidden_size;learning_rate;loss\n8;0.1;2,5\n",
      'line 2: loss must be a number in nats (or nan for a diverged trial), got "2,5"; write decimals with a point',
    ],
  ])("counts lines as an editor does: %s", (_, text, message) => {
    expect(() => parseLossTable(text, "losses.csv")).toThrow(message);
  });

  test("quotes the beginning of a field of millions of characters", () => {
    const message = () => {
      try {
        return String(parse(HEADER, `8,0.1,${"x".repeat(5_000_000)}`));
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(message()).toBe(
      `losses.csv, line 2: loss must be a number in nats (or nan for a diverged trial), got "${"x".repeat(40)}" … (5000000 characters)`,
    );
  });

  test("reads UTF-16 by its byte order mark, and says what to do about other encodings", () => {
    const folder = mkdtempSync(join(tmpdir(), "offcurve-losses-"));
    const read = (bytes: Buffer) => {
      writeFileSync(join(folder, "x.csv"), bytes);
      return readLossTable(join(folder, "x.csv"));
    };
    const text = `\uFEFFnote,${HEADER}\né,8,0.1,2.5\n`;
    expect(read(Buffer.from(text, "utf16le"))).toMatchObject([{ values: [2.5] }]);
    expect(read(Buffer.from(text, "utf16le").swap16())).toMatchObject([{ values: [2.5] }]);
    expect(read(Buffer.from(text))).toMatchObject([{ values: [2.5] }]);
    const refusal = /x\.csv: not a text in UTF-8; save the table as CSV with the encoding UTF-8/;
    expect(() => read(Buffer.from(text.slice(1), "utf16le"))).toThrow(refusal);
    expect(() => read(Buffer.from(text.slice(1), "latin1"))).toThrow(refusal);
    rmSync(folder, { recursive: true });
  });

  test("does not pool rows that share size, rate and seed, and names what they differ in", () => {
    const pooled = "test/fixtures/losses/pooled.csv";
    expect(() => readLossTable(pooled)).toThrow(
      'pooled.csv, line 6: has the same hidden_size, learning_rate and seed as line 2, and differs from it in batch_size ("32" and "256"); a law needs the rows of one: choose with --where batch_size=… or leave the others out',
    );
    // By hand: 3.00, 2.70, 2.40, 2.10 at batch size 32.
    const losses = (batch_size: string) =>
      readLossTable(pooled, { where: { batch_size } }).map(({ mean }) => mean);
    expect(losses("32")).toEqual([3, 2.7, 2.4, 2.1]);
    expect(losses("256.0")).toEqual([2, 1.9, 1.8, 1.7]);
    expect(() => losses("64")).toThrow(/has no row where batch_size is "64"; it has "32", "256"/);
    expect(() => readLossTable(pooled, { where: { depth: "1" } })).toThrow(
      /has no column "depth"; its columns are/,
    );
  });

  test("names of several differing columns the one with the fewest values, and refuses a repeated row", () => {
    const header = `id,depth,test_loss,seed,${HEADER}`;
    expect(() =>
      parse(header, "a,1,2.1,0,8,0.1,2", "b,2,2.2,0,8,0.1,2.5", "c,1,2.3,0,16,0.1,2", "d,2,2.4,0,16,0.1,2.5"),
    ).toThrow(/line 3: has the same .* as line 2, and differs from it in depth \("1" and "2"\)/);
    expect(() => parse(`seed,${HEADER}`, "0,8,0.1,2", "0,8,0.1,2")).toThrow(
      "losses.csv, line 3: has the same hidden_size, learning_rate and seed as line 2; keep one row a trial",
    );
  });

  test("notices without seeds a column that tells the rows of every cell apart", () => {
    const notices = (lines: readonly string[]) =>
      lossCells(parseTextTable(lines.join("\n"), "x"), "x", { size: "hidden_size", rate: "learning_rate" })
        .notices;
    const rows = ["32,8,0.1,3", "256,8,0.1,2", "32,16,0.1,2.7", "256,16,0.1,1.9"];
    expect(notices([`batch_size,${HEADER}`, ...rows])).toEqual([
      "rows of one size and rate differ in batch_size and count as seeds of one cell; to fit one of them choose it with --where batch_size=…",
    ]);
    expect(notices([`run,${HEADER}`, ...rows])).toEqual([]);
    expect(notices([`note,${HEADER}`, "a,8,0.1,3", "a,8,0.1,2", "a,16,0.1,2", "a,16,0.1,1"])).toEqual([]);
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
