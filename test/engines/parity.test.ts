import { describe, expect, it } from "vitest";
import { decoded } from "../../lib/datasets/encoding";
import { BATCH, byteImages, INPUTS, relativeDifference, type Setting, trained } from "./training";

/** Three channels of four values. */
const BYTES = { scale: [0.017, 0.0175, 0.0174], shift: [-2.1, -2.04, -1.8] };

const settings: Record<string, Setting> = {
  "relu, adam, constant": {},
  tanh: { architecture: { activation: "tanh" } },
  gelu: { architecture: { activation: "gelu" } },
  "layer normalisation": { architecture: { layer_norm: true } },
  "layer normalisation, gelu": { architecture: { layer_norm: true, activation: "gelu" } },
  "no hidden layer": { architecture: { depth: 0 } },
  "five hidden layers": { architecture: { depth: 5 } },
  sgd: { optimizer: "sgd", options: { learning_rate: 0.05 } },
  momentum: { optimizer: "momentum", options: { learning_rate: 0.01 } },
  cosine: { options: { schedule: "cosine" } },
  linear: { options: { schedule: "linear", final_fraction: 0.1 } },
  "warm-up": { options: { warmup_updates: 10 } },
  "images as bytes": { encoding: BYTES },
};

describe("the compiled engine agrees with TensorFlow.js's own arithmetic after 50 updates", () => {
  it.each(Object.entries(settings))("%s", async (_, setting) => {
    const compiled = await trained("onnx-cpu", setting, [0, 1, 2]);
    const eager = await trained("tfjs-cpu", setting, [0, 1, 2]);
    // Both work in float32 and differ in the order of their sums alone: some 1e-7 an update, seldom adding up.
    expect(relativeDifference(compiled.losses, eager.losses)).toBeLessThan(1e-5);
    expect(relativeDifference(compiled.evaluation.losses, eager.evaluation.losses)).toBeLessThan(1e-5);
    expect(compiled.evaluation.correct).toEqual(eager.evaluation.correct);
    for (const [name, values] of Object.entries(eager.state)) {
      expect(relativeDifference(compiled.state[name]!, values), name).toBeLessThan(1e-5);
    }
  });

  it("on the wasm backend too", async () => {
    const compiled = await trained("onnx-cpu", {}, [0, 1, 2]);
    const eager = await trained("tfjs-wasm", {}, [0, 1, 2]);
    expect(relativeDifference(compiled.losses, eager.losses)).toBeLessThan(1e-5);
  });
});

describe("images as bytes", () => {
  it.each(["onnx-cpu", "tfjs-wasm"] as const)("train as what they stand for does, on %s", async (engine) => {
    const updates = 20;
    const images = byteImages(updates);
    const bytes = await trained(engine, { encoding: BYTES, images, updates }, [0, 1]);
    // By hand: example by example, four values of each channel.
    const inputs = Float32Array.from(images, (byte, i) => {
      const channel = Math.floor((i % INPUTS) / 4);
      return byte * BYTES.scale[channel]! + BYTES.shift[channel]!;
    });
    expect(inputs).toHaveLength(updates * BATCH * INPUTS);
    expect(Float32Array.from(decoded(images, INPUTS, BYTES))).toEqual(inputs);
    const floats = await trained(engine, { images: inputs, updates }, [0, 1]);
    expect(relativeDifference(bytes.losses, floats.losses)).toBeLessThan(1e-5);
    expect(relativeDifference(bytes.evaluation.losses, floats.evaluation.losses)).toBeLessThan(1e-5);
  });
});

describe("a stack", () => {
  const trialLosses = (losses: Float32Array, trials: number, trial: number) =>
    losses.filter((_, i) => i % trials === trial);

  it("gives each trial the very bits that it has in another stack", async () => {
    const five = await trained("onnx-cpu", {}, [0, 1, 2, 3, 4]);
    const pair = await trained("onnx-cpu", {}, [3, 1]);
    expect(trialLosses(pair.losses, 2, 0)).toEqual(trialLosses(five.losses, 5, 3));
    expect(trialLosses(pair.losses, 2, 1)).toEqual(trialLosses(five.losses, 5, 1));
  });

  it.each(["adam", "sgd", "momentum"] as const)(
    "agrees with its trials trained one by one, %s",
    async (optimizer) => {
      const setting = { optimizer, options: { learning_rate: 5e-3 } };
      const stack = await trained("onnx-cpu", setting, [0, 1, 2]);
      for (const seed of [0, 1, 2]) {
        const alone = await trained("onnx-cpu", setting, [seed]);
        // A stack of one takes another matrix kernel, with another order of sums.
        expect(relativeDifference(alone.losses, trialLosses(stack.losses, 3, seed))).toBeLessThan(1e-5);
      }
    },
  );

  it("keeps a trial that diverges from disturbing the others", async () => {
    const setting = { optimizer: "sgd", options: { learning_rate: 1e-3 }, updates: 20 } as const;
    const calm = await trained("onnx-cpu", setting, [0, 1]);
    const wild = await trained("onnx-cpu", setting, [0, 1e9]);
    expect(trialLosses(wild.losses, 2, 1).at(-1)).toBeNaN();
    expect(trialLosses(wild.losses, 2, 0)).toEqual(trialLosses(calm.losses, 2, 0));
  });
});
