import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { gridFigures } from "../../lib/charts/figures";
import type { ChartSpec } from "../../lib/charts/spec";
import { postCells } from "../../lib/notebook/reference";
import { layTable, tableHtml } from "../../lib/notebook/table";
import { panelsOf } from "../../lib/report/panels";
import { renderReport } from "../../lib/report/report";
import { tableOutput } from "../../lib/report/tables";
import { chart, code, postFigures, prose, reportOf, shown } from "./contents";
import { elementsOf } from "./elements";

interface Unit {
  readonly mark: string | { readonly type: string };
  readonly data: { readonly values: readonly Record<string, unknown>[] };
  readonly encoding: { readonly tooltip?: { readonly field: string } };
}

const layersOf = (spec: ChartSpec) => spec.layer as readonly Unit[];
const notebook = (...cells: Parameters<typeof code>[1][]) => [
  { file: "01-charts.ipynb", cells: [prose("# Charts"), ...cells.map((output) => code("draw()", output))] },
];

describe("panels", () => {
  it("of charts side by side are charts of their own, with their titles as text", () => {
    const { panels } = panelsOf(postFigures().beside);
    expect(panels.map(({ title }) => title.of)).toEqual(["ONE", "OTHER"]);
    for (const { title, spec } of panels) {
      expect(title.finding).toMatch(/^The (lowest|best)/);
      expect(title.finding).not.toContain("ONE");
      expect(spec.title).toBeUndefined();
      expect(spec.hconcat).toBeUndefined();
      expect(spec.description).toContain(title.finding);
    }
  });

  it("keep what their marks tell: the loss of every cell, of a marked one too", () => {
    const { panels } = panelsOf(gridFigures(postCells())["heat-map"]);
    const told = new Map(
      postCells().map(({ factors: { hidden_size, learning_rate }, mean }) => [
        `Size ${hidden_size}, rate ${Number(learning_rate).toExponential()}: ${mean!.toFixed(2)} nats`,
        mean,
      ]),
    );
    const [cells, dots] = layersOf(panels[0]!.spec);
    for (const { encoding, data } of [cells!, dots!]) {
      expect(encoding.tooltip).toMatchObject({ field: "tip" });
      expect(data.values.length).toBeGreaterThan(10);
      for (const { tip } of data.values) expect([...told.keys()]).toContain((tip as { title: string }).title);
    }
  });

  it("of charts that tell nothing themselves tell what is encoded, in the look of the page", () => {
    const chart = {
      $schema: "",
      description: "",
      data: { values: [{ a: 1 }] },
      mark: "point",
      encoding: { x: { field: "a", type: "quantitative" } },
    };
    const { config } = panelsOf(chart).panels[0]!.spec as unknown as {
      config: { mark: object; axis: object };
    };
    expect(config.mark).toEqual({ tooltip: true });
    expect(config.axis).toMatchObject({ labelColor: "currentColor" });
    const own = panelsOf(gridFigures(postCells()).law).panels[0]!.spec as unknown as { config: object };
    expect(own.config).not.toHaveProperty("mark");
  });

  it("that would load data are refused", () => {
    const spec = {
      $schema: "",
      description: "",
      layer: [{ data: { url: "https://example.org/a.csv" }, mark: "point" }],
    };
    expect(() => panelsOf(spec)).toThrow(/example\.org\/a\.csv.*inline/);
  });
});

