import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { fitsMemory, type Plan, planText } from "../../../lib/cli/text/plan";
import { datasetNames, loadDataset } from "../../../lib/datasets/load";
import { datasetShape } from "../../../lib/datasets/shape";
import type { Engine } from "../../../lib/engines/engine";
import { createEngine } from "../../../lib/engines/engines";
import type { ProgramSpec } from "../../../lib/optimizers/program";
import { PRESETS } from "../../../lib/studies/presets";
import { parseStudy, type Study } from "../../../lib/studies/study";
import { trialsOf } from "../../../lib/studies/trials";
import { estimateRun } from "../../../lib/sweep/estimate";
import { checkpointBytes, memoryOf } from "../../../lib/sweep/estimate-memory";
import { estimateShapes } from "../../../lib/sweep/estimate-shapes";
import { runStudy } from "../../../lib/sweep/run";
import { stacksOf } from "../../../lib/sweep/stacks";
import { folderWith, int64, noise, npy, zip } from "../../datasets/fixtures";
import { dataset as clusters, smallStudy } from "../../sweep/problem";
import { emptyFolder, offcurve } from "../offcurve";

const data = { features: 16, classes: 10, memoryBytes: 1e6 };

function study(changes: object = {}): Study {
  return parseStudy(
    {
      name: "tiny",
      dataset: { name: "imagenet-16" },
      base: { updates: 100, batch_size: 32 },
      factors: { hidden_size: [8, 32, 256], learning_rate: [1e-3, 1e-2], seed: [0, 1] },
      ...changes,
    },
    "tiny",
  );
}

/** Multiply-adds twice: forward and the gradient of the weights for all layers, of the inputs for all but the first. */
function flopsByHand({ architecture: { inputs, classes, hidden_size: h }, batchSize }: ProgramSpec): number {
  return 2 * batchSize * (2 * (inputs + 1) * h + 3 * 2 * (h + 1) * h + 3 * (h + 1) * classes);
}

/** An engine whose updates take a known time and compute nothing. */
function clockwork(secondsPerFlop: number, widest = Number.POSITIVE_INFINITY) {
  const opened: number[] = [];
  const engine: Engine = {
    name: "clockwork",
    description: "clockwork",
    threads: 1,
    updatesPerCall: () => 1,
    async open(spec) {
      opened.push(spec.architecture.hidden_size);
      if (spec.architecture.hidden_size > widest) throw new Error("out of memory\nat line 1");
      return {
        setState() {},
        getState: async () => ({}),
        async update() {
          const end = performance.now() + 1000 * secondsPerFlop * flopsByHand(spec) * spec.trials;
          await sleep(Math.max(0, end - performance.now() - 2));
          while (performance.now() < end);
          return new Float32Array(spec.trials);
        },
        evaluate: async () => ({ losses: new Float32Array(), correct: new Float32Array() }),
        close: async () => {},
      };
    },
  };
  return { engine, opened };
}

