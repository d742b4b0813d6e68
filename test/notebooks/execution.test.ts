// All notebooks, executed for real on the study smoke: through our runner, twice, and by nbclient and papermill. Their outputs are held
// against nbformat's schema and against the trials in the ledger.
//
// Starting kernels is slow, so a notebook runs under one of the two Python tools, and under both where CI is set.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mean } from "simple-statistics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { executeNotebook } from "../../lib/jupyter/execute-notebook";
import { type NotebookOutput, readNotebook, writeNotebook } from "../../lib/jupyter/notebook-file";
import { PythonMissing, preparePythonEnvironment } from "../../lib/jupyter/python-environment";
import { analyseGrid } from "../../lib/laws/analysis";
import { testCorrection } from "../../lib/laws/corrected";
import { bestCaseCurve, departures } from "../../lib/laws/departures";
import { tuningFindings } from "../../lib/laws/findings";
import { fitForms } from "../../lib/laws/fit-forms";
import { departureFindings } from "../../lib/laws/rate-findings";
import { rateSupport } from "../../lib/laws/rate-support";
import { sizeRoles } from "../../lib/laws/roles";
import { sectionAtRate } from "../../lib/laws/sections";
import { formatLaw, formatLoss, formatRate } from "../../lib/laws/wording";
import { PRESETS } from "../../lib/studies/presets";
import { readLedger } from "../../lib/sweep/ledger";
import type { TrialRecord } from "../../lib/sweep/record";
import { summarizeCells } from "../../lib/tables/cells";
import { root } from "../jupyter/project";
import { joinedOutputs, runTools } from "../jupyter/python-tools";
import { notebookSchemas } from "./nbformat";

const names = [
  "04-the-432-trials",
  "01-tune-small",
  "02-a-law",
  "03-extrapolation",
  "05-the-learning-rate-law",
  "06-off-the-curve",
  "07-the-verdicts",
] as const;
type Name = (typeof names)[number];
const study = PRESETS.find(({ name }) => name === "smoke")!;
const ci = process.env.CI === "true";

let folder: string;
let records: TrialRecord[];
const source = (name: Name) => join(root, "notebooks", "metz-2022", `${name}.ipynb`);
const executed = (name: Name, turn: string) => join(folder, turn, `${name}.ipynb`);
const parameters = () => ({ study: "smoke", results: join(folder, "smoke") });

beforeAll(async () => {
  mkdirSync(join(root, "results"), { recursive: true });
  folder = mkdtempSync(join(root, "results", "test-"));
  for (const turn of ["first", "second", "python"]) mkdirSync(join(folder, turn));
  // The first one trains the whole study in its cell; the others find it trained.
  for (const turn of ["first", "second"]) {
    for (const name of names) {
      await executeNotebook(source(name), {
        output: executed(name, turn),
        parameters: parameters(),
        cellTimeout: 240,
      });
    }
  }
  records = readLedger(join(folder, "smoke")).records;
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }), 60_000);

/** The outputs of a cell as text, by their most readable form. */
function textOf(name: Name, id: string): string {
  const cell = readNotebook(executed(name, "first")).cells.find((other) => other.id === id)!;
  return cell
    .outputs!.map((output) =>
      String(output.text ?? dataOf(output)["text/markdown"] ?? dataOf(output)["text/plain"]),
    )
    .join("\n");
}

function dataOf(output: NotebookOutput): Record<string, unknown> {
  return (output.data ?? {}) as Record<string, unknown>;
}

/** The Vega-Lite specifications that a notebook shows, by cell. */
function chartsOf(name: Name): Record<string, unknown> {
  return Object.fromEntries(
    readNotebook(executed(name, "first")).cells.flatMap(({ id, outputs = [] }) =>
      outputs.flatMap((output) => {
        const spec = dataOf(output)["application/vnd.vegalite.v5+json"];
        return spec === undefined ? [] : [[id!, spec] as const];
      }),
    ),
  );
}