describe("a report with charts", () => {
  it("has each as a picture with words, under ids that are its own, and its data once", async () => {
    const { alone, beside } = postFigures();
    const page = await renderReport(
      reportOf({ notebooks: notebook(...[...alone, beside, beside].map(chart)) }),
    );
    const elements = elementsOf(page);
    const boxes = elements.filter(({ attributes }) => attributes["data-chart"] !== undefined);
    expect(boxes.map(({ attributes }) => Number(attributes["data-chart"]))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const { attributes } of boxes) {
      expect(attributes.role).toBe("img");
      expect(attributes["aria-label"]!.length).toBeGreaterThan(40);
    }
    const figures = gridFigures(postCells(), { fixedRate: 3e-4 });
    expect(boxes.slice(3, 5).map(({ attributes }) => attributes["aria-label"])).toEqual([
      `One: ${figures["heat-map"].description}`,
      `Other: ${figures["loss-by-rate"].description}`,
    ]);
    expect(elements.filter(({ tag }) => tag === "svg")).toHaveLength(7);
    const ids = elements.flatMap(({ attributes }) => attributes.id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, used] of page.split('<script type="application/json"')[0]!.matchAll(/url\(#([^)]*)\)/g)) {
      expect(ids).toContain(used);
    }
    const data = JSON.parse(/<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(page)![1]!);
    expect(data).toHaveLength(7);
  });

  it("is the same text each time", async () => {
    const contents = reportOf({ notebooks: notebook(...postFigures().alone.map(chart)) });
    expect(await renderReport(contents)).toBe(await renderReport(contents));
  });

  it("allows its own scripts by their hashes and nothing else", async () => {
    const page = await renderReport(reportOf({ notebooks: notebook(chart(postFigures().alone[0]!)) }));
    const policy = elementsOf(page).find(({ attributes }) => attributes["http-equiv"])!.attributes.content!;
    const allowed = [...policy.matchAll(/'sha256-([^']*)'/g)].map((match) => match[1]);
    const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1]!);
    expect(scripts).toHaveLength(4);
    expect(scripts.map((script) => createHash("sha256").update(script).digest("base64"))).toEqual(allowed);
    expect(policy).toMatch(/default-src .none./);
    expect(policy).not.toMatch(/unsafe-eval|https?:|script-src[^;]*unsafe-inline/);
  });

  it("without charts carries no scripts", async () => {
    expect(await renderReport(reportOf())).not.toContain("<script");
  });
});

describe("outputs", () => {
  const render = (...outputs: Parameters<typeof code>[1][]) =>
    renderReport(reportOf({ notebooks: notebook(...outputs) }));

  it("that are tables keep their cells and alignments, and nothing that runs", () => {
    const rows = [{ size: 8, note: "<b>a</b>" }];
    const table = tableOutput(tableHtml(layTable(rows, { title: "<i>t</i>" })))!;
    expect(table).toContain("<caption>&lt;i&gt;t&lt;/i&gt;</caption>");
    expect(table).toContain('<td style="text-align:right">8</td>');
    expect(table).toContain("&lt;b&gt;a&lt;/b&gt;");
    const hostile =
      '<table onclick="x"><tr><td style="background:url(http://a)"><script>x</script><img src=x>1</td></tr></table>';
    expect(elementsOf(tableOutput(hostile)!).filter(({ tag }) => tag !== "div")).toEqual([
      { tag: "td", attributes: {}, text: "1" },
      { tag: "tr", attributes: {}, text: "1" },
      { tag: "table", attributes: {}, text: "1" },
    ]);
  });

  it("in HTML without a table are shown as their text", async () => {
    const page = await render(
      shown({ "text/html": "<progress></progress><script>x</script>", "text/plain": "half done" }),
    );
    expect(page).toContain('<pre class="said">half done</pre>');
    expect(page).not.toContain("<progress");
  });

  it("that are printed lose the colours of a terminal", async () => {
    const page = await render({
      output_type: "stream",
      name: "stdout",
      text: "\u001b[31mred\u001b[0m <b>\n",
    });
    expect(page).toContain('<pre class="said">red &lt;b&gt;</pre>');
  });

  it("follow the prose, with the code folded below, and without the values of one execution", async () => {
    const injected = { ...code("study = '/home/someone';"), metadata: { tags: ["injected-parameters"] } };
    const page = await renderReport(
      reportOf({
        notebooks: [
          {
            file: "01-a.ipynb",
            cells: [prose("# A"), injected, code("say(1)", shown({ "text/plain": "one" }))],
          },
        ],
      }),
    );
    expect(page).not.toContain("/home/someone");
    expect(page).toMatch(/one<\/pre>[\s\S]*<details class="source"><summary>Code <span>1 line<\/span>/);
    expect(page).not.toContain("<details open");
  });
});
