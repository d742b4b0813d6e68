import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type Baseline, parseBaseline, readBaseline, runBaseline } from "../../lib/measure/baseline";
import type { EngineRow } from "../../lib/measure/measure";
import { GPU_PROBLEM, type Problem } from "../../lib/measure/problem";
import { stepBytes, stepFlops, studyHours, studySizes } from "../../lib/measure/rates";
import { hoursOf, hoursTable, ratesTable } from "../../lib/measure/tables";
import { findStudy } from "../../lib/studies/presets";
import { parseStudy } from "../../lib/studies/study";

const PROBLEM: Problem = { inputs: 3, classes: 2, batchSize: 10, depth: 1 };
// One hidden layer of 4: (3+1)·4 + (4+1)·2 = 26 parameters; products of 2·10·16 twice and 2·10·10 three times.
const FLOPS = 2 * 320 + 3 * 200;
const BYTES = 26 * 4 * 10;

const spread = (median: number) => ({ median, lowest: median / 2, highest: median * 2 });

const row = (changes: Partial<EngineRow> = {}): EngineRow => ({
  engine: "onnx-webgpu",
  hiddenSize: 4,
  description: "a GPU",
  device: "gpu",
  speed: { stack: 6, updatesPerCall: 8, trialStepsPerSecond: spread(1000), gigaflops: spread(1) },
  error: { value: 1.234e-6, of: "output", against: "float64" },
  failure: undefined,
  ...changes,
});

const baseline: Baseline = {
  torch: "2.11.0",
  device: "Some GPU",
  compiled: true,
  copyBytesPerSecond: BYTES * 4000,
  matrixFlopsPerSecond: { float32: FLOPS * 2000, tf32: FLOPS * 10_000 },
  problem: PROBLEM,
  rows: [
    ...(["compiled", "stacked"] as const).map((mode) => ({
      mode,
      hiddenSize: 4,
      stack: mode === "stacked" ? 36 : 1,
      trialStepsPerSecond: spread(mode === "stacked" ? 5000 : 500),
      largestError: 0.001,
      failure: undefined,
    })),
  ],
};

const cellsOf = (table: string) =>
  table
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.slice(2, -2).split(" | "));

describe("the work of a trial-step", () => {
  it("is what its products and its state take, by hand", () => {
    expect(stepFlops(PROBLEM, 4)).toBe(FLOPS);
    expect(stepBytes(PROBLEM, 4)).toBe(BYTES);
    // 3073·8192 + 2·8193·8192 + 8193·1000 parameters.
    expect(stepBytes(GPU_PROBLEM, 8192) / 40).toBe(3073 * 8192 + 2 * 8193 * 8192 + 8193 * 1000);
  });
});

describe("the table of rates", () => {
  it("gives engines and PyTorch with their parts of the device's rates", () => {
    const table = cellsOf(ratesTable({ problem: PROBLEM, rows: [row()], baselines: [baseline] }));
    expect(table[0]).toEqual([
      ...["engine", "hidden size", "stack", "trial-steps/s", "GFLOP/s", "largest relative error"],
      ...["of the float32 matrix rate", "of the tf32 matrix rate", "of the copy bandwidth"],
    ]);
    expect(table.slice(2)).toEqual([
      [
        ...["onnx-webgpu", "4", "6", "1,000 (500–2,000)", "0.00124 (0.00062–0.00248)", "1.2e-6"],
        ...["50 %", "10 %", "25 %"],
      ],
      [
        ...["PyTorch 2.11.0, compiled, one trial at a time", "4", "1", "500 (250–1,000)"],
        ...["0.00062 (0.00031–0.00124)", "1.0e-3", "25 %", "5 %", "13 %"],
      ],
      [
        ...["PyTorch 2.11.0, compiled, stacked by torch.func", "4", "36", "5,000 (2,500–10,000)"],
        ...["0.0062 (0.0031–0.0124)", "1.0e-3", "250 %", "50 %", "130 %"],
      ],
    ]);
  });

  it("gives no part of the GPU's rates for what ran on the processor", () => {
    const rows = [row({ engine: "onnx-cpu", device: "processor" })];
    const table = cellsOf(ratesTable({ problem: PROBLEM, rows, baselines: [baseline] }));
    expect(table[2]!.slice(-3)).toEqual(["–", "–", "–"]);
  });

  it("leaves cells empty that were not measured, and says why below", () => {
    const rows = [
      row({ speed: undefined, error: undefined, failure: "not done within 9 s" }),
      row({ hiddenSize: 2, error: { value: 1e-5, of: "output", against: "onnx-cpu" } }),
    ];
    const table = ratesTable({ problem: PROBLEM, rows, baselines: [] });
    expect(cellsOf(table)[0]).toHaveLength(6);
    expect(cellsOf(table)[2]!.at(-1)).toBe("1.0e-5 (against onnx-cpu)");
    expect(cellsOf(table)[3]).toEqual(["onnx-webgpu", "4", "–", "–", "–", "–"]);
    expect(table).toMatch(/\n\n- onnx-webgpu at hidden size 4: not done within 9 s\.$/);
  });
});

