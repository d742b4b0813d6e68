/** The bare matrix products of an update, on ONNX Runtime: the rate that a training step is measured against. */

import "./without-telemetry";
import * as tf from "@tensorflow/tfjs";
import type { Tensor as RuntimeTensor } from "onnxruntime-node";
import { parameterSpecs } from "../model/mlp";
import type { ProgramSpec } from "../optimizers/program";
import { toOnnx } from "../trace/onnx";
import { type TensorSpec, trace } from "../trace/trace";

export interface Products {
  /** Sets of products in one call: enough that the cost of a call vanishes. */
  readonly sets: number;
  /** Multiplies all sets once. */
  run(): Promise<void>;
  close(): Promise<void>;
}

/** Sets of products in one call, so that its own cost vanishes. */
const SETS = 8;

/**
 * The products that `updateFlops` counts, at the very shapes of the program: forward, gradient of the weights, and of
 * the inputs but the first layer's. Of each product one element is read, so that nothing but multiplying costs time;
 * each set has activations and gradients of its own, so that none can be left out as already known.
 */
export async function openProducts(spec: ProgramSpec, threads: number): Promise<Products> {
  const { architecture, batchSize, trials } = spec;
  const layers = parameterSpecs(architecture).filter(({ role }) => role === "dense");
  const inputs: Record<string, TensorSpec> = {};
  layers.forEach(({ shape: [rows, columns] }, layer) => {
    inputs[`w${layer}`] = { dtype: "float32", shape: [trials, rows, columns] };
    for (let set = 0; set < SETS; set++) {
      inputs[`x${layer}/${set}`] = { dtype: "float32", shape: [layer === 0 ? 1 : trials, batchSize, rows] };
      inputs[`g${layer}/${set}`] = { dtype: "float32", shape: [trials, batchSize, columns] };
    }
  });
  const graph = trace((tensors) => {
    const corners: tf.Tensor[] = [];
    const keep = (product: tf.Tensor) => corners.push(product.slice([0, 0, 0], [1, 1, 1]));
    for (let set = 0; set < SETS; set++) {
      layers.forEach((_, layer) => {
        const [x, w, g] = [tensors[`x${layer}/${set}`]!, tensors[`w${layer}`]!, tensors[`g${layer}/${set}`]!];
        keep(tf.matMul(x, w));
        keep(tf.matMul(x, g, true));
        if (layer > 0) keep(tf.matMul(g, w, false, true));
      });
    }
    return { corners: tf.concat(corners) };
  }, inputs);
  const runtime = await import("onnxruntime-node");
  const session = await runtime.InferenceSession.create(toOnnx(graph), {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
  });
  const feeds = tensorsOf(
    runtime,
    Object.entries(inputs).map(([name, { shape }]) => [name, shape]),
  );
  return {
    sets: SETS,
    run: async () => void (await session.run(feeds)),
    close: () => session.release(),
  };
}

function tensorsOf(
  { Tensor }: Pick<typeof import("onnxruntime-node"), "Tensor">,
  specs: readonly (readonly [name: string, shape: readonly number[]])[],
): Record<string, RuntimeTensor> {
  const tensors = specs.map(([name, shape]) => {
    const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
    return [
      name,
      new Tensor(
        values.map((_, i) => Math.sin(i)),
        shape,
      ),
    ];
  });
  return Object.fromEntries(tensors);
}
