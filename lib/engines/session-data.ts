/** What a session is fed: the state that trials start from, the scalars of their updates, and, to measure it, batches. */

import { emptyImages, type Images } from "../datasets/encoding";
import { type InitializationOptions, initialParameter } from "../model/initialize";
import { OPTIMIZERS, type OptimizerOptions } from "../optimizers/optimizers";
import { type ProgramSpec, stateSpecs } from "../optimizers/program";
import type { State } from "./engine";

/** The initial parameters of each trial of the stack, and moments of zero. */
export function initialState(spec: ProgramSpec, trials: readonly InitializationOptions[]): State {
  const tensors = stateSpecs(spec).map(({ name, shape: [, rows, columns], parameter }) => {
    const values = new Float32Array(trials.length * rows * columns);
    trials.forEach((options, t) => {
      if (parameter) values.set(initialParameter(parameter, options), t * rows * columns);
    });
    return [name, values];
  });
  return Object.fromEntries(tensors);
}

/**
 * The scalars of some updates.
 *
 * @param trials of the stack, in its order
 * @param done updates that came before them
 * @returns [updates, coefficients of the optimiser, trials]
 */
export function coefficientTable(
  { optimizer }: ProgramSpec,
  trials: readonly OptimizerOptions[],
  updates: number,
  done = 0,
): Float32Array {
  const { coefficients, coefficientsAt } = OPTIMIZERS[optimizer];
  const table = new Float32Array(updates * coefficients.length * trials.length);
  trials.forEach((options, t) => {
    for (let k = 0; k < updates; k++) {
      coefficientsAt(options, done + k + 1).forEach((value, c) => {
        table[(k * coefficients.length + c) * trials.length + t] = value;
      });
    }
  });
  return table;
}

/** Values after which those of sample batches repeat: a prime, so that no two of their examples are the same. */
const PERIOD = 1_000_003;

/** Batches whose values do not matter, the same at every call. */
export function sampleBatches({ architecture, batchSize, encoding }: ProgramSpec, updates: number) {
  const examples = updates * batchSize;
  const images: Images = emptyImages(examples * architecture.inputs, encoding);
  const period = images.subarray(0, PERIOD);
  for (let i = 0; i < period.length; i++) period[i] = encoding ? 127.5 + 127.5 * Math.sin(i) : Math.sin(i);
  // A call of a GPU can take hundreds of millions of values: copied, they are made in no time.
  for (let made = period.length; made < images.length; made += period.length) {
    images.set(period.subarray(0, images.length - made), made);
  }
  return { images, labels: new Int32Array(examples).map((_, i) => (i * 7) % architecture.classes) };
}
