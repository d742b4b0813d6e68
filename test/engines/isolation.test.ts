import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { createEngine, ENGINE_NAMES, type EngineName } from "../../lib/engines/engines";
import { EngineUnavailableError } from "../../lib/engines/errors";
import { type Setting, trained } from "./training";

/** One process holds one libtensorflow; the engine on a GPU has the kernels of the one on the processor, or NVIDIA's. */
const NAMES = ENGINE_NAMES.filter((name) => name !== "tfjs-node-gpu");

const SETTINGS: readonly Setting[] = [
  { optimizer: "sgd", options: { learning_rate: 1e-3 }, updates: 6 },
  {
    architecture: { activation: "gelu", layer_norm: true, depth: 1, hidden_size: 8 },
    optimizer: "sgd",
    options: { learning_rate: 1e-3 },
    updates: 6,
  },
];

/** What hinders an engine here, or undefined. */
async function hindrance(name: EngineName): Promise<string | undefined> {
  try {
    await createEngine(name, { threads: 2 });
    return undefined;
  } catch (error) {
    if (error instanceof EngineUnavailableError) return error.message;
    throw error;
  }
}

describe("a trial that diverges leaves the others of its stack their very bits", () => {
  for (const name of NAMES) {
    it(name, { timeout: 120_000 }, async ({ skip }) => {
      const absent = await hindrance(name);
      if (absent) return skip(`${name}: ${absent}`);
      for (const setting of SETTINGS) {
        const first = (losses: Float32Array) => losses.filter((_, i) => i % 2 === 0);
        const calm = await trained(name, setting, [0, 1]);
        const wild = await trained(name, setting, [0, 1e9]);
        expect(wild.losses.at(-1), "the other has diverged").toBeNaN();
        expect(wild.evaluation.losses[1]).toBeNaN();
        expect(first(wild.losses)).toEqual(first(calm.losses));
        expect(wild.evaluation.losses[0]).toBe(calm.evaluation.losses[0]);
      }
    });
  }
});

describe("stacked products on TensorFlow.js's WebGPU backend", () => {
  it("keep NaN within its own matrix, hold on to no memory, and are right", {
    timeout: 120_000,
  }, async ({ skip }) => {
    const absent = await hindrance("tfjs-webgpu");
    if (absent) return skip(absent);
    await tf.setBackend("webgpu");
    // Every kernel that the backend chooses between by size, with sides on both sides of its tiles.
    const sizes = [
      [16, 13, 7],
      [16, 8, 10],
      [64, 32, 16],
      [5, 3, 2],
      [1, 40, 12],
      [8, 33, 40],
      [64, 65, 64],
      [2, 2100, 3],
    ] as const;
    for (const [rows, inner, columns] of sizes) {
      for (const broken of [0, 1]) {
        const before = tf.memory().numTensors;
        const stacked = (a: number, b: number) => {
          const values = new Float32Array(2 * a * b).map((_, i) =>
            Math.floor(i / (a * b)) === broken ? Number.NaN : ((i * 7) % 5) - 2,
          );
          return tf.tensor3d(values, [2, a, b]);
        };
        const [x, w, g] = [stacked(rows, inner), stacked(inner, columns), stacked(rows, columns)];
        const products = [
          { product: tf.matMul(x, w), left: x, right: w, shape: [rows, columns] },
          { product: tf.matMul(x, g, true), left: x, right: g, shape: [inner, columns] },
          { product: tf.matMul(g, w, false, true), left: g, right: w, shape: [rows, inner] },
        ];
        for (const { product, shape } of products) {
          const size = shape[0]! * shape[1]!;
          const values = (await product.data()).subarray(size * (1 - broken), size * (2 - broken));
          expect(values.every(Number.isInteger), `${rows}·${inner}·${columns}, ${shape}`).toBe(true);
        }
        const values = await products[0]!.product.data();
        const [xs, ws] = [await x.data(), await w.data()];
        const [xAt, wAt] = [(1 - broken) * rows * inner, (1 - broken) * inner * columns];
        let corner = 0;
        for (let k = 0; k < inner; k++) corner += xs[xAt + k]! * ws[wAt + k * columns]!;
        expect(values[(1 - broken) * rows * columns]).toBe(corner);
        tf.dispose([x, w, g, ...products.map(({ product }) => product)]);
        expect(tf.memory().numTensors).toBe(before);
      }
    }
    const bytes = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
    const [a, b] = [tf.ones([2, 5, 7]), tf.ones([2, 7, 3])];
    const bytesLeft = async () => {
      const product = tf.matMul(a, b);
      await product.data();
      product.dispose();
      return bytes();
    };
    const once = await bytesLeft();
    for (let i = 0; i < 20; i++) await bytesLeft();
    expect(await bytesLeft()).toBe(once);
    tf.dispose([a, b]);
  });
});
