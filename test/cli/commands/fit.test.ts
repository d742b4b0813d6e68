import { mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { fitCommand } from "../../../lib/cli/commands/fit";
import { UsageError } from "../../../lib/cli/errors";

// The commander that the library itself resolves; another version may stand above it.
const { Command } = createRequire(join(__dirname, "../../../lib/cli/commands/fit.ts"))("commander");
const GRID = "data/reference/metz-2022/grid.csv";

function offcurveFit(...words: string[]): string {
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  fitCommand(program);
  program.parse(["fit", "--table", GRID, ...words], { from: "user" });
  return written.mock.calls.map(([text]) => text).join("");
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("offcurve fit", () => {
  test("prints the post's law, its prediction for 8192 and the miss", () => {
    const text = offcurveFit("--at-rate", "3e-4", "--sizes", "4..512", "--predict", "8192");
    expect(text).toContain("at rate 3e-4, fitted to 8 sizes from 4 to 512");
    expect(text).toMatch(
      /least squares +7\.00 - 0\.276 ln\(h\) +0\.9990 +4\.52 +4\.45 to 4\.58 +5\.30 +\+0\.78/,
    );
    expect(text).toMatch(/The line predicts the next larger size best, 2 times as large/);
  });

  test("prints with --json one document, its keys in snake_case", () => {
    const document = JSON.parse(
      offcurveFit("--at-rate", "0.0003", "--sizes", "4..512", "--predict", "8192", "--json"),
    );
    expect(document).toMatchObject({ at_rate: 3e-4, sizes: [4, 8, 16, 32, 64, 128, 256, 512], notices: [] });
    expect(document.fits).toHaveLength(6);
    expect(document.fits[0]).toMatchObject({
      form: "logarithmic",
      objective: "squares",
      status: "converged",
      parameters: { a: expect.closeTo(7.005, 3), b: expect.closeTo(-0.276, 3) },
      r_squared: expect.closeTo(0.999, 3),
      extrapolation: {
        observed: 5.298,
        miss: expect.closeTo(0.783, 3),
        inside: false,
        no_better_than: expect.closeTo(477, 0),
      },
    });
    expect(document.choice).toMatchObject({ status: "chosen", form: "logarithmic" });
  });

  test("without a rate fits the best case over all rates", () => {
    const document = JSON.parse(offcurveFit("--json"));
    expect(document).toMatchObject({ at_rate: null });
    expect(document.sizes).toHaveLength(12);
    expect(document.fits[0].extrapolation).toBeNull();
  });

  test("shows the digits of small losses, and the width of their intervals", () => {
    // The table is 0.00169 + 0.406 h^-0.34, which is 0.001773 at 7e10.
    const text = offcurveFit("--table", "test/fixtures/losses/small-losses.csv", "--predict", "7e10");
    expect(text).toMatch(/least squares +0\.00491 - 0\.000135 ln\(h\) .* 0\.00154 +0\.00129 to 0\.00178 /);
    expect(text).toMatch(/least squares +0\.00169 \+ 0\.406 h\^-0\.340 .* 0\.00177 /);
    expect(text).not.toMatch(/ 0\.00 /);
  });

  test("fits one of two laws that stand in one table, and refuses to pool them", () => {
    const pooled = ["--table", "test/fixtures/losses/pooled.csv", "--predict", "512"];
    expect(() => offcurveFit(...pooled)).toThrow(/differs from it in batch_size \("32" and "256"\)/);
    expect(offcurveFit(...pooled, "--where", "batch_size=32")).toMatch(
      /least squares +3\.90 - 0\.433 ln\(h\) .* 1\.20 /,
    );
    vi.restoreAllMocks();
    expect(offcurveFit(...pooled, "--where", "batch_size=256")).toMatch(
      /least squares +2\.30 - 0\.144 ln\(h\) .* 1\.40 /,
    );
    expect(() => offcurveFit("--where", "batch_size")).toThrow(/--where must be written COLUMN=VALUE/);
  });

  test("tells a rate that the table has not from the one it has, by as many digits as it takes", () => {
    expect(() => offcurveFit("--at-rate", "0.0010000000001")).toThrow(
      /--at-rate 1\.0000000001e-3 is not in the table; its learning rates are 1e-5, .* 1e-3, 2e-3/,
    );
  });

  test.each([
    [["--at-rate", "5e-4"], /--at-rate 5e-4 is not in the table; its learning rates are 1e-5, 2e-5/],
    [["--at-rate", "fast"], /--at-rate must be a positive number, got "fast"/],
    [["--predict", "-1"], /--predict must be a positive number, got "-1"/],
    [["--sizes", "4-512"], /--sizes must be written A\.\.B, for example 4\.\.512, got "4-512"/],
    [["--sizes", "512..4"], /from the smaller to the larger size/],
    [["--sizes", "5..7"], /--sizes 5\.\.7 holds no size with a loss; there are 4, 8,/],
  ])("refuses %j as a usage error", (words, message) => {
    expect(() => offcurveFit(...words)).toThrow(message);
    expect(() => offcurveFit(...words)).toThrow(UsageError);
  });

  test("fails, but not as a usage error, where two sizes leave no law", () => {
    expect(() => offcurveFit("--sizes", "4..8")).toThrow(/too few sizes: 2/);
    expect(() => offcurveFit("--sizes", "4..8")).not.toThrow(UsageError);
  });

  describe("of a table that holds less than it seems to", () => {
    const rows = (loss: (size: number, rate: number) => string) =>
      [8, 16, 32, 64, 128].flatMap((size) =>
        [1e-3, 1e-2, 1e-1].map((rate) => `${size},${rate},${loss(size, rate)}`),
      );
    const fitOf = (lines: string[]) => {
      const file = join(mkdtempSync(join(tmpdir(), "offcurve-fit-")), "mine.csv");
      writeFileSync(file, ["hidden_size,learning_rate,loss", ...lines].join("\n"));
      return offcurveFit("--table", file);
    };

    test("says where the best rate stands on the edge of the grid", () => {
      const text = fitOf(rows((size, rate) => String(5 - 0.3 * Math.log(size) - 0.1 * Math.log(rate))));
      expect(text).toContain(
        "lowest or highest that was tried at sizes 8, 16, 32, 64 and 128: a better one may lie beyond",
      );
    });

    test("says which rates do not count because a trial diverged at them", () => {
      const text = fitOf(
        rows((size, rate) =>
          size > 32 && rate === 1e-2 ? "nan" : String(5 - 0.3 * Math.log(size) + (rate === 1e-2 ? 0 : 0.2)),
        ),
      );
      expect(text).toContain(
        "rates at which a trial diverged do not count: 1e-2 at size 64, 1e-2 at size 128",
      );
    });

    test("sees no law where the loss does not fall with size", () => {
      const text = fitOf(rows((size) => String(3 + (size % 3) * 0.1)));
      expect(text).toContain(
        "No law of size: over 5 sizes the loss does not fall with size beyond its scatter.",
      );
      expect(text).not.toContain("predicts the next larger size best");
    });
  });
});
