import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test, vi } from "vitest";
import { gridFigures } from "../../lib/charts/figures";
import { writeFigures } from "../../lib/charts/files";
import { BLUE, DIVERGED_FILL, RED } from "../../lib/charts/spec";
import { renderSvg } from "../../lib/charts/svg";
import { brokenLines, textWidth } from "../../lib/charts/text-width";
import { summarizeCells } from "../../lib/tables/cells";
import { readLossTable } from "../../lib/tables/loss-table";
import { completed, noisyStudy } from "../tables/trials";

const post = gridFigures(readLossTable("data/reference/metz-2022/grid.csv"));
const noisyCells = summarizeCells(noisyStudy());
const noisy = gridFigures(noisyCells);

/** The marks of a role in an SVG text: one element each. */
const marks = (svg: string, role: string) =>
  svg.match(new RegExp(`<path aria-label="[^"]*"[^>]*aria-roledescription="${role}"[^>]*>`, "g")) ?? [];
const texts = (svg: string) => [...svg.matchAll(/<(?:text|tspan)[^>]*>([^<]+)</g)].map(([, text]) => text);

describe("renderSvg", () => {
  test("draws every line of loss against size, the best case, and the names of the rates", async () => {
    const svg = await renderSvg(post["loss-by-size"]);
    expect(marks(svg, "line mark")).toHaveLength(13);
    expect(texts(svg)).toEqual(
      expect.arrayContaining([
        "8",
        "512",
        "8192",
        "Hidden size",
        "Training loss (nats)",
        "1e-5",
        "3e-4",
        "6e-3",
      ]),
    );
  });

  test("draws every cell of the heat map once, diverged ones in grey, which the subtitle explains", async () => {
    const cells = (svg: string) => marks(svg, "rect mark");
    expect(cells(await renderSvg(post["heat-map"]))).toHaveLength(144);
    const svg = await renderSvg(noisy["heat-map"]);
    const grey = noisyCells.filter(({ mean }) => mean === null).length;
    expect(grey).toBeGreaterThan(3);
    expect(cells(svg)).toHaveLength(144);
    expect(cells(svg).filter((cell) => cell.includes(`fill="${DIVERGED_FILL}"`))).toHaveLength(grey);
    expect(texts(svg)).toEqual(expect.arrayContaining(["Training loss (nats)"]));
    expect(texts(svg).join(" ")).toMatch(/Grey: all trials diverged\./);
    expect(texts(await renderSvg(post["heat-map"])).join(" ")).not.toMatch(/diverged/);
  });

  test("draws the larger models in red, the fitted ones not, and names what came out beside what was predicted", async () => {
    const svg = await renderSvg(post.extrapolation);
    const points = marks(svg, "point");
    expect(points).toHaveLength(12);
    expect(points.filter((point) => point.includes(`fill="${RED}"`))).toHaveLength(4);
    expect(points.filter((point) => point.includes(`fill="${BLUE}"`))).toHaveLength(8);
    expect(points.filter((point) => point.includes(RED)).at(-1)).toContain(
      'aria-label="Size 8192: 5.30 nats"',
    );
    expect(texts(svg)).toEqual(expect.arrayContaining(["observed 5.30", "line 4.52"]));
  });

  test("draws the law as one line through eight points", async () => {
    const svg = await renderSvg(post.law);
    expect(marks(svg, "line mark")).toHaveLength(1);
    expect(marks(svg, "point")).toHaveLength(8);
  });

  test("draws the best rates and their law on axes labelled 3e-4", async () => {
    const svg = await renderSvg(post["best-rate"]);
    expect(marks(svg, "point")).toHaveLength(12);
    expect(texts(svg)).toEqual(expect.arrayContaining(["3e-4", "6e-5"]));
  });

  test("says in the file what the figure shows, for readers who cannot see it", async () => {
    const svg = await renderSvg(post.law);
    expect(svg).toMatch(
      /^<svg [^>]*><desc>Points of the training loss in nats against hidden size[^<]*7\.00 - 0\.276 ln\(h\)[^<]*<\/desc>/,
    );
  });

  test("keeps everything inside the picture: nothing is drawn on its outermost pixels", async () => {
    for (const spec of [post["four-panels"], noisy["four-panels"], noisy.extrapolation]) {
      const { data, info } = await sharp(Buffer.from(await renderSvg(spec)))
        .flatten({ background: "white" })
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true });
      const dark = (x: number, y: number) => data[(y * info.width + x) * info.channels]! < 250;
      const edge = [...Array(info.width).keys()].flatMap((x) => [dark(x, 0), dark(x, info.height - 1)]);
      edge.push(...[...Array(info.height).keys()].flatMap((y) => [dark(0, y), dark(info.width - 1, y)]));
      expect(edge.some(Boolean)).toBe(false);
    }
  }, 60_000);

  test("has letters in the colour of the page, of the reader's theme, or in one that is given", async () => {
    const opening = (svg: string) => svg.slice(0, svg.indexOf("<g"));
    expect(opening(await renderSvg(post.law))).not.toMatch(/ color=|<style>/);
    expect(opening(await renderSvg(post.law, { ink: "#123456" }))).toMatch(/^<svg color="#123456" /);
    const themed = opening(await renderSvg(post.law, { ink: "theme" }));
    expect(themed).toMatch(/^<svg color="#222222" /);
    expect(themed).toMatch(/prefers-color-scheme:dark.*color:#e6edf3/);
  });

  test("hands on what Vega-Lite warns of, and prints nothing itself", async () => {
    const write = vi.spyOn(console, "warn").mockImplementation(() => {});
    const spec = {
      $schema: post.law.$schema,
      description: "",
      data: { values: [] },
      mark: "point",
      encoding: { x: { field: "a", type: "quantitative" } },
    };
    const said: string[] = [];
    await renderSvg(spec, { onWarning: (words) => said.push(words) });
    await renderSvg(spec);
    expect(said.join()).toMatch(/extent/);
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
  });

  test("gives the same text each time", async () => {
    expect(await renderSvg(post.law)).toBe(await renderSvg(post.law));
  });
});

