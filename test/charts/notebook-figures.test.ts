// The figures that only notebooks show: valid, silent and whole on every grid.

import { readFileSync } from "node:fs";
import Ajv, { type ValidateFunction } from "ajv";
import { beforeAll, describe, expect, test } from "vitest";
import { correctionFigure } from "../../lib/charts/correction";
import { departuresFigure } from "../../lib/charts/departures";
import { gridFigures } from "../../lib/charts/figures";
import { headlineFigure } from "../../lib/charts/headline";
import { lawsFigure } from "../../lib/charts/laws";
import { rateBandFigure } from "../../lib/charts/rate-band";
import { sideBySide } from "../../lib/charts/side-by-side";
import { type ChartSpec, RED, type SpecPart } from "../../lib/charts/spec";
import { renderSvg } from "../../lib/charts/svg";
import { titleOf } from "../../lib/charts/title";
import { testCorrection } from "../../lib/laws/corrected";
import { bestCaseCurve, departures } from "../../lib/laws/departures";
import { fitForms } from "../../lib/laws/fit-forms";
import { concludeGrid } from "../../lib/laws/headline";
import { rateBand } from "../../lib/laws/rate-band";
import { sizeRoles } from "../../lib/laws/roles";
import { sectionAtRate } from "../../lib/laws/sections";
import { type Cell, summarizeCells } from "../../lib/tables/cells";
import { readLossTable } from "../../lib/tables/loss-table";
import { noisyStudy } from "../tables/trials";

const post = readLossTable("data/reference/metz-2022/grid.csv");
const noisy = summarizeCells(noisyStudy());

function figuresOf(cells: readonly Cell[], rate: number): Record<string, ChartSpec> {
  const { fitted, heldOut } = sizeRoles(cells.map(({ factors }) => factors.hidden_size as number));
  const { points } = sectionAtRate(cells, rate);
  const fits = fitForms(points.filter(({ size }) => fitted.includes(size)));
  const curve = bestCaseCurve(cells);
  if (curve.status !== "fitted") throw new Error(curve.sentence);
  const correction = testCorrection(cells, fitted, rate);
  if (correction.status !== "tested") throw new Error(correction.sentence);
  const band = rateBand(cells, [...fitted, ...heldOut], { replicates: 20 });
  const words = { title: "A finding", subtitle: "What is shown." };
  return {
    laws: lawsFigure(points, fits, { ...words, bandOf: fits[0]!, upTo: 20_000 }),
    curve: lawsFigure(curve.points, [curve.laws.chosen.fit], words),
    "rate band": rateBandFigure(cells, band),
    "no band": rateBandFigure(cells, null),
    correction: correctionFigure(correction, rate),
    departures: departuresFigure(departures(curve, cells)),
    pair: sideBySide(
      { heading: "One", chart: gridFigures(cells)["heat-map"] },
      { heading: "Other", chart: gridFigures(post)["heat-map"] },
    ),
  };
}
const grids = { post: figuresOf(post, 3e-4), noisy: figuresOf(noisy, 3e-3) };
const cases = Object.entries(grids).flatMap(([grid, figures]) =>
  Object.entries(figures).map(([name, spec]) => [grid, name, spec] as const),
);

let valid: ValidateFunction;
beforeAll(() => {
  const schema = JSON.parse(readFileSync("node_modules/vega-lite/build/vega-lite-schema.json", "utf8"));
  valid = new Ajv({ strict: false, validateFormats: false }).compile(schema);
}, 180_000);

test.each(cases)(
  "%s, %s: valid Vega-Lite 5 that is drawn in silence, fits a notebook and is told in words",
  async (_, __, spec) => {
    expect(valid(spec) || valid.errors).toBe(true);
    expect(spec.description.length).toBeGreaterThan(80);
    expect(JSON.stringify(spec)).not.toMatch(/NaN|undefined|Infinity/);
    const warnings: string[] = [];
    const svg = await renderSvg(spec, { onWarning: (words) => warnings.push(words) });
    expect(warnings).toEqual([]);
    expect(Number(/width="(\d+)"/.exec(svg)![1])).toBeLessThanOrEqual(940);
  },
);