describe("the estimate of a study", () => {
  it("takes times from what is measured, and by FLOP where that would take too long", async () => {
    const rate = 2e-8;
    const { engine, opened } = clockwork(rate);
    const { shapes, seconds, trials, trialSteps, flops } = await estimateShapes(study(), data, engine);
    expect(opened).toEqual([8, 32]); // 256 would take 2 s an update
    expect(shapes.map(({ spec }) => spec.architecture.hidden_size)).toEqual([8, 32, 256]);
    for (const { speed, spec, seconds, trials, updates, flops } of shapes) {
      if (speed.source === "unknown") throw new Error("a speed is unknown");
      const expected = rate * flopsByHand(spec);
      expect(speed.secondsPerTrialStep / expected).toBeGreaterThan(0.99);
      expect(speed.secondsPerTrialStep / expected).toBeLessThan(1.5);
      expect(seconds).toBeCloseTo(speed.secondsPerTrialStep * trials * updates, 9);
      expect(flops).toBe(trials * updates * flopsByHand(spec));
    }
    expect(shapes.map(({ speed }) => speed.source)).toEqual(["measured", "measured", "extrapolated"]);
    expect(shapes[2]!.speed).toMatchObject({
      fromHiddenSize: 32,
      reason: expect.stringMatching(/^an update/),
    });
    expect({ trials, trialSteps }).toEqual({ trials: 12, trialSteps: 1200 });
    expect(flops).toBe(shapes.reduce((sum, shape) => sum + shape.flops, 0));
    expect(seconds).toBeCloseTo(
      shapes.reduce((sum, shape) => sum + shape.seconds!, 0),
      9,
    );
  });

  it("measures a narrower model first where the narrowest is too slow to measure blindly", async () => {
    const wide = study({ factors: { hidden_size: [4096], learning_rate: [1e-3] } });
    const { engine, opened } = clockwork(2e-9);
    const [shape] = (await estimateShapes(wide, data, engine)).shapes;
    expect(opened).toHaveLength(1);
    expect(opened[0]).toBeLessThan(1000);
    expect(shape!.speed).toMatchObject({ source: "extrapolated", fromHiddenSize: opened[0] });
  });

  it("counts a trial that is trained as two copies twice in time and once in trials", async () => {
    const single = study({ factors: { hidden_size: [8], learning_rate: [1e-3] } });
    const [shape] = (await estimateShapes(single, data, clockwork(1e-9).engine)).shapes;
    if (shape!.speed.source !== "measured") throw new Error("not measured");
    expect(shape!.trials).toBe(1);
    expect(shape!.seconds).toBeCloseTo(2 * 100 * shape!.speed.secondsPerTrialStep, 9);
  });

  it("reserves nothing where no memory is free, and says what it does not know", async () => {
    const { engine, opened } = clockwork(1e-9);
    const estimate = await estimateShapes(study(), data, engine, { freeBytes: 1e6 });
    expect(opened).toEqual([]);
    expect(estimate.seconds).toBeUndefined();
    expect(estimate.memoryBytes).toBeGreaterThan(1e6);
    expect(estimate.shapes.map(({ speed }) => speed)).toEqual(
      Array(3).fill({ source: "unknown", reason: "too little memory is free to measure it" }),
    );
  });

  it("goes on by FLOP where the engine fails on a wide model", async () => {
    const { engine, opened } = clockwork(1e-12, 32);
    const { shapes } = await estimateShapes(study(), data, engine);
    expect(opened).toEqual([8, 32, 256]);
    expect(shapes[2]!.speed).toMatchObject({
      source: "extrapolated",
      fromHiddenSize: 32,
      reason: "the engine failed: out of memory",
    });
  });

  it("counts memory by hand for Adam: five of each parameter and moment, the examples, the data set", async () => {
    const { shapes } = await estimateShapes(study(), data, clockwork(1e-12).engine);
    for (const { spec, memory } of shapes) {
      const h = spec.architecture.hidden_size;
      const parameters = 17 * h + 2 * (h + 1) * h + (h + 1) * 10;
      expect(memory.state).toBe(5 * 3 * 4 * parameters * spec.trials);
      const kept = 4 * 16 * (100 * 32 + 4096);
      expect(memory.examples).toBe(kept + 4 * 32 * 16 + data.memoryBytes);
      expect(memory.total).toBe(memory.state + memory.activations + memory.examples + memory.program);
    }
  });

  it("counts a byte for each value of examples that are bytes, and the examples of a call", () => {
    const encoding = { scale: [1], shift: [0] };
    const [floats] = stacksOf(trialsOf(study()), data, { threads: 1 });
    const [inBytes] = stacksOf(trialsOf(study()), { ...data, encoding }, { threads: 1 });
    const examples = { training: 1000, heldOut: 10 };
    const call = { updatesPerCall: () => 7 };
    expect(memoryOf(floats!, call, examples).examples).toBe(4 * 16 * (1010 + 7 * 32));
    expect(memoryOf(inBytes!, call, examples).examples).toBe(16 * (1010 + 7 * 32));
  });

  it("does not count examples that are too many to keep", () => {
    const [stack] = stacksOf(trialsOf(study()), data, { threads: 1 });
    const one = { updatesPerCall: () => 1 };
    const few = memoryOf(stack!, one, { training: 1000, heldOut: 0 });
    const many = memoryOf(stack!, one, { training: 1e9, heldOut: 0 });
    expect(many.examples).toBeLessThan(few.examples);
  });

  it("knows the size of checkpoints", async () => {
    const engine = await createEngine("onnx-cpu", { threads: 1 });
    const small = smallStudy({ factors: { hidden_size: [64], learning_rate: [1e-2], seed: [0, 1, 2] } });
    const [folder, interrupt] = [emptyFolder(), new AbortController()];
    await runStudy(small, {
      folder,
      dataset: clusters,
      engine,
      signal: interrupt.signal,
      onProgress: ({ trialSteps }) => trialSteps > 0 && interrupt.abort(),
    });
    const files = readdirSync(join(folder, "checkpoints"));
    const bytes = files.reduce((sum, file) => sum + statSync(join(folder, "checkpoints", file)).size, 0);
    const expected = checkpointBytes(stacksOf(trialsOf(small), clusters, { threads: 1 })[0]!);
    expect(files).toHaveLength(3);
    expect(bytes / expected).toBeGreaterThan(0.7); // the fourth is the one being written
    expect(bytes / expected).toBeLessThan(0.8);
  });

  it("of a run counts only what checkpoints leave", async () => {
    const trials = trialsOf(smallStudy());
    const { engine } = clockwork(1e-12);
    const whole = await estimateRun(trials, clusters, engine);
    const standing = new Map(trials.slice(0, 2).map(({ id }) => [id, 40]));
    const rest = await estimateRun(trials, clusters, engine, { standing });
    expect(whole.trialSteps).toBe(8 * 50);
    expect(rest.trialSteps).toBe(8 * 50 - 2 * 40);
    expect(rest.flops / whole.flops).toBeGreaterThan(0.7);
    expect(rest.flops / whole.flops).toBeLessThan(0.9);
  });
});