/** Mean loss of the completed trials at one point of the grid, straight from the ledger; null where one diverged. */
function meanAt(size: number, rate: number): number | null {
  const trials = records.filter(
    ({ factors }) => factors.hidden_size === size && factors.learning_rate === rate,
  );
  const losses = trials.flatMap((trial) => (trial.status === "completed" ? [trial.loss] : []));
  return losses.length < trials.length ? null : mean(losses);
}

const roles = sizeRoles(study.factors.hidden_size as number[]);
const cells = () => summarizeCells(records);

describe.each(names)("%s", (name) => {
  it("gives a notebook that nbformat accepts", () => {
    const notebook = JSON.parse(readFileSync(executed(name, "first"), "utf8"));
    for (const [schema, valid] of Object.entries(notebookSchemas(root))) {
      expect([schema, valid(notebook) || valid.errors]).toEqual([schema, true]);
    }
  });

  it("executed again over the same ledger is the same, byte for byte, though the first execution trained", () => {
    expect(readFileSync(executed(name, "second"), "utf8")).toBe(
      readFileSync(executed(name, "first"), "utf8"),
    );
  });

  it("holds no path, clock or undefined number in its outputs, and no warning", () => {
    for (const { outputs = [], metadata } of readNotebook(executed(name, "first")).cells) {
      const tags = (metadata.tags ?? []) as string[];
      if (tags.includes("injected-parameters")) continue;
      for (const output of outputs) {
        expect(output.name).not.toBe("stderr");
        const { "image/png": _, ...words } = dataOf(output);
        expect(`${output.text ?? ""}${JSON.stringify(words)}`).not.toMatch(
          /NaN|undefined|Infinity|\/work|results\/test|20\d\d-\d\d-\d\dT/,
        );
      }
    }
  });

  it("shows every chart as a specification, a picture and words", () => {
    const bundles = readNotebook(executed(name, "first")).cells.flatMap(({ outputs = [] }) =>
      outputs.map(dataOf).filter((data) => "application/vnd.vegalite.v5+json" in data),
    );
    expect(bundles.length > 0).toBe(name !== "07-the-verdicts");
    for (const data of bundles) {
      expect(Object.keys(data).some((type) => type.startsWith("image/"))).toBe(true);
      expect(String(data["text/plain"]).length).toBeGreaterThan(80);
    }
  });
});