describe("writeFigures", () => {
  async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "offcurve-figures-"));
    try {
      await run(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test("writes the seven figures of a study and no temporary file", () =>
    inFolder(async (folder) => {
      const { paths, notices } = await writeFigures(folder, noisyStudy());
      expect(notices).toEqual([]);
      expect(paths).toHaveLength(7);
      expect(readdirSync(join(folder, "figures")).sort()).toEqual(
        ["best-rate", "extrapolation", "four-panels", "heat-map", "law", "loss-by-rate", "loss-by-size"].map(
          (name) => `${name}.svg`,
        ),
      );
      for (const path of paths) expect(readFileSync(path, "utf8")).toMatch(/^<svg [\s\S]*<\/svg>$/);
    }));

  test("writes a set for each level of a further factor, named by it", () =>
    inFolder(async (folder) => {
      const records = [32, 64].flatMap((batch_size) =>
        [8, 16].map((hidden_size) => completed({ hidden_size, learning_rate: 0.1, batch_size }, 3)),
      );
      const { paths } = await writeFigures(folder, records);
      expect(paths).toHaveLength(14);
      expect(readdirSync(join(folder, "figures"))).toContain("heat-map.batch_size-64.svg");
    }));

  test("of a study without sizes or rates, or without trials, are none, with the reason", () =>
    inFolder(async (folder) => {
      const { paths, notices } = await writeFigures(folder, [completed({ depth: 1, seed: 0 }, 3)]);
      expect(paths).toEqual([]);
      expect(notices).toEqual([
        "no figures: they show hidden_size and learning_rate, and this study sweeps depth, seed",
      ]);
      expect(await writeFigures(folder, [])).toEqual({
        paths: [],
        notices: ["no figures: no trial is finished"],
      });
    }));
});

describe("text without a font", () => {
  test("is as wide as in DejaVu Sans, within 5 %", () => {
    const text = "At size 8192 the law misses by +0.78 nats: 5.30 observed, 4.52 predicted";
    // fontTools: sum(font["hmtx"][cmap[ord(letter)]][0] for letter in text) / font["head"].unitsPerEm
    expect(Math.abs(textWidth(text, false) / 37.1142578125 - 1)).toBeLessThan(0.05);
    expect(Math.abs(textWidth(text, true) / 41.54248046875 - 1)).toBeLessThan(0.05);
  });

  test("breaks into lines of like length that fit, without parting a number from its unit", () => {
    const lines = brokenLines("The lowest of 144 cells is 4.67 nats, at size 8192 and rate 6e-5", 24, true);
    expect(lines.join(" ")).toBe("The lowest of 144 cells is 4.67 nats, at size 8192 and rate 6e-5");
    for (const line of lines) {
      expect(textWidth(line, true)).toBeLessThanOrEqual(24);
      expect(line).not.toMatch(/\d$(?<=4\.67)|size$|rate$/);
    }
  });
});