describe("the shape of a data set without its files", () => {
  it.each([{ name: "kanji-1000" }, { name: "fashion-mnist" }, { name: "fashion-mnist", side: 28 }])(
    "is that of the loaded %j",
    async (spec) => {
      const { features, classes } = await loadDataset(spec);
      expect(datasetShape(spec)).toMatchObject({ features, classes });
    },
  );

  it.each([
    ["cifar-10", 1, [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`), "test_batch.bin"],
    ["cifar-100", 2, ["train.bin"], "test.bin"],
  ] as const)("is that of a loaded subset of %s", async (name, labelBytes, trainFiles, testFile) => {
    const record = new Uint8Array(labelBytes + 3072);
    const files = Object.fromEntries([...trainFiles, testFile].map((file) => [file, record]));
    const spec = { name, path: folderWith(files), sizes: { train: trainFiles.length, test: 1 } };
    const { features, classes, encoding } = await loadDataset(spec);
    const memoryBytes = (trainFiles.length + 1) * 3072;
    expect(datasetShape(spec)).toEqual({ features, classes, encoding, memoryBytes });
  });

  it.each([16, 32, 64])("is that of a loaded subset of imagenet-%i", async (side) => {
    const width = 3 * side * side;
    const batch = zip({
      "data.npy": npy("|u1", `(1, ${width})`, noise(width)),
      "labels.npy": npy("<i8", "(1,)", int64([7])),
    });
    const names = [...Array.from({ length: 10 }, (_, n) => `train_data_batch_${n + 1}.npz`), "val_data.npz"];
    const path = folderWith(Object.fromEntries(names.map((name) => [name, batch])));
    const spec = { name: `imagenet-${side}`, path, sizes: { train: 10, test: 1 } };
    const { features, classes, encoding } = await loadDataset(spec);
    expect(datasetShape(spec)).toEqual({ features, classes, encoding, memoryBytes: 11 * width });
  });

  it("is known for every data set, and for nothing else", () => {
    for (const name of datasetNames) expect(datasetShape({ name }).classes).toBeGreaterThan(1);
    expect(() => datasetShape({ name: "mnist" })).toThrow(/not one of kanji-1000, .*: mnist/);
    expect(() => datasetShape({ name: "fashion-mnist", side: 7 })).toThrow(/not one of 14, 28: 7/);
  });
});

describe("a plan in words", () => {
  const room = { freeMemoryBytes: 8e9, machineMemoryBytes: 16e9, gpuMemoryBytes: null, freeDiskBytes: 1e12 };
  async function planOf(
    subject: Study,
    secondsPerFlop: number,
    name = "clockwork",
  ): Promise<Plan["engines"][number]> {
    const estimate = await estimateShapes(subject, data, clockwork(secondsPerFlop).engine);
    return { name, description: `${name} 1.0`, device: "processor", threads: 1, estimate };
  }

  it("has a row for each size, says what is extrapolated, and that it fits", async () => {
    const text = planText({ study: study(), dataset: data, room, engines: [await planOf(study(), 2e-8)] });
    const lines = text.split("\n");
    expect(text).toContain("Data: imagenet-16, 16 features, 10 classes; its files were not read.");
    expect(lines.find((line) => line.startsWith("hidden size"))).toBe(
      "hidden size  trials  stack  memory  trial-step  all trials  rate",
    );
    expect(lines.filter((line) => / {2}measured$/.test(line))).toHaveLength(2);
    expect(lines.filter((line) => / {2}extrapolated from 32$/.test(line))).toHaveLength(1);
    expect(text).toMatch(/Cost: 12 trials, 1\.2 ktrial-steps, .* of memory, about .* on this machine\./);
    expect(text).toMatch(
      /Speed at hidden size 256 is extrapolated by FLOP from size 32, the largest measured: an update takes too long/,
    );
    expect(text).toMatch(/It fits: 8 GB of memory are free; checkpoints take up to .* of disk/);
  });

  it("names the sizes that do not fit in memory, on the GPU, or on the disk", async () => {
    const wide = study({ factors: { hidden_size: [8, 4096, 8192], learning_rate: [1e-3] } });
    const plan = await planOf(wide, 1e-9);
    if (!("estimate" in plan)) throw new Error("no plan");
    const tight = { ...room, freeMemoryBytes: 4e9, freeDiskBytes: 1e6 };
    const text = planText({ study: wide, dataset: data, room: tight, engines: [plan] });
    expect(text).toMatch(
      /Does not fit: hidden size 8192 would take up to [\d.]+ GB of memory, and 4 GB are free\./,
    );
    expect(text).toMatch(
      /Does not fit: checkpoints would take up to [\d.]+ GB of disk at a time, and 1 MB are free/,
    );
    expect(text).not.toContain("It fits");
    expect(plan.estimate.shapes.map((shape) => fitsMemory(shape, "processor", tight))).toEqual([
      true,
      true,
      false,
    ]);

    const gpu = { ...room, freeMemoryBytes: 1e12, gpuMemoryBytes: 1e9 };
    const onGpu = planText({ study: wide, dataset: data, room: gpu, engines: [{ ...plan, device: "gpu" }] });
    expect(onGpu).toMatch(
      /Does not fit: hidden sizes 4096, 8192 would take up to [\d.]+ GB of the GPU's memory, which is 1 GB\./,
    );
  });

  it("sets engines side by side, and names those that are not ready", async () => {
    const engines = [
      await planOf(study(), 2e-8, "slow"),
      await planOf(study(), 1e-12, "fast"),
      { name: "absent", unavailable: "it is not installed; install it" },
    ];
    const text = planText({ study: study(), dataset: data, room, engines });
    expect(text).toMatch(
      /^hidden size +trials +memory +slow: trial-step +all trials +fast: trial-step +all trials$/m,
    );
    expect(text).toContain("absent is not ready: it is not installed; install it");
    expect(text).toMatch(/^slow: Cost: 12 trials/m);
    expect(text).toMatch(/^fast: Cost: 12 trials/m);
    expect(text.match(/ \*/g)).toHaveLength(1); // the wide size of the slow engine
  });

  it("has a column for whatever else the shapes differ in", async () => {
    const deep = study({
      base: { updates: 10, learning_rate: 1e-3 },
      factors: { hidden_size: [4, 8], depth: [1, 2], optimizer: ["adam", "sgd"] },
    });
    const text = planText({ study: deep, dataset: data, room, engines: [await planOf(deep, 1e-12)] });
    expect(text).toMatch(/^hidden size {2}depth {2}optimizer {2}trials/m);
    expect(text.match(/ {2}measured$/gm)).toHaveLength(8);
  });
});

describe("offcurve plan", () => {
  function file(): string {
    const path = join(emptyFolder(), "tiny.json");
    const declared = {
      name: "tiny",
      dataset: { name: "imagenet-32" },
      base: { updates: 100, batch_size: 8, depth: 1 },
      factors: { hidden_size: [4, 8], learning_rate: [1e-3] },
    };
    writeFileSync(path, JSON.stringify(declared));
    return path;
  }

  it("plans a study whose data are not there", async () => {
    const { status, stdout, stderr } = await offcurve("plan", "--study", file(), "--threads", "1");
    expect(status).toBe(0);
    expect(stdout).toContain("Data: imagenet-32, 3072 features, 1000 classes; its files were not read.");
    expect(stdout).toContain("Engine: onnx-cpu");
    expect(stdout.match(/ {2}measured$/gm)).toHaveLength(2);
    expect(stderr).toBe("measuring onnx-cpu, hidden size 4\nmeasuring onnx-cpu, hidden size 8\n");
  });

  it("compares engines, and prints one JSON document", async () => {
    const engines = ["--engine", "onnx-cpu,tfjs-cpu", "--engine", "tfjs-wasm"];
    const { stdout } = await offcurve("plan", "--study", file(), ...engines, "--json");
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      study: "tiny",
      dataset: { name: "imagenet-32", features: 3072, classes: 1000, memory_bytes: 1_331_167 * 3072 },
      free_memory_bytes: expect.any(Number),
      free_disk_bytes: expect.any(Number),
    });
    expect(document.engines.map(({ engine }: { engine: string }) => engine)).toEqual([
      "onnx-cpu",
      "tfjs-cpu",
      "tfjs-wasm",
    ]);
    for (const { ready, shapes, seconds } of document.engines) {
      expect(ready).toBe(true);
      expect(seconds).toBeGreaterThan(0);
      expect(shapes).toHaveLength(2);
      expect(shapes[0]).toMatchObject({
        hidden_size: 4,
        trials: 1,
        updates: 100,
        fits_memory: expect.any(Boolean),
        memory: { total: expect.any(Number) },
      });
    }
  });

  it.each([
    [["--engine", "abacus"], 2, /abacus is none of onnx-cpu/],
    [["--threads", "none"], 2, /whole number/],
    [["--study", "papre"], 1, /papre is neither a study of the kit/],
  ] as const)("%j is refused", async (args, expected, message) => {
    const { status, stdout, stderr } = await offcurve("plan", ...args);
    expect({ status, stdout }).toEqual({ status: expected, stdout: "" });
    expect(stderr).toMatch(message);
  });

  it("knows the shape of the data of every study of the kit", () => {
    for (const { dataset } of PRESETS) expect(datasetShape(dataset).features).toBeGreaterThan(0);
  });
});
