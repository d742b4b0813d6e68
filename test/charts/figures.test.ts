import { readFileSync } from "node:fs";
import Ajv, { type ValidateFunction } from "ajv";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { gridFigures } from "../../lib/charts/figures";
import { lineColors, movedApart } from "../../lib/charts/line-names";
import { BLUE, type ChartSpec, GREEN, MUTED, PURPLE, RED, type SpecPart } from "../../lib/charts/spec";
import { renderSvg } from "../../lib/charts/svg";
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
}, 180_000);

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

  test.each(NAMES)("%s is drawn without a warning, and no wider than a notebook shows", async (name) => {
    const warnings: string[] = [];
    const svg = await renderSvg(figures[name], { onWarning: (words) => warnings.push(words) });
    expect(warnings).toEqual([]);
    expect(Number(/width="(\d+)"/.exec(svg)![1])).toBeLessThanOrEqual(940);
  });

  test.each(NAMES.slice(1))("%s tells of every mark that stands for data", (name) => {
    const { layer } = figures[name] as unknown as { readonly layer: readonly Unit[] };
    for (const { mark, data, encoding } of layer) {
      // The lines that join cells, the names of lines and their strokes repeat what the points tell.
      if (["text", "rule"].includes(mark.type) && !("tooltip" in (encoding ?? {}))) continue;
      if (mark.type === "line" && data.values.some((row) => "size_label" in row || "rate_label" in row))
        continue;
      expect(encoding).toMatchObject({ tooltip: { field: "tip" }, description: { field: "tip.title" } });
      for (const { tip } of data.values) {
        expect(tip!.title).toMatch(/\w/);
        for (const told of Object.values(tip!)) expect(told).not.toMatch(/undefined|NaN|null/);
      }
    }
  });
});

interface Unit {
  readonly mark: { readonly type: string };
  readonly data: { readonly values: readonly { readonly tip?: Readonly<Record<string, string>> }[] };
  readonly encoding?: SpecPart;
}

describe("axes and colours", () => {
  const layersOf = (name: (typeof NAMES)[number], grid = "post") =>
    (gridFigures(grids[grid]!)[name] as unknown as { readonly layer: readonly Unit[] }).layer;

  test("have a tick at each size of the study, and name the smallest and the largest", () => {
    const { values, labelExpr } = (
      layersOf("extrapolation")[0]!.encoding!.x as { axis: { values: number[]; labelExpr: string } }
    ).axis;
    expect(values).toEqual([4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192]);
    expect(labelExpr).toMatch(/^\['4',.*'8192'\]\[/);
  });

  test("name both ends of the colours, which are those of the data", () => {
    const cells = grids.post!.map(({ mean }) => mean!);
    const { scale, legend } = layersOf("heat-map")[0]!.encoding!.color as {
      readonly scale: { readonly domain: number[] };
      readonly legend: { readonly values: number[] };
    };
    expect(scale.domain).toEqual([Math.min(...cells), Math.max(...cells)]);
    expect([legend.values[0], legend.values.at(-1)]).toEqual(scale.domain);
  });

  test("are seen on white and on the dark grounds of JupyterLab, VS Code and GitHub: 3 to 1 or more (WCAG 1.4.11)", () => {
    const colors = [BLUE, RED, GREEN, PURPLE, MUTED, ...lineColors(12)];
    for (const color of colors) {
      for (const ground of ["#ffffff", "#111111", "#1e1e1e", "#0d1117"]) {
        expect([color, ground, contrast(color, ground) >= 3]).toEqual([color, ground, true]);
      }
    }
  });

  test("letters have the colour of the page's text, and there is no ground", () => {
    for (const spec of Object.values(gridFigures(grids.post!))) {
      const config = spec.config as { background: string; axis: SpecPart; title: SpecPart };
      expect(config.background).toBe("transparent");
      expect([config.axis.labelColor, config.axis.titleColor, config.title.color]).toEqual(
        Array(3).fill("currentColor"),
      );
    }
  });
});

describe("names at the ends of lines", () => {
  const places = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 24 });

  test("are a row apart, in the order of their lines, within the plot", () => {
    fc.assert(
      fc.property(places, (unsorted) => {
        const wanted = [...unsorted].sort((one, other) => one - other);
        const placed = movedApart(wanted, 12, 300);
        for (let i = 1; i < placed.length; i++) expect(placed[i]! - placed[i - 1]!).toBeGreaterThan(11.999);
        expect(placed[0]).toBeGreaterThanOrEqual(0);
        expect(placed.at(-1)).toBeLessThanOrEqual(300.001);
      }),
    );
  });

  test("stay where they are if nothing is in the way, and share a collision evenly", () => {
    expect(movedApart([10, 40, 100], 12, 300)).toEqual([10, 40, 100]);
    expect(movedApart([100, 100, 100], 12, 300)).toEqual([88, 100, 112]);
    expect(movedApart([0, 0, 298], 12, 300)).toEqual([0, 12, 298]);
  });

  test.each([
    ["loss-by-size", "rates"],
    ["loss-by-rate", "sizes"],
  ] as const)("of %s are all %s of the grid", (name, _) => {
    const { layer } = gridFigures(grids.post!)[name] as unknown as { readonly layer: readonly Unit[] };
    const names = layer.find(({ mark }) => mark.type === "text")!.data.values as unknown as {
      name: string;
    }[];
    expect(names.map((row) => row.name).sort()).toEqual(
      (name === "loss-by-size"
        ? ["1e-5", "2e-5", "3e-5", "6e-5", "1e-4", "2e-4", "3e-4", "6e-4", "1e-3", "2e-3", "3e-3", "6e-3"]
        : ["4", "8", "16", "32", "64", "128", "256", "512", "1024", "2048", "4096", "8192"]
      ).sort(),
    );
  });
});

/** Of two colours given as #rrggbb, by WCAG 2. */
function contrast(one: string, other: string): number {
  const luminance = (color: string) =>
    [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
      const part = Number.parseInt(color.slice(1 + 2 * i, 3 + 2 * i), 16) / 255;
      return sum + weight * (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    }, 0);
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

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
      extrapolation: "At size 8192 every form of law misses: 5.30 nats observed, 4.52 to 4.66 predicted",
    });
  });

  test("of losses that follow their law: that it holds", () => {
    const cells = summarizeCells(
      [10, 13, 17, 22, 29, 38].flatMap((hidden_size, i) =>
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
      /^The law holds at size 38: 5\.9\d nats observed, 5\.9\d to 5\.\d\d predicted$/,
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
      /^At the one learning rate run at size 768 the largest model/,
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
      "loss-by-size": "No loss to compare: all trials diverged",
    });
  });
});