describe("what the notebooks found is what the ledger holds", () => {
  it("01: the curves of the tuning sizes, and the rate that is lowest over them", () => {
    const { curves } = chartsOf("01-tune-small") as { curves: { layer: { data: { values: unknown } }[] } };
    const rates = study.factors.learning_rate as number[];
    expect(curves.layer[0]!.data.values).toEqual(
      roles.tuning.flatMap((size) =>
        rates.map((rate) => ({
          rate,
          size_label: String(size),
          loss: Number(meanAt(size, rate)!.toPrecision(5)),
        })),
      ),
    );
    const over = rates.map((rate) =>
      mean(roles.tuning.map((size) => meanAt(size, rate) ?? Number.POSITIVE_INFINITY)),
    );
    const best = rates[over.indexOf(Math.min(...over))]!;
    expect(textOf("01-tune-small", "tuned")).toContain(`rate ${formatRate(best)}, tuned on sizes`);
    const small = cells().filter(({ factors }) => roles.tuning.includes(factors.hidden_size as number));
    const { tuning, bestRates } = analyseGrid(small, {
      fittedSizes: roles.tuning,
      tuningSizes: roles.tuning,
    });
    const found = tuningFindings(tuning, rateSupport(small, roles.tuning), bestRates);
    expect(textOf("01-tune-small", "found")).toBe(found.map((sentence) => `- ${sentence}`).join("\n"));
  });

  it("02 and 03: the laws of the fitted sizes, and how the largest one came out", () => {
    const { fixedRate, tuning } = analyseGrid(cells());
    if (tuning.status !== "tuned") throw new Error(tuning.sentence);
    const { points } = sectionAtRate(cells(), tuning.rate);
    const fits = fitForms(points.filter(({ size }) => roles.fitted.includes(size)));
    for (const { law } of fits) {
      expect(textOf("02-a-law", "three")).toContain(formatLaw(law));
      expect(textOf("03-extrapolation", "law")).toContain(formatLaw(law));
    }
    const { prediction } = fixedRate!.extrapolations.at(-1)!;
    const observed = meanAt(176, tuning.rate)!;
    const told = textOf("03-extrapolation", "found");
    expect(told).toContain(`Size 176 has ${formatLoss(observed)} nats`);
    expect(told).toContain(`the line ${formatLoss(prediction.loss)} (`);
  });

  it("04: four pairs of panels, the count of the trials and their means", () => {
    expect(Object.keys(chartsOf("04-the-432-trials"))).toEqual(["panel-a", "panel-b", "panel-c", "panel-d"]);
    expect(textOf("04-the-432-trials", "count")).toBe("12 × 6 × 2 = 144; rows: 144\n");
    const rows = textOf("04-the-432-trials", "wide").split("\n").slice(1);
    const rates = study.factors.learning_rate as number[];
    expect(rows.map((row) => row.trim().split(/\s+/).map(Number))).toEqual(
      (study.factors.hidden_size as number[]).map((size) => [
        size,
        ...rates.map((rate) => Number(meanAt(size, rate)!.toFixed(3))),
      ]),
    );
    // The post's own numbers, read off its heat map.
    expect(textOf("04-the-432-trials", "compare")).toMatch(/5\.30 nats: \+0\.78, outside the interval/);
  });

  it("05: the rate that the law of the small sizes prescribes", () => {
    const { tuning, rateLaw } = analyseGrid(cells());
    if (tuning.status !== "tuned" || rateLaw.status !== "fitted") throw new Error("the study smoke has both");
    const correction = testCorrection(cells(), roles.fitted, tuning.rate);
    if (correction.status !== "tested") throw new Error(correction.sentence);
    const rows = textOf("05-the-learning-rate-law", "commit").split("\n").slice(1);
    expect(rows.map((row) => row.trim().split(/\s+/).slice(0, 3))).toEqual(
      correction.sizes.map(({ size, lawRate, nearestRate }) => [
        String(size),
        formatRate(lawRate),
        formatRate(nearestRate),
      ]),
    );
    expect(textOf("05-the-learning-rate-law", "found")).toContain(`h^${rateLaw.exponent.toFixed(2)};`);
  });

  it("06: every cell's distance from the curve, and the post's failed run", () => {
    const curve = bestCaseCurve(cells());
    const rows = departures(curve, cells());
    const map = textOf("06-off-the-curve", "map");
    if (curve.status !== "fitted") throw new Error(curve.sentence);
    // A size held out is judged by the curve as it is, a fitted one by the others of them.
    for (const { gap, size, rate } of rows.filter(({ fitted }) => !fitted)) {
      const { parameters } = curve.laws.chosen.fit.law;
      expect(gap).toBeCloseTo(meanAt(size, rate)! - curveAt(parameters, size), 10);
    }
    expect(map.match(/[+-]?\d\.\d\d(?=[\s)\]]|$)/g)).toHaveLength(rows.length);
    const { tuning } = analyseGrid(cells());
    const found = departureFindings(curve, rows, tuning.status === "tuned" ? tuning.rate : null);
    expect(textOf("06-off-the-curve", "found")).toBe(found.map((sentence) => `- ${sentence}`).join("\n"));
    expect(textOf("06-off-the-curve", "own-verdict")).toContain("A model of size 477 would be as good");
  });

  /** A law's loss, written out here once more. */
  function curveAt(parameters: object, size: number): number {
    const { a, b, A, E = 0, alpha } = parameters as Record<string, number>;
    return a !== undefined ? a + b! * Math.log(size) : E + A! * size ** -alpha!;
  }
});

