import { readFileSync } from "node:fs";
import Ajv, { type ValidateFunction } from "ajv";
import { compile, type TopLevelSpec } from "vega-lite";
import { beforeAll, describe, expect, test } from "vitest";
import { gridFigures } from "../../lib/charts/figures";
import type { ChartSpec } from "../../lib/charts/spec";
import type { TrialRecord } from "../../lib/sweep/record";
import { type Cell, summarizeCells } from "../../lib/tables/cells";
import { readLossTable } from "../../lib/tables/loss-table";
import { completed, diverged, noisyStudy } from "../tables/trials";
import { golden, roundedSpec } from "./golden";

const study = noisyStudy();
const cellsOf = (keep: (record: TrialRecord) => boolean) => summarizeCells(study.filter(keep));
const grids: Readonly<Record<string, Cell[]>> = {
  post: readLossTable("data/reference/metz-2022/grid.csv"),
  noisy: summarizeCells(study),
  "half run": cellsOf(
    ({ factors }) => (factors.hidden_size as number) < 60 || factors.learning_rate === 1e-3,
  ),
  "one size": cellsOf(({ factors }) => factors.hidden_size === 8),
  "one rate": cellsOf(({ factors }) => factors.learning_rate === 1e-3),
  "one trial": summarizeCells([completed({ hidden_size: 8, learning_rate: 0.1, seed: 0 }, 3)]),
  "all diverged": summarizeCells(
    [8, 16].map((hidden_size) => diverged({ hidden_size, learning_rate: 0.1, seed: 0 })),
  ),
  "low optimum": cellsOf(({ factors }) => (factors.learning_rate as number) > 2.5e-3),
};
const NAMES = [
  "four-panels",
  "loss-by-size",
  "loss-by-rate",
  "heat-map",
  "best-rate",
  "law",
  "extrapolation",
] as const;
const titleOf = (spec: ChartSpec) => ((spec.title as { text: string[] }).text as string[]).join(" ");

let valid: ValidateFunction;
beforeAll(() => {
  const schema = JSON.parse(readFileSync("node_modules/vega-lite/build/vega-lite-schema.json", "utf8"));
  valid = new Ajv({ strict: false, validateFormats: false }).compile(schema);
}, 60_000);

describe.each(Object.keys(grids))("the figures of a grid: %s", (grid) => {
  const figures = gridFigures(grids[grid]!);

  test("are the seven, with their words", () => {
    expect(Object.keys(figures)).toEqual(NAMES);
    for (const spec of Object.values(figures)) {
      expect(spec.description.length).toBeGreaterThan(80);
      expect(`${JSON.stringify(spec)}`).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  test.each(NAMES)("%s is valid Vega-Lite 5", (name) => {
    expect(valid(figures[name]) || valid.errors).toBe(true);
    expect(figures[name].$schema).toBe("https://vega.github.io/schema/vega-lite/v5.json");
  });

  test.each(NAMES)("%s compiles without a warning", (name) => {
    const said: unknown[] = [];
    const say = (...words: readonly unknown[]) => {
      said.push(words);
      return logger;
    };
    const logger = { level: () => logger, error: say, warn: say, info: () => logger, debug: () => logger };
    compile(figures[name] as unknown as TopLevelSpec, { logger: logger as never });
    expect(said).toEqual([]);
  });
});

describe("the specifications", () => {
  test.each(NAMES.slice(1))("of the post's grid are the golden ones: %s", (name) => {
    const spec = gridFigures(grids.post!)[name];
    expect(roundedSpec(spec)).toEqual(golden(`post-${name}`, spec));
  });

  test.each(["heat-map", "loss-by-rate", "extrapolation"] as const)(
    "of a study with diverged trials are the golden ones: %s",
    (name) => {
      const spec = gridFigures(grids.noisy!)[name];
      expect(roundedSpec(spec)).toEqual(golden(`noisy-${name}`, spec));
    },
  );

  test("put the four panels together, lettered", () => {
    const { concat } = gridFigures(grids.post!)["four-panels"] as unknown as { concat: ChartSpec[] };
    expect(concat.map((panel) => titleOf(panel).slice(0, 4))).toEqual(["(a) ", "(b) ", "(c) ", "(d) "]);
  });
});

describe("titles state what the data say", () => {
  const titles = (grid: string) =>
    Object.fromEntries(
      Object.entries(gridFigures(grids[grid]!)).map(([name, spec]) => [
        name,
        titleOf({
          ...spec,
          title: { text: [spec.title].flatMap((title) => (title as { text: string[] }).text) },
        }),
      ]),
    );

  test("of the post's grid: the post's findings", () => {
    expect(titles("post")).toEqual({
      "four-panels": "144 cells: 12 sizes × 12 learning rates",
      "loss-by-size":
        "At 7 of 12 learning rates the largest model is not the best; the best case falls from 6.52 to 4.67 nats",
      "loss-by-rate": "The best learning rate goes from 2e-3 at size 4 to 6e-5 at size 8192",
      "heat-map": "The lowest of 144 cells is 4.67 nats, at size 8192 and rate 6e-5",
      "best-rate": "The best learning rate shrinks with size as h^-0.43 (95 % interval -0.49 to -0.38)",
      law: "8 sizes at rate 3e-4 lie on a line: 7.00 - 0.276 ln(h), R² 0.999",
      extrapolation: "At size 8192 the law misses by +0.78 nats: 5.30 observed, 4.52 predicted",
    });
  });

  test("of losses that follow their law: that it holds", () => {
    const cells = summarizeCells(
      [4, 8, 16, 32, 64, 128].flatMap((hidden_size, i) =>
        [1, 2, 3].map((k) =>
          completed(
            { hidden_size, learning_rate: k, seed: 0 },
            7 - 0.3 * Math.log(hidden_size) + 0.004 * (-1) ** i + 0.1 * (k - 2) ** 2,
          ),
        ),
      ),
    );
    const figures = gridFigures(cells);
    expect(titleOf(figures.extrapolation)).toMatch(
      /^The law holds at size 128: 5\.5\d nats observed, 5\.5\d predicted$/,
    );
    expect(titleOf(figures["loss-by-size"])).toMatch(
      /^At all 3 learning rates the largest model is the best;/,
    );
    expect(titleOf(figures["best-rate"])).toMatch(
      /^The best learning rate shows no trend with size: exponent 0\.00/,
    );
    expect(titleOf(figures["loss-by-rate"])).toMatch(
      /^The best learning rate is the same at the smallest and the largest size: 2e0/,
    );
  });

  test("of losses on a curve: that they are not on a line", () => {
    expect(titles("noisy").law).toMatch(/^8 sizes at rate .* do not lie on a line: .* R² 0\.9[78]/);
  });

  test("of a half run study: at how many rates the largest size was run", () => {
    expect(titles("half run")["loss-by-size"]).toMatch(
      /^At all 1 learning rates run at size 768 the largest model/,
    );
  });

  test("of too little: that there is no law, and why", () => {
    expect(titles("one size")).toMatchObject({
      law: expect.stringMatching(/^No law: too few sizes: 1,/),
      "best-rate": expect.stringMatching(/^No law of the best learning rate: too few sizes/),
    });
    expect(titles("all diverged")).toMatchObject({
      law: expect.stringMatching(/^No law: no learning rate could be tuned/),
      "heat-map": "Of 2 cells none is free of divergence",
      "loss-by-rate": "No size has a learning rate without diverged trials",
    });
  });
});