describe("what the figures hold", () => {
  const valuesOf = (spec: ChartSpec, layer: number) =>
    ((spec.layer as SpecPart[])[layer]!.data as { values: SpecPart[] }).values;

  test("points of sizes that the laws were not fitted to are red", () => {
    const red = (grids.post.laws!.layer as { mark: SpecPart }[]).findIndex(
      ({ mark }) => mark.type === "point" && mark.color === RED,
    );
    expect(valuesOf(grids.post.laws!, red).map(({ size }) => size)).toEqual([1024, 2048, 4096, 8192]);
  });

  test("a colour that stands for all larger gaps is marked as such", () => {
    const { color } = (grids.post.departures!.layer as { encoding: Record<string, SpecPart> }[])[0]!.encoding;
    const { labelExpr } = color!.legend as { labelExpr: string };
    const [, limit] = (color!.scale as { domain: number[] }).domain;
    expect(Math.max(...valuesOf(grids.post.departures!, 0).map(({ gap }) => gap as number))).toBeGreaterThan(
      limit!,
    );
    expect(labelExpr).toMatch(/≥ \+1\.60/);
    expect(labelExpr).not.toMatch(/≤/);
  });

  test("the departures of all cells with a loss are coloured, the others grey", () => {
    const [colored, grey] = [valuesOf(grids.noisy.departures!, 0), valuesOf(grids.noisy.departures!, 1)];
    expect(grey).toHaveLength(noisy.filter(({ mean }) => mean === null).length);
    expect(colored).toHaveLength(noisy.length - grey.length);
    expect(grey.length).toBeGreaterThan(0);
  });

  test("side by side is told in words as a whole and panel by panel", () => {
    const pair = grids.noisy.pair!;
    const words = [
      `One: ${gridFigures(noisy)["heat-map"].description}`,
      `Other: ${gridFigures(post)["heat-map"].description}`,
    ];
    expect((pair.hconcat as ChartSpec[]).map(({ description }) => description)).toEqual(words);
    expect(pair.description).toBe(words.join(" "));
  });

  test("side by side keeps both findings under their headings, and draws", async () => {
    const svg = await renderSvg(grids.noisy.pair!);
    expect(svg).toContain("ONE");
    expect(svg).toContain("OTHER");
    expect((grids.noisy.pair!.hconcat as ChartSpec[]).map(titleOf)[1]).toBe(
      `OTHER ${titleOf(gridFigures(post)["heat-map"])}`,
    );
  });
});

describe("the picture of a study", () => {
  const textsOf = async (spec: ChartSpec) =>
    [...(await renderSvg(spec)).matchAll(/<(?:text|tspan)[^>]*>([^<]+)</g)].map(([, text]) => text);

  test("names what the laws promise the largest model, and what it reached at either rate", async () => {
    const spec = headlineFigure(post, { fixedRate: 3e-4 });
    expect(valid(spec) || valid.errors).toBe(true);
    // The post's own numbers: 4.52 promised by the line, 5.30 at the rate tuned small, 4.67 at the best rate.
    expect(await textsOf(spec)).toEqual(
      expect.arrayContaining(["line 4.52", "same rate 5.30", "best rate 4.67"]),
    );
    expect(titleOf(spec)).toBe(concludeGrid(post, { fixedRate: 3e-4 }).headline);
    expect(spec.description).toMatch(/It reaches 5\.30 at rate 3e-4 and 4\.67 at its best rate\./);
  });

  test("says why there is no law, and draws what there is", async () => {
    const few = post.filter(({ factors }) => (factors.hidden_size as number) < 9);
    const spec = headlineFigure(few);
    expect(valid(spec) || valid.errors).toBe(true);
    expect(titleOf(spec)).toMatch(/^No law of size: too few sizes/);
    expect((await renderSvg(spec)).length).toBeGreaterThan(3000);
  });
});