it("06 judges a reader's own table", async () => {
  const table = join(folder, "mine.csv");
  const lines = [8, 16, 32, 64, 128].map(
    (size) => `${size},${(5 - 0.3 * Math.log(size) + (size % 3) * 0.01).toFixed(3)}`,
  );
  writeFileSync(table, ["size,loss", ...lines, "2048,3.9"].join("\n"));
  const output = join(folder, "own.ipynb");
  await executeNotebook(source("06-off-the-curve"), { output, parameters: { ...parameters(), table } });
  const verdict = readNotebook(output).cells.find(({ id }) => id === "own-verdict")!;
  const [chart, words] = verdict.outputs!;
  expect(dataOf(chart!)["text/plain"]).toContain("Size 2048 is off the curve");
  expect(dataOf(words!)["text/markdown"]).toContain("Carried on to size 2048, 16 times the largest of them");
}, 120_000);

it.each(ci ? names : names.slice(1, 2))(
  "%s: the committed outputs are those of the reference run",
  async (name) => {
    const output = join(folder, `reference-${name}.ipynb`);
    await executeNotebook(source(name), { output });
    expect(withoutPictures(output)).toEqual(withoutPictures(source(name)));
  },
  120_000,
);

/** The outputs of a notebook but for its pictures, whose bytes depend on the fonts of the machine. */
function withoutPictures(file: string): unknown {
  return readNotebook(file).cells.map(({ id, outputs = [] }) => [
    id,
    outputs.map((output) => {
      const { "image/png": _, "image/svg+xml": __, ...data } = dataOf(output);
      return { ...output, data };
    }),
  ]);
}

describe("with Python", () => {
  // Alternately; papermill injects the parameters itself, nbclient gets a notebook into which they were injected.
  const half = (tool: number) => (ci ? names : names.filter((_, i) => i % 2 === tool));

  it("papermill and nbclient get the same outputs", async (context) => {
    let environment: Awaited<ReturnType<typeof preparePythonEnvironment>>;
    try {
      environment = await preparePythonEnvironment(root, (line) => console.log(line));
    } catch (error) {
      if (!(error instanceof PythonMissing) || ci) throw error;
      const reason = `the notebooks are not run by nbclient and papermill: ${error.message}`;
      console.log(reason);
      return context.skip(reason);
    }
    const { study: named, results } = parameters();
    const byPapermill = half(0).map((name) => ({
      name,
      output: join(folder, "python", `papermill-${name}.ipynb`),
    }));
    const byNbclient = half(1).map((name) => ({
      name,
      output: join(folder, "python", `nbclient-${name}.ipynb`),
    }));
    for (const { name, output } of byNbclient) {
      const notebook = readNotebook(executed(name, "first"));
      for (const cell of notebook.cells) if (cell.cell_type === "code") cell.outputs = [];
      writeNotebook(output, notebook);
    }
    const commands = [
      ...byPapermill.map(({ name, output }) => [
        ...["papermill", source(name), output, "--no-progress-bar"],
        ...["-p", "study", named, "-p", "results", results],
      ]),
      ...byNbclient.map(({ output }) => ["jupyter-execute", output, "--inplace"]),
    ];
    const runs = await runTools(environment, join(root, "notebooks", "metz-2022"), commands);
    expect(runs.map(({ code, text }) => (code === 0 ? 0 : text))).toEqual(commands.map(() => 0));
    for (const { name, output } of [...byPapermill, ...byNbclient]) {
      expect(joinedOutputs(output)).toEqual(joinedOutputs(executed(name, "first")));
    }
    const [schema] = Object.values(notebookSchemas(root)).slice(-1);
    for (const { output } of byPapermill)
      expect(schema!(JSON.parse(readFileSync(output, "utf8")))).toBe(true);
  }, 600_000);
});
