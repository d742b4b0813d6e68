// What `show` makes of the things that researchers have at hand, and its words for charts; outside a kernel, so by what it prints.

import { afterEach, describe, expect, it, vi } from "vitest";
import { alternativeText } from "../../lib/notebook/alternative";
import { referenceRecords } from "../../lib/notebook/reference";
import { show } from "../../lib/notebook/show";
import { summarizeCells } from "../../lib/tables/cells";
import { pl } from "../../lib/tables/frame";
import { trialFrame } from "../../lib/tables/trial-frame";

afterEach(() => vi.restoreAllMocks());

async function printed(value: object | string, options = {}): Promise<string> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await show(value, options);
  const text = log.mock.calls.join("\n");
  log.mockRestore();
  return text;
}

const headings = (text: string) => text.split("\n")[0]!.split(/ {2,}/);
const records = referenceRecords();

describe("show takes", () => {
  it("trials: the factors first, then the results, without the id", async () => {
    const text = await printed(records.slice(0, 3));
    expect(headings(text).slice(0, 5)).toEqual([
      "hidden_size",
      "learning_rate",
      "seed",
      "status",
      "loss (nats)",
    ]);
    expect(text).not.toContain(records[0]!.id);
    expect(text.split("\n")).toHaveLength(4);
  });

  it("one trial, and one row", async () => {
    expect((await printed(records[0]!)).split("\n")).toHaveLength(2);
    expect(await printed({ size: 8, remark: "x" })).toBe("size  remark\n   8  x");
  });

  it("cells: their losses in nats, and accuracies without a unit", async () => {
    expect(headings(await printed(summarizeCells(records))).slice(0, 5)).toEqual([
      "hidden_size",
      "learning_rate",
      "mean (nats)",
      "standard_deviation (nats)",
      "standard_error (nats)",
    ]);
    const accuracies = summarizeCells(records, { measure: "test_accuracy" });
    expect(headings(await printed(accuracies))[2]).toBe("mean");
    expect(headings(await printed(accuracies, { units: { mean: "of 1" } }))[2]).toBe("mean (of 1)");
  });

  it("frames, also those that polars made of them", async () => {
    const best = trialFrame(records)
      .filter(pl.col("seed").eq(0))
      .groupBy("hidden_size")
      .agg(pl.col("loss").min())
      .sort("hidden_size")
      .head(1);
    const lowest = Math.min(
      ...records.flatMap((trial) =>
        trial.status === "completed" && trial.factors.hidden_size === 8 && trial.factors.seed === 0
          ? [trial.loss]
          : [],
      ),
    );
    expect(await printed(best)).toBe(`hidden_size  loss (nats)\n          8        ${lowest.toFixed(3)}`);
  });

  it("a sentence, and a list of them", async () => {
    expect(await printed("It held.")).toBe("It held.");
    expect(await printed(["It held.", "Twice."])).toBe("- It held.\n- Twice.");
  });
});

describe("show says in one sentence why it does not take", () => {
  it.each<[string, unknown, string]>([
    [
      "data at a URL",
      { layer: [{ data: { url: "cars.json" }, mark: "point" }] },
      "the chart's data are at cars.json; read them first and give the rows: data: { values: rows }",
    ],
    [
      "a specification of Vega",
      { $schema: "https://vega.github.io/schema/vega/v5.json", marks: [] },
      "show draws Vega-Lite, and this is a specification of Vega; its $schema says so",
    ],
    ["a promise", Promise.resolve([]), "show got a promise; put await before the call that made it"],
    [
      "a number",
      3,
      "show takes a chart, a data frame, cells, trials, rows as plain objects, or sentences; got a number",
    ],
    [
      "nothing",
      undefined,
      "show takes a chart, a data frame, cells, trials, rows as plain objects, or sentences; got undefined",
    ],
    [
      "a list of numbers",
      [1, 2],
      "show takes a chart, a data frame, cells, trials, rows as plain objects, or sentences; got a number",
    ],
  ])("%s", async (_, value, message) => {
    await expect(show(value as object)).rejects.toThrow(new TypeError(message));
  });
});

describe("the words for a chart without a description", () => {
  it.each<[string, object, string]>([
    [
      "title, mark and axes",
      {
        title: "Loss falls with size",
        data: { values: [] },
        mark: { type: "line", point: true },
        encoding: {
          x: { field: "size", type: "quantitative", scale: { type: "log" } },
          y: { field: "loss", axis: { title: "Loss (nats)" } },
          color: { field: "seed", type: "nominal" },
        },
      },
      "Loss falls with size. Line marks: Loss (nats) against size (logarithmic), by colour seed.",
    ],
    [
      "layers with shared axes",
      {
        layer: [{ mark: "point" }, { mark: "rule", encoding: { y: { aggregate: "mean", field: "loss" } } }],
        encoding: { x: { field: "size" }, y: { field: "loss" } },
      },
      "Point marks: loss against size; rule marks: mean of loss against size.",
    ],
    [
      "several panels, a title of several lines",
      {
        title: { text: ["Two", "panels"], subtitle: "of one run" },
        hconcat: [
          { mark: "bar", encoding: { x: { field: "a" } } },
          { facet: { field: "b" }, spec: { mark: "bar", encoding: { y: { aggregate: "count" } } } },
        ],
      },
      "Two panels. of one run. Bar marks: a; bar marks: count, one panel for each b.",
    ],
    ["nothing but a mark", { mark: "geoshape" }, "Geoshape marks."],
    ["a description of its own", { mark: "bar", description: "My words." }, "My words."],
  ])("tell %s", (_, spec, words) => {
    expect(alternativeText(spec as Record<string, unknown>)).toBe(words);
  });
});
