/** What the engine tests share: a small problem, trained on any engine with any setting. */

import type { ByteEncoding, Images } from "../../lib/datasets/encoding";
import type { State } from "../../lib/engines/engine";
import { createEngine, type EngineName } from "../../lib/engines/engines";
import { initialParameter } from "../../lib/model/initialize";
import { OPTIMIZERS, type OptimizerOptions } from "../../lib/optimizers/optimizers";
import { type ProgramSpec, stateSpecs } from "../../lib/optimizers/program";
import { randomStream } from "../../lib/random/stream";

export const BATCH = 16;
export const INPUTS = 12;
export const CLASSES = 10;

export interface Setting {
  readonly architecture?: Partial<ProgramSpec["architecture"]>;
  readonly optimizer?: ProgramSpec["optimizer"];
  readonly options?: Partial<OptimizerOptions>;
  readonly updates?: number;
  /** Images are random bytes in place of normal numbers. */
  readonly encoding?: ByteEncoding;
  /** Images in place of either. */
  readonly images?: Images;
}

export function programSpec(
  { architecture, optimizer = "adam", encoding }: Setting,
  trials: number,
): ProgramSpec {
  return {
    architecture: {
      inputs: INPUTS,
      classes: CLASSES,
      hidden_size: 7,
      depth: 3,
      activation: "relu",
      layer_norm: false,
      ...architecture,
    },
    optimizer,
    batchSize: BATCH,
    encoding,
    trials,
  };
}

export function initialState(program: ProgramSpec, seeds: readonly number[]): State {
  const tensors = stateSpecs(program).map(({ name, shape: [, rows, columns], parameter }) => {
    const trials = seeds.map((seed) =>
      parameter
        ? initialParameter(parameter, { initialization: "he", init_gain: 1, seed })
        : new Float32Array(rows * columns),
    );
    return [name, Float32Array.from(trials.flatMap((trial) => [...trial]))];
  });
  return Object.fromEntries(tensors);
}

export function batches(updates: number): { images: Float32Array; labels: Int32Array } {
  const images = new Float32Array(updates * BATCH * INPUTS);
  const labels = new Int32Array(updates * BATCH);
  randomStream("images", 0).normal(0, images);
  randomStream("labels", 0).integers(0, CLASSES, labels);
  return { images, labels };
}

/** As many images of random bytes. */
export function byteImages(updates: number): Uint8Array {
  const values = new Int32Array(updates * BATCH * INPUTS);
  randomStream("bytes", 0).integers(0, 256, values);
  return Uint8Array.from(values);
}

/** Trains one trial for each seed, seed s at (1 + s) times the learning rate. */
export async function trained(engineName: EngineName, setting: Setting, seeds: readonly number[]) {
  const program = programSpec(setting, seeds.length);
  const updates = setting.updates ?? 50;
  const engine = await createEngine(engineName, { threads: 2 });
  const session = await engine.open(program);
  session.setState(initialState(program, seeds));
  const { labels, images: normal } = batches(updates);
  const images = setting.images ?? (setting.encoding ? byteImages(updates) : normal);
  const losses = await session.update(images, labels, coefficientTable(setting, updates, seeds));
  const evaluation = await session.evaluate(images.subarray(0, BATCH * INPUTS), labels.subarray(0, BATCH));
  const state = await session.getState();
  await session.close();
  return { losses, evaluation, state };
}

function coefficientTable(
  { optimizer = "adam", options }: Setting,
  updates: number,
  seeds: readonly number[],
) {
  const base: OptimizerOptions = {
    learning_rate: 3e-3,
    batch_size: BATCH,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    momentum: 0.9,
    schedule: "constant",
    warmup_updates: 0,
    final_fraction: 0,
    updates,
    ...options,
  };
  const columns = Array.from({ length: updates }, (_, update) => {
    const trials = seeds.map((seed) =>
      OPTIMIZERS[optimizer].coefficientsAt(
        { ...base, learning_rate: base.learning_rate * (1 + seed) },
        update + 1,
      ),
    );
    return OPTIMIZERS[optimizer].coefficients.flatMap((_name, i) => trials.map((trial) => trial[i]!));
  });
  return Float32Array.from(columns.flat());
}

/** Largest difference between two arrays, relative to the largest magnitude of the second. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [scale, largest] = [Number.MIN_VALUE, 0];
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]!));
    // NaN must count as a difference, which Math.max alone would not make sure of for a comparison with a bound.
    const difference = Math.abs(actual[i]! - expected[i]!);
    largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference);
  }
  return largest / scale;
}
