import { describe, expect, it } from "vitest";
import type { Engine } from "../../lib/engines/engine";
import { createEngine, ENGINE_NAMES } from "../../lib/engines/engines";
import { EngineUnavailableError } from "../../lib/engines/errors";
import { measureParity, measureRounding } from "../../lib/engines/parity";
import { checkParity, within } from "../../lib/engines/parity-check";
import { toleranceOf } from "../../lib/engines/parity-tolerances";
import { PARITY_STACKS } from "../../lib/engines/parity-trials";
import { identityOf } from "../../lib/engines/trial-run";

/** Rounds to so many bits of the significand after the first, as matrix units do with their factors. */
function significand(bits: number) {
  const [float, integer] = [new Float32Array(1), new Int32Array(1)];
  const [asInteger, asFloat] = [new Int32Array(float.buffer), new Float32Array(integer.buffer)];
  const unit = 2 ** (23 - bits);
  return (value: number) => {
    float[0] = value;
    integer[0] = Math.round(asInteger[0]! / unit) * unit;
    return asFloat[0]!;
  };
}

const settings = (precision: string) => ({ settings: { matrix_precision: precision } });

describe("every engine that this machine has agrees with the float64 reference", () => {
  for (const name of ENGINE_NAMES) {
    it(name, { timeout: 180_000 }, async ({ skip }) => {
      // One process holds one libtensorflow: its engines are measured in processes of their own.
      if (name.startsWith("tfjs-node")) {
        const check = await checkParity(name);
        if (check.verdict === "not ready") return skip(`${name}: ${check.reason}`);
        return expect(check.verdict, JSON.stringify(check)).toBe("agrees");
      }
      const engine = await createEngine(name, { threads: 2 }).catch((error: unknown) => {
        if (error instanceof EngineUnavailableError) return skip(`${name}: ${error.message}`);
        throw error;
      });
      // Where the processor emulates a GPU, it takes most of a minute for all of them.
      const stacks = engine.device === "software-gpu" ? PARITY_STACKS.slice(4) : PARITY_STACKS;
      const measurement = await measureParity(engine, stacks);
      const tolerance = toleranceOf(name, identityOf(engine));
      expect(within(measurement, tolerance), JSON.stringify({ measurement, tolerance })).toBe(true);
    });
  }
});

describe("the tolerances tell precisions apart", () => {
  it("TF32 is within its own and outside float32's, on every kind of engine", async () => {
    const measurement = await measureRounding(significand(10));
    expect(within(measurement, toleranceOf("onnx-cuda", settings("tf32")))).toBe(true);
    expect(within(measurement, toleranceOf("onnx-cuda", settings("float32")))).toBe(false);
    expect(within(measurement, toleranceOf("onnx-webgpu", settings("float32")))).toBe(false);
  });

  it("bfloat16 is outside TF32's, and float32 within its own", async () => {
    const coarse = await measureRounding(significand(7));
    expect(within(coarse, toleranceOf("onnx-cuda", settings("tf32")))).toBe(false);
    const fine = await measureRounding(Math.fround);
    expect(within(fine, toleranceOf("onnx-cpu", settings("float32")))).toBe(true);
  });
});

describe("an engine that computes something else is found out", () => {
  /** An engine whose sessions treat one thing of an update otherwise. */
  async function altered(
    change: (coefficients: Float32Array, losses: Float32Array) => void,
  ): Promise<Engine> {
    const engine = await createEngine("onnx-cpu", { threads: 1 });
    return {
      ...engine,
      open: async (spec) => {
        const session = await engine.open(spec);
        const update = session.update.bind(session);
        session.update = async (images, labels, coefficients) => {
          const changed = coefficients.slice();
          change(changed, new Float32Array(0));
          const losses = await update(images, labels, changed);
          change(new Float32Array(0), losses);
          return losses;
        };
        return session;
      },
    };
  }
  const tolerance = toleranceOf("onnx-cpu", settings("float32"));

  it("by a learning rate that is off by a thousandth", async () => {
    const engine = await altered((coefficients) => {
      coefficients.forEach((value, i) => {
        coefficients[i] = value * 1.001;
      });
    });
    expect(within(await measureParity(engine, PARITY_STACKS.slice(5)), tolerance)).toBe(false);
  });

  it("by a loss that is not a number", async () => {
    const engine = await altered((_, losses) => {
      losses[losses.length - 1] = Number.NaN;
    });
    const measurement = await measureParity(engine, PARITY_STACKS.slice(6));
    expect(measurement.loss).toBe(Number.POSITIVE_INFINITY);
    expect(within(measurement, tolerance)).toBe(false);
  });

  it("by losses that were never written", async () => {
    const engine = await altered((_, losses) => losses.fill(0));
    const measurement = await measureParity(engine, PARITY_STACKS.slice(6));
    expect(measurement.loss).toBeCloseTo(1, 6);
  });
});
