/** The bare matrix products of an update, on ONNX Runtime: the rate that a training step is measured against. */

import * as tf from "@tensorflow/tfjs";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { parameterSpecs } from "../model/mlp";
import type { ProgramSpec } from "../optimizers/program";
import { toOnnx } from "../trace/onnx";
import { type TensorSpec, trace } from "../trace/trace";

export interface Products {
  /** Multiplies once: forward, gradient of the weights, and of the inputs but the first layer's. */
  run(): Promise<void>;
  close(): Promise<void>;
}

/** The products that `updateFlops` counts, at the very shapes of the program, on matrices that nothing else touches. */
export async function openProducts(spec: ProgramSpec, threads: number): Promise<Products> {
  const { architecture, batchSize, trials } = spec;
  const layers = parameterSpecs(architecture).filter(({ role }) => role === "dense");
  const inputs: Record<string, TensorSpec> = {};
  layers.forEach(({ shape: [rows, columns] }, layer) => {
    inputs[`x${layer}`] = { dtype: "float32", shape: [layer === 0 ? 1 : trials, batchSize, rows] };
    inputs[`w${layer}`] = { dtype: "float32", shape: [trials, rows, columns] };
    inputs[`g${layer}`] = { dtype: "float32", shape: [trials, batchSize, columns] };
  });
  const graph = trace((tensors) => {
    const outputs: Record<string, tf.Tensor> = {};
    layers.forEach((_, layer) => {
      const [x, w, g] = [tensors[`x${layer}`]!, tensors[`w${layer}`]!, tensors[`g${layer}`]!];
      outputs[`forward${layer}`] = tf.matMul(x, w);
      outputs[`weights${layer}`] = tf.matMul(x, g, true);
      if (layer > 0) outputs[`inputs${layer}`] = tf.matMul(g, w, false, true);
    });
    return outputs;
  }, inputs);
  const session = await InferenceSession.create(toOnnx(graph), {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
  });
  const feeds = tensorsOf(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  const fetches = tensorsOf(graph.outputs.map(({ name, shape }) => [name, shape]));
  return {
    run: async () => void (await session.run(feeds, fetches)),
    close: () => session.release(),
  };
}

function tensorsOf(
  specs: readonly (readonly [name: string, shape: readonly number[]])[],
): Record<string, Tensor> {
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
