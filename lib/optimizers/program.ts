/**
 * The step program: what one stack of trials does in an update, written once in plain TensorFlow.js. Engines run
 * it, traced or eagerly.
 */

import * as tf from "@tensorflow/tfjs";
import type { ByteEncoding } from "../datasets/encoding";
import { correctCount, crossEntropy } from "../model/loss";
import { type Architecture, forward, type ParameterSpec, parameterSpecs } from "../model/mlp";
import type { OptimizerName } from "../studies/config";
import { OPTIMIZERS } from "./optimizers";

/** What trials must share to be trained by one program. */
export interface ProgramSpec {
  readonly architecture: Architecture;
  readonly optimizer: OptimizerName;
  readonly batchSize: number;
  /** Where images come as bytes, what the model is fed of them; they are 4 times fewer bytes to bring to a device. */
  readonly encoding?: ByteEncoding | undefined;
  /** Number of trials in the stack. */
  readonly trials: number;
}

type Tensors = Record<string, tf.Tensor>;

/** A tensor of the state that goes from one update to the next: a parameter or one of its moments. */
export interface StateSpec {
  readonly name: string;
  readonly shape: readonly [trials: number, rows: number, columns: number];
  /** The parameter itself, or undefined for a moment, which starts at zero. */
  readonly parameter: ParameterSpec | undefined;
}

export function stateSpecs({ architecture, optimizer, trials }: ProgramSpec): StateSpec[] {
  return parameterSpecs(architecture).flatMap((parameter) => [
    { name: parameter.name, shape: [trials, ...parameter.shape], parameter },
    ...OPTIMIZERS[optimizer].moments.map((moment) => ({
      name: momentName(parameter.name, moment),
      shape: [trials, ...parameter.shape] as const,
      parameter: undefined,
    })),
  ]);
}

/** Inputs of the training program; the state's tensors come beside them under their own names. */
export interface Batches {
  /** [updates, batch, inputs], the values of bytes where the program takes bytes */
  readonly images: tf.Tensor;
  /** int32 [updates, batch] */
  readonly labels: tf.Tensor;
  /** [updates, coefficients of the optimiser, trials] */
  readonly coefficients: tf.Tensor;
}

/** The new state under its names, and the mean loss of each batch before its update, each [trials]. */
type Trained = { readonly next: Tensors; readonly losses: tf.Tensor[] };

/** Makes as many updates as the batches hold. */
export function train(spec: ProgramSpec, state: Readonly<Tensors>, batches: Batches): Trained {
  const labels = tf.unstack(batches.labels);
  const coefficients = tf.unstack(batches.coefficients);
  let current: Tensors = state;
  const losses = labels.map((batchLabels, k) => {
    const images = batches.images.slice([k, 0, 0], [1, -1, -1]); // [1, batch, inputs]
    const { loss, next } = update(spec, current, images, batchLabels, coefficients[k]!);
    current = next;
    return loss;
  });
  return { next: current, losses };
}

function update(
  spec: ProgramSpec,
  state: Readonly<Tensors>,
  images: tf.Tensor,
  labels: tf.Tensor,
  coefficients: tf.Tensor,
): { loss: tf.Tensor; next: Tensors } {
  const { architecture, optimizer, trials } = spec;
  const { moments, update } = OPTIMIZERS[optimizer];
  const inputs = decoded(spec, images);
  const names = parameterSpecs(architecture).map(({ name }) => name);
  const scalars = tf.unstack(coefficients).map((scalar) => scalar.reshape([trials, 1, 1]));

  const lossOf = (...parameters: tf.Tensor[]) => {
    const named = Object.fromEntries(names.map((name, i) => [name, parameters[i]!]));
    return crossEntropy(forward(architecture, named, inputs), labels);
  };
  const { value, grads } = tf.valueAndGrads(lossOf)(
    names.map((name) => state[name]!),
    tf.ones([trials]),
  );

  const next: Tensors = {};
  names.forEach((name, i) => {
    const keys = [name, ...moments.map((moment) => momentName(name, moment))];
    const updated = update(
      keys.map((key) => state[key]!),
      grads[i]!,
      scalars,
    );
    keys.forEach((key, j) => {
      next[key] = updated[j]!;
    });
  });
  return { loss: value.div(labels.size), next };
}

/**
 * Held-out measurements of one batch: `losses` [trials], the mean loss, and `correct` [trials], the number of
 * examples classified correctly.
 *
 * @param images [1, batch, inputs], the values of bytes where the program takes bytes
 * @param labels int32 [batch]
 */
export function evaluate(
  spec: ProgramSpec,
  parameters: Readonly<Tensors>,
  images: tf.Tensor,
  labels: tf.Tensor,
): { losses: tf.Tensor; correct: tf.Tensor } {
  const logits = forward(spec.architecture, parameters, decoded(spec, images));
  return { losses: crossEntropy(logits, labels).div(labels.size), correct: correctCount(logits, labels) };
}

/** What the model is fed, of the same shape. */
function decoded({ encoding }: ProgramSpec, images: tf.Tensor): tf.Tensor {
  if (!encoding) return images;
  const channels = encoding.scale.length;
  const [, batch, inputs] = images.shape as [number, number, number];
  const byChannel = images.reshape([batch, channels, inputs / channels]);
  const scaled = byChannel.mul(tf.tensor2d([...encoding.scale], [channels, 1]));
  return scaled.add(tf.tensor2d([...encoding.shift], [channels, 1])).reshape(images.shape);
}

function momentName(parameter: string, moment: string): string {
  return `${parameter}/${moment}`;
}
