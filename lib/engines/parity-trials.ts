/** The dozen trials on which engines are compared: small, and between them every part of the step program. */

import type { ByteEncoding, Images } from "../datasets/encoding";
import type { Architecture } from "../model/mlp";
import type { ProgramSpec } from "../optimizers/program";
import { randomStream } from "../random/stream";
import { DEFAULT_CONFIG, type OptimizerName, type TrialConfig } from "../studies/config";

/** Sides that are no multiples of four, since kernels treat the rest of such a division by code of its own. */
const INPUTS = 30;
const CLASSES = 10;
const BATCH = 18;

/**
 * Adam's, far above the usual 1e-8: with that, a gradient that is zero but for its rounding still moves a parameter by a
 * good part of the learning rate, and the comparison would be one of rounding errors.
 */
const EPSILON = 1e-4;

/** Of each trial: enough for moments to build up and errors to show, too few for chaos to magnify them. */
export const PARITY_UPDATES = 24;

/** Trials of one shape, which engines train together. */
export interface ParityStack {
  readonly name: string;
  readonly spec: ProgramSpec;
  readonly trials: readonly TrialConfig[];
}

type Shape = Pick<Architecture, "hidden_size" | "depth" | "activation" | "layer_norm">;

/** Of three channels, to about the mean and variance of the other examples. */
const BYTES: ByteEncoding = { scale: [0.013, 0.0135, 0.014], shift: [-1.7, -1.75, -1.8] };

/** Stacks of one, two and three trials, which differ by seed and learning rate; one has images as bytes. */
const STACKS: readonly [
  shape: Shape,
  optimizer: OptimizerName,
  rates: readonly number[],
  encoding?: ByteEncoding,
][] = [
  [{ hidden_size: 8, depth: 3, activation: "relu", layer_norm: false }, "adam", [3e-3, 1e-2, 3e-2]],
  [{ hidden_size: 64, depth: 3, activation: "relu", layer_norm: false }, "adam", [1e-3, 3e-3]],
  [{ hidden_size: 33, depth: 2, activation: "gelu", layer_norm: false }, "momentum", [1e-2]],
  [{ hidden_size: 16, depth: 5, activation: "tanh", layer_norm: false }, "momentum", [3e-3, 1e-2]],
  [{ hidden_size: 24, depth: 2, activation: "relu", layer_norm: true }, "adam", [3e-3]],
  [{ hidden_size: 64, depth: 1, activation: "gelu", layer_norm: true }, "sgd", [3e-2, 1e-1]],
  [{ hidden_size: 8, depth: 0, activation: "relu", layer_norm: false }, "sgd", [1e-1], BYTES],
];

export const PARITY_STACKS: readonly ParityStack[] = STACKS.map(([shape, optimizer, rates, encoding]) => ({
  name: `${nameOf(shape, optimizer)}${encoding ? ", images as bytes" : ""}`,
  spec: {
    architecture: { inputs: INPUTS, classes: CLASSES, ...shape },
    optimizer,
    batchSize: BATCH,
    encoding,
    trials: rates.length,
  },
  trials: rates.map((learning_rate, seed) => ({
    ...DEFAULT_CONFIG,
    ...shape,
    optimizer,
    learning_rate,
    seed,
    epsilon: EPSILON,
    batch_size: BATCH,
    updates: PARITY_UPDATES,
  })),
}));

export interface ParityExamples {
  /** [examples, inputs] */
  readonly images: Images;
  readonly labels: Int32Array;
}

/** The batches of all trials one after another, and one batch more to measure the trained models on. */
export function parityExamples({ encoding }: ProgramSpec): {
  readonly training: ParityExamples;
  readonly heldOut: ParityExamples;
} {
  const examples = (PARITY_UPDATES + 1) * BATCH;
  const labels = new Int32Array(examples);
  const images = encoding ? randomBytes(examples * INPUTS) : normalNumbers(examples * INPUTS);
  randomStream("parity/labels", 0).integers(0, CLASSES, labels);
  const cut = PARITY_UPDATES * BATCH;
  return {
    training: { images: images.subarray(0, cut * INPUTS), labels: labels.subarray(0, cut) },
    heldOut: { images: images.subarray(cut * INPUTS), labels: labels.subarray(cut) },
  };
}

function normalNumbers(count: number): Float32Array {
  const values = new Float32Array(count);
  randomStream("parity/images", 0).normal(0, values);
  return values;
}

function randomBytes(count: number): Uint8Array {
  const values = new Int32Array(count);
  randomStream("parity/bytes", 0).integers(0, 256, values);
  return Uint8Array.from(values);
}

function nameOf({ hidden_size, depth, activation, layer_norm }: Shape, optimizer: OptimizerName): string {
  if (depth === 0) return `no hidden layer, ${optimizer}`;
  return `${depth} × ${hidden_size} ${activation}${layer_norm ? ", layer norm" : ""}, ${optimizer}`;
}
