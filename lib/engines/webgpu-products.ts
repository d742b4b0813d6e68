/**
 * A repair of TensorFlow.js's WebGPU backend: products of stacked matrices that keep the matrices apart.
 *
 * The backend's kernels work through the inner side in tiles. In the last one they read past the end of a matrix, into the
 * next of the stack, and multiply what they find there by zero: harmless, until the next trial has diverged and zero
 * times NaN is NaN. (Seen with @tensorflow/tfjs-backend-webgpu 4.22.0.) With an inner side of whole tiles they do not.
 */

import * as tf from "@tensorflow/tfjs";

/** The widest tile of the backend's kernels, and that of one for products of a single row. */
const TILE = 32;
const TILE_OF_ROW = 128;

type Kernel = (call: {
  inputs: Readonly<Record<string, tf.TensorInfo>>;
  backend: tf.KernelBackend;
  attrs: Readonly<Record<string, unknown>>;
}) => tf.TensorInfo;

let repaired = false;

/** Replaces the backend's product of stacks by one that fills up the inner side with zeros; once in a process. */
export function keepStackedMatricesApart(): void {
  if (repaired) return;
  repaired = true;
  const product = kernelOf("BatchMatMul");
  const pad = kernelOf("PadV2");
  tf.unregisterKernel("BatchMatMul", "webgpu");
  tf.registerKernel({
    kernelName: "BatchMatMul",
    backendName: "webgpu",
    kernelFunc: ({ inputs, backend, attrs }) => {
      const call = {
        backend: backend as tf.KernelBackend,
        attrs: attrs as Readonly<Record<string, unknown>>,
      };
      const [a, b] = [inputs.a as tf.TensorInfo, inputs.b as tf.TensorInfo];
      const { transposeA, transposeB } = call.attrs as Record<"transposeA" | "transposeB", boolean>;
      const innerA = a.shape.length - (transposeA ? 2 : 1);
      const innerB = b.shape.length - (transposeB ? 1 : 2);
      const rows = a.shape[a.shape.length - (transposeA ? 1 : 2)]!;
      const tile = rows === 1 ? TILE_OF_ROW : TILE;
      const missing = Math.ceil(a.shape[innerA]! / tile) * tile - a.shape[innerA]!;
      if (missing === 0 || Math.max(matrices(a), matrices(b)) === 1)
        return product({ ...call, inputs: { a, b } });

      const filled = (x: tf.TensorInfo, axis: number) => {
        const paddings = x.shape.map((_, i) => [0, i === axis ? missing : 0]);
        return pad({ ...call, inputs: { x }, attrs: { paddings, constantValue: 0 } });
      };
      const padded = { a: filled(a, innerA), b: filled(b, innerB) };
      const result = product({ ...call, inputs: padded });
      for (const { dataId } of Object.values(padded)) call.backend.disposeData(dataId);
      return result;
    },
  });
}

function kernelOf(name: string): Kernel {
  const kernel = tf.getKernel(name, "webgpu");
  if (!kernel) throw new Error(`the WebGPU backend of TensorFlow.js has no kernel ${name}`);
  return kernel.kernelFunc as unknown as Kernel;
}

/** How many matrices a stack has. */
function matrices({ shape }: tf.TensorInfo): number {
  return shape.slice(0, -2).reduce((product, side) => product * side, 1);
}
