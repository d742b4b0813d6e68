/**
 * A stack of multilayer perceptrons of one shape: its parameters and its forward pass. Every tensor has the
 * trials of the stack on its leading axis. How the parameters start is `initialize.ts`.
 */

import * as tf from "@tensorflow/tfjs";
import type { Activation } from "../studies/config";
import { ACTIVATIONS } from "./activations";

/** What fixes the shape of a model, and so the program that trains it. */
export interface Architecture {
  /** Inputs per example. */
  readonly inputs: number;
  readonly classes: number;
  /** Units of each hidden layer. */
  readonly hidden_size: number;
  /** Number of hidden layers; 0 is logistic regression. */
  readonly depth: number;
  readonly activation: Activation;
  /** Whether each hidden layer is normalised (Ba et al. 2016), with gain and shift, before its activation. */
  readonly layer_norm: boolean;
}

export interface ParameterSpec {
  readonly name: string;
  /**
   * Shape for one trial. A dense layer is one matrix [inputs + 1, outputs] whose last row is the bias, so that one
   * product makes both and the gradient of both; a gain or shift is [1, units].
   */
  readonly shape: readonly [rows: number, columns: number];
  readonly role: "dense" | "gain" | "shift";
}

const LAYER_NORM_EPSILON = 1e-5;

/** The parameters of the model, in the order in which the forward pass takes them. */
export function parameterSpecs({
  inputs,
  classes,
  hidden_size,
  depth,
  layer_norm,
}: Architecture): ParameterSpec[] {
  const hidden = Array.from({ length: depth }, (_, layer): ParameterSpec[] => {
    const name = `hidden_${layer + 1}`;
    const fanIn = layer === 0 ? inputs : hidden_size;
    const dense: ParameterSpec = { name, shape: [fanIn + 1, hidden_size], role: "dense" };
    if (!layer_norm) return [dense];
    const affine = (["gain", "shift"] as const).map(
      (role): ParameterSpec => ({ name: `${name}/${role}`, shape: [1, hidden_size], role }),
    );
    return [dense, ...affine];
  });
  const fanIn = depth === 0 ? inputs : hidden_size;
  return [...hidden.flat(), { name: "output", shape: [fanIn + 1, classes], role: "dense" }];
}

/** Number of parameters of one trial. */
export function parameterCount(architecture: Architecture): number {
  return parameterSpecs(architecture).reduce((total, { shape }) => total + shape[0] * shape[1], 0);
}

/**
 * Floating-point operations of one update of one trial: 2 per multiply-add of the matrix products forward, the
 * gradients of all weights, and of the inputs of all layers but the first. Element-wise work is not counted.
 */
export function updateFlops(architecture: Architecture, batchSize: number): number {
  const products = parameterSpecs(architecture)
    .filter(({ role }) => role === "dense")
    .map(({ shape }) => 2 * batchSize * shape[0] * shape[1]);
  return products.reduce((total, flops, layer) => total + (layer === 0 ? 2 : 3) * flops, 0);
}

/**
 * @param parameters of the stack, by name, [trials, rows, columns]
 * @param images [1, batch, inputs], shared by the trials
 * @returns logits [trials, batch, classes]
 */
export function forward(
  { depth, activation, layer_norm }: Architecture,
  parameters: Readonly<Record<string, tf.Tensor>>,
  images: tf.Tensor,
): tf.Tensor {
  const parameter = (name: string) => parameters[name]!;
  const normalized = (x: tf.Tensor, name: string) =>
    standardized(x)
      .mul(parameter(`${name}/gain`))
      .add(parameter(`${name}/shift`));
  let x = images;
  for (let layer = 1; layer <= depth; layer++) {
    const name = `hidden_${layer}`;
    const product = dense(x, parameter(name));
    x = ACTIVATIONS[activation](layer_norm ? normalized(product, name) : product); // [trials, batch, hidden]
  }
  return dense(x, parameter("output"));
}

/** x·W + b, where b is the last row of the matrix. */
function dense(x: tf.Tensor, matrix: tf.Tensor): tf.Tensor {
  const ones = tf.ones([...x.shape.slice(0, -1), 1]);
  return tf.matMul(tf.concat([x, ones], -1), matrix);
}

/** Zero mean and unit variance over the units of a layer. */
function standardized(x: tf.Tensor): tf.Tensor {
  const centred = x.sub(x.mean(-1, true));
  const variance = centred.square().mean(-1, true);
  return centred.mul(variance.add(LAYER_NORM_EPSILON).rsqrt());
}
