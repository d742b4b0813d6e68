import { describe, expect, it } from "vitest";
import type { Engine, Session } from "../../lib/engines/engine";
import { createEngine } from "../../lib/engines/engines";
import { measureEngines } from "../../lib/measure/measure";
import { measureInProcess } from "../../lib/measure/measure-process";
import { GPU_PROBLEM, KANJI_PROBLEM, type Problem, usualStack } from "../../lib/measure/problem";
import { measureSpeed } from "../../lib/measure/speed";
import { engineValues, hasReference, largestError, referenceValues } from "../../lib/measure/values";

const SMALL: Problem = { inputs: 12, classes: 7, batchSize: 9, depth: 2 };

/** An engine whose results are changed after the fact. */
function tampered(engine: Engine, change: (values: Float32Array) => void): Engine {
  return {
    ...engine,
    open: async (spec) => {
      const session = await engine.open(spec);
      return new Proxy(session, {
        get(target, key: keyof Session) {
          const own = target[key];
          if (key !== "getState") return typeof own === "function" ? own.bind(target) : own;
          return async () => {
            const state = await target.getState();
            change(state.hidden_1!);
            return state;
          };
        },
      });
    },
  };
}

describe("the largest error of an engine", () => {
  it("is that of float32 for engines that compute what they should", async () => {
    const expected = referenceValues(SMALL, 5);
    for (const name of ["onnx-cpu", "tfjs-cpu"] as const) {
      const { value } = largestError(await engineValues(await createEngine(name), SMALL, 5), expected);
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThan(5e-6);
    }
  });

  it("is what a wrong parameter is wrong by, relative to the largest of its tensor", async () => {
    const expected = referenceValues(SMALL, 5);
    const engine = tampered(await createEngine("tfjs-cpu"), (values) => {
      values[3]! += 0.01;
    });
    const error = largestError(await engineValues(engine, SMALL, 5), expected);
    expect(error.of).toBe("hidden_1");
    expect(error.value).toBeCloseTo(0.01 / expected.parameters.hidden_1!.largest, 4);
  });

  it("is infinite where a number is none", async () => {
    const engine = tampered(await createEngine("tfjs-cpu"), (values) => {
      values[0] = Number.NaN;
    });
    const error = largestError(await engineValues(engine, SMALL, 5), referenceValues(SMALL, 5));
    expect(error.value).toBe(Number.POSITIVE_INFINITY);
  });

  it("is against float64 up to the sizes that loops can do in seconds", () => {
    expect([8, 64, 512, 2048].map((size) => hasReference(KANJI_PROBLEM, size))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([2048, 4096, 8192].map((size) => hasReference(GPU_PROBLEM, size))).toEqual([true, false, false]);
  });
});

describe("the speed of an engine", () => {
  it("counts the trial-steps that were made in the time that they took", async () => {
    let steps = 0;
    const engine: Engine = {
      name: "clock",
      description: "",
      threads: 1,
      updatesPerCall: () => 4,
      open: async (spec) => ({
        setState: () => {},
        getState: async () => ({}),
        async update(_images, labels) {
          expect(labels).toHaveLength(4 * spec.batchSize);
          const end = performance.now() + 10;
          while (performance.now() < end);
          steps += 4 * spec.trials;
          return new Float32Array(4 * spec.trials);
        },
        evaluate: () => Promise.reject(new Error("not asked for")),
        close: async () => {},
      }),
    };
    const speed = await measureSpeed(engine, SMALL, 5, { stack: 3, seconds: 0.3 });
    expect(speed).toMatchObject({ stack: 3, updatesPerCall: 4 });
    const { lowest, median, highest } = speed.trialStepsPerSecond;
    expect(highest).toBeLessThanOrEqual((4 * 3) / 0.01);
    expect(lowest).toBeGreaterThan(100);
    expect([lowest, median, highest]).toEqual([lowest, median, highest].sort((a, b) => a - b));
    expect(steps % 12).toBe(0);
    // 2 per multiply-add: (2·13·5 + 3·6·5 + 3·6·7) · 9 examples, by hand.
    expect(speed.gigaflops.median / median).toBeCloseTo(
      (2 * 9 * (2 * 13 * 5 + 3 * 6 * 5 + 3 * 6 * 7)) / 1e9,
      12,
    );
  });

  it("is measured with the stack that a study would train", () => {
    expect(usualStack(KANJI_PROBLEM, 8, { threads: 2 })).toBe(14);
    expect(usualStack(KANJI_PROBLEM, 2048, { threads: 2 })).toBe(1);
    expect(usualStack(SMALL, 4, { threads: 2 })).toBe(36);
  });
});

describe("a measurement in a process of its own", () => {
  const request = {
    task: "engine" as const,
    engine: "onnx-cpu" as const,
    problem: SMALL,
    hiddenSize: 5,
    stack: undefined,
    updates: undefined,
    seconds: 0.05,
    threads: 1,
  };

  it("ends after its limit", async () => {
    const started = performance.now();
    const measured = await measureInProcess({ ...request, seconds: 600 }, 3);
    expect(measured.failure).toBe("not done within 3 s");
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("says why an engine failed", async () => {
    const { failure, speed } = await measureInProcess({ ...request, engine: "onnx-cuda" }, 60);
    expect(speed).toBeUndefined();
    expect(failure).toMatch(/CUDA/);
  });

  it("is not begun where there is no memory for it", async () => {
    const problem = { ...SMALL, inputs: 100_000 };
    const { failure } = await measureInProcess({ ...request, problem, hiddenSize: 200_000 }, 60);
    expect(failure).toMatch(/^it would take [\d.]+ GB of memory, and [\d.]+ GB are free$/);
  });

  it("gives rows by size with every engine beside the reference", async () => {
    const seen: number[] = [];
    const rows = await measureEngines({
      problem: SMALL,
      sizes: [4, 6],
      engines: ["onnx-cpu", "tfjs-cpu"],
      seconds: 0.05,
      limitSeconds: 60,
      threads: 1,
      onRows: (rows) => seen.push(rows.length),
    });
    expect(rows.map(({ engine, hiddenSize }) => [engine, hiddenSize])).toEqual([
      ["onnx-cpu", 4],
      ["tfjs-cpu", 4],
      ["onnx-cpu", 6],
      ["tfjs-cpu", 6],
    ]);
    expect(seen).toEqual([2, 4]);
    for (const { speed, error, failure, device, description } of rows) {
      expect(failure).toBeUndefined();
      expect(speed!.stack).toBe(36);
      expect(speed!.trialStepsPerSecond.median).toBeGreaterThan(0);
      expect(error!.against).toBe("float64");
      expect(error!.value).toBeLessThan(5e-6);
      expect(device).toBe("processor");
      expect(description).toMatch(/onnxruntime|TensorFlow/);
    }
  }, 60_000);
});