describe("the hours of a study", () => {
  const study = parseStudy(
    {
      name: "two-sizes",
      dataset: { name: "kanji-1000" },
      base: { updates: 900, batch_size: 10, depth: 1 },
      factors: { hidden_size: [4, 2], learning_rate: [1e-3, 1e-2], seed: [0, 1] },
    },
    "test",
  );

  it("are the updates of all trials over the rate of their size", () => {
    expect(studySizes(study)).toEqual([2, 4]);
    const rates = new Map([
      [2, 100],
      [4, 10],
    ]);
    expect(studyHours(study, rates)).toBeCloseTo((4 * 900) / 100 / 3600 + (4 * 900) / 10 / 3600, 12);
    expect(studyHours(study, new Map([[2, 100]]))).toBeUndefined();
  });

  it("are given for each engine and loop that was measured at all sizes", () => {
    const rows = [row(), row({ hiddenSize: 2 }), row({ engine: "tfjs-wasm" })];
    const measurements = { problem: PROBLEM, rows, baselines: [baseline] };
    expect(hoursOf(measurements, study)).toEqual([
      { name: "onnx-webgpu", hours: expect.closeTo((8 * 900) / 1000 / 3600, 9) },
    ]);
    expect(cellsOf(hoursTable(measurements, study))[2]).toEqual(["onnx-webgpu", "7 s"]);
    expect(hoursTable({ ...measurements, rows: [] }, study)).toBe("");
  });

  it("are of all 432 trials of the post", () => {
    const paper = findStudy("paper");
    const rates = new Map(studySizes(paper).map((size) => [size, 1000]));
    expect(studySizes(paper)).toHaveLength(12);
    expect(studyHours(paper, rates)).toBeCloseTo((432 * 30_000) / 1000 / 3600, 9);
  });
});

describe("what PyTorch measured", () => {
  const folder = mkdtempSync(join(tmpdir(), "offcurve-measure-"));
  const result = {
    format: 1,
    torch: "2.11.0",
    device: "processor",
    compiled: false,
    copy_bytes_per_second: 1e10,
    matrix_flops_per_second: { float32: 1e11 },
    problem: { inputs: 3, classes: 2, batch: 10, depth: 1 },
    rows: [
      {
        ...{ mode: "stacked", hidden_size: 4, stack: 36, largest_error: null, cuda_graph: false },
        trial_steps_per_second: { median: 3, lowest: 2, highest: 4 },
      },
      { mode: "compiled", hidden_size: 4, stack: 1, error: "OutOfMemoryError: too little" },
    ],
  };

  it("is read from a file", () => {
    const file = join(folder, "a.json");
    writeFileSync(file, JSON.stringify(result));
    expect(readBaseline(file)).toMatchObject({
      problem: PROBLEM,
      rows: [
        {
          mode: "stacked",
          hiddenSize: 4,
          stack: 36,
          trialStepsPerSecond: { median: 3 },
          largestError: undefined,
        },
        { mode: "compiled", trialStepsPerSecond: undefined, failure: "OutOfMemoryError: too little" },
      ],
    });
  });

  it.each([
    ["{", /^x\.json is not JSON: /],
    [JSON.stringify({ ...result, format: 2 }), /^x\.json is no result of pytorch_baseline\.py: format: /],
    [JSON.stringify({ ...result, copy_bytes_per_second: -1 }), /copy_bytes_per_second/],
    [JSON.stringify({ ...result, rows: [{ mode: "slow" }] }), /rows\.0\.mode/],
  ])("is refused with the place of what is wrong: %s", (text, message) => {
    expect(() => parseBaseline(text, "x.json")).toThrow(message);
  });

  it("is asked of the script with the problem and the sizes", async () => {
    const python = join(folder, "python");
    const log = join(folder, "asked");
    writeFileSync(python, `#!/bin/sh\necho "$@" >${log}\ncat ${join(folder, "a.json")}\n`, { mode: 0o755 });
    const options = { python, problem: PROBLEM, sizes: [4, 8], stack: 5, seconds: 2, limitSeconds: 20 };
    const baseline = await runBaseline(options);
    expect(baseline.torch).toBe("2.11.0");
    const [script, ...parameters] = readFileSync(log, "utf8").trim().split(" ");
    expect(script).toMatch(/environment\/measure\/pytorch_baseline\.py$/);
    expect(parameters.join(" ")).toBe(
      "--sizes 4,8 --inputs 3 --classes 2 --batch 10 --depth 1 --stack 5 --seconds 2",
    );
  });

  it("needs a Python that has PyTorch", async () => {
    const options = { problem: PROBLEM, sizes: [4], seconds: 1, limitSeconds: 20 };
    await expect(runBaseline({ ...options, python: "/nonexistent/python" })).rejects.toThrow(
      "there is no command /nonexistent/python; name a Python that has PyTorch with --python",
    );
    const failing = join(folder, "failing");
    writeFileSync(failing, "#!/bin/sh\necho 'pytorch_baseline: no CUDA GPU' >&2\nexit 1\n", { mode: 0o755 });
    await expect(runBaseline({ ...options, python: failing })).rejects.toThrow(
      "pytorch_baseline: no CUDA GPU",
    );
  });
});

const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe.runIf(process.env.CI || hasPython)("pytorch_baseline.py", () => {
  const script = resolve(__dirname, "../../environment/measure/pytorch_baseline.py");
  const run = (...parameters: string[]) =>
    spawnSync("python3", ["-S", "-B", script, ...parameters], { encoding: "utf8" });

  it.each([
    [["--sizes", "8,x"], /argument --sizes: expected a whole number from 1 up, got 'x'/],
    [["--stack", "0"], /argument --stack: expected a whole number/],
    [["--seconds", "0"], /argument --seconds: expected a number above 0/],
    [["--device", "abacus"], /invalid choice: 'abacus'/],
  ])("refuses %j", (parameters, message) => {
    const { status, stderr } = run(...parameters);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });

  it("says so where Python has no PyTorch, which -S makes sure of", () => {
    const { status, stdout, stderr } = run("--device", "cpu");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(
      /^pytorch_baseline: this Python has no PyTorch .*; install it with: pip install torch\n$/,
    );
  });
});
