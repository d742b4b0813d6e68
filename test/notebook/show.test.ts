// What a reader sees of charts, tables and progress bars: the saved outputs of a notebook executed by the kernel, and text without one.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, describe, expect, it, vi } from "vitest";
import { gridFigures } from "../../lib/charts/figures";
import { executeNotebook } from "../../lib/jupyter/execute-notebook";
import { type NotebookOutput, readNotebook } from "../../lib/jupyter/notebook-file";
import { progress } from "../../lib/notebook/progress";
import { postCells } from "../../lib/notebook/reference";
import { type ShowOptions, show } from "../../lib/notebook/show";
import { layTable, type TableRow, tableHtml } from "../../lib/notebook/table";
import { cellFrame } from "../../lib/tables/frames";
import { temporaryFolder } from "../jupyter/project";
import { notebookOf } from "./notebook-of";

const VEGA_LITE = "application/vnd.vegalite.v5+json";

function outputsOf(file: string): NotebookOutput[][] {
  return readNotebook(file).cells.map(({ outputs = [] }) => outputs);
}

const chartCells = [
  'import { charts, postCells, progress, show } from "offcurve";',
  'await show(charts.gridFigures(postCells())["four-panels"]);',
];

describe("in a kernel", () => {
  it("shows a chart, a table and a progress bar as one display each, with the same bytes in every execution", async () => {
    const file = notebookOf(
      ...chartCells,
      'await show([{ size: 8, loss: 5.25, remark: "<b>&" }], { title: "Sizes", units: { size: "units" } });',
      `const bar = progress("counting <3");
       for (const share of [0, 0.5, 1]) { bar.update(share, "going on"); await new Promise((next) => setTimeout(next, 220)); }
       bar.done("counted 2 & 3");
       bar.update(0.5, "too late");`,
    );
    await executeNotebook(file);
    const [imported, chart, table, bar] = outputsOf(file);
    expect(imported).toEqual([]);

    const spec = gridFigures(postCells())["four-panels"];
    expect(chart).toHaveLength(1);
    const { data, metadata } = chart![0] as unknown as Record<"data" | "metadata", Record<string, never>>;
    expect(Object.keys(data).sort()).toEqual([VEGA_LITE, "image/png", "text/plain"]);
    expect(data[VEGA_LITE]).toEqual(JSON.parse(JSON.stringify(spec)));
    expect(data["text/plain"]).toBe(spec.description);
    const picture = await sharp(Buffer.from(data["image/png"]!, "base64")).metadata();
    expect(metadata["image/png"]).toEqual({
      width: Math.round(picture.width / 1.5),
      height: Math.round(picture.height / 1.5),
      alt: spec.description,
    });
    expect(JSON.stringify(data).length).toBeLessThan(300_000);

    expect(table).toMatchObject([{ output_type: "display_data" }]);
    const shown = table![0]!.data as Record<string, string>;
    expect(shown["text/plain"]).toBe(
      "Sizes\n\nsize (units)  loss (nats)  remark\n           8         5.25  <b>&",
    );
    expect(shown["text/html"]).toContain("&lt;b&gt;&amp;");

    expect(bar).toEqual([
      { output_type: "display_data", data: { "text/plain": "counting <3: counted 2 & 3" }, metadata: {} },
    ]);

    const before = readFileSync(file);
    await executeNotebook(file);
    expect(readFileSync(file).equals(before)).toBe(true);
  }, 60_000);

  it("on a machine without fonts shows a chart as SVG, since a PNG would lack its text", async () => {
    const file = notebookOf(...chartCells);
    const fonts = join(temporaryFolder(), "fonts");
    mkdirSync(fonts);
    writeFileSync(
      `${fonts}.conf`,
      `<fontconfig><dir>${fonts}</dir><cachedir>${fonts}</cachedir></fontconfig>`,
    );
    vi.stubEnv("FONTCONFIG_FILE", `${fonts}.conf`);
    await executeNotebook(file);
    const data = outputsOf(file)[1]!.find(({ output_type }) => output_type === "display_data")!
      .data as Record<string, string>;
    expect(Object.keys(data).sort()).toEqual([VEGA_LITE, "image/svg+xml", "text/plain"]);
    expect(data["image/svg+xml"]).toContain("Learning rate</text>");
  }, 60_000);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What `show` prints outside a kernel. */
async function printed(value: Parameters<typeof show>[0], options?: ShowOptions): Promise<string> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await show(value, options);
  return log.mock.calls.join("\n");
}

describe("without a kernel", () => {
  it("prints what a chart plots, in words", async () => {
    const law = gridFigures(postCells()).law;
    expect(await printed(law)).toBe(law.description);
  });

  it("prints a frame with units, rates as rates, and the middle of a long one left out and counted", async () => {
    const text = await printed(cellFrame(postCells()), { rows: 4, units: { mean: "nats" } });
    expect(text).toBe(
      [
        "hidden_size  learning_rate  mean (nats)  count  diverged  plateau",
        "          4           1e-5        6.902      1         0        0",
        "          4           2e-5        6.902      1         0        0",
        "… 140 more rows …",
        "       8192           3e-3        6.720      1         0        0",
        "       8192           6e-3        6.902      1         0        0",
      ].join("\n"),
    );
  });

  it.each<[string, TableRow[], ShowOptions, string[]]>([
    [
      "as many decimals as its largest value needs, alike in all rows",
      rows(5.25, 0.123456),
      {},
      ["5.250", "0.123"],
    ],
    ["no more decimals than there are", rows(0.5, 0.25), {}, ["0.50", "0.25"]],
    ["whole numbers whole, however large", rows(8192, 432_000_000_000), {}, ["8192", "432000000000"]],
    ["powers of ten where a column spans many of them", rows(1.5e-7, 12, 0), {}, ["1.5e-7", "1.2e1", "0"]],
    [
      "the decimals asked for, and no negative zero",
      rows(1.005, -0.001),
      { digits: { x: 2 } },
      ["1.00", "0.00"],
    ],
    [
      "numbers that are not finite by name",
      rows(Number.NaN, 1.5, Number.POSITIVE_INFINITY),
      {},
      ["NaN", "1.5", "Infinity"],
    ],
    [
      "absent values as nothing, whole objects as JSON",
      rows(null, [1, 2], { a: 1 }, true),
      {},
      ["", "1, 2", '{"a":1}', "true"],
    ],
  ])("writes %s", async (_, values, options, expected) => {
    const lines = (await printed(values, options)).split("\n");
    expect(lines.slice(1).map((line) => line.trim())).toEqual(expected);
  });

  it("takes the columns of all rows, in the order in which they first appear", async () => {
    expect(await printed([{ a: 1 }, { b: "x", a: 2 }])).toBe("a  b\n1\n2  x");
  });

  it("leaves out a column that is empty in every row, and no other", async () => {
    const table = [
      { a: null, b: "", ties: [], c: 0 },
      { b: " ", c: null },
    ];
    expect((await printed(table)).split("\n").map((line) => line.trimEnd())).toEqual(["b  c", "   0", ""]);
  });

  it("writes the last state of a progress bar as a line on standard error", () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const bar = progress("training");
    bar.update(0.5, "half");
    expect(write).not.toHaveBeenCalled();
    bar.done();
    bar.done("again");
    expect(write.mock.calls).toEqual([["training: done\n"]]);
  });
});

it("escapes whatever stands in an HTML table", () => {
  const nasty = "<script>\"&'";
  const html = tableHtml(layTable([{ [nasty]: nasty }], { title: nasty, units: { [nasty]: nasty } }));
  expect(html).not.toContain("<script>");
  expect(html.match(/&lt;script&gt;&quot;&amp;'/g)).toHaveLength(4);
});

function rows(...values: unknown[]): TableRow[] {
  return values.map((x) => ({ x }));
}
