/**
 * What an engine computes, so that engines can be compared: the losses of a few updates, and the parameters after them. Of large tensors an even
 * sample is kept, since it goes from process to process. The float64 reference is that of `engines/reference.ts`.
 */

import { decoded } from "../datasets/encoding";
import type { Engine } from "../engines/engine";
import { type Batch, type Matrices, trainReference } from "../engines/reference";
import { coefficientTable, initialState, sampleBatches } from "../engines/session-data";
import { updateFlops } from "../model/mlp";
import { stateSpecs } from "../optimizers/program";
import { stackLimit } from "../sweep/stacks";
import { configOf, type Problem, specOf } from "./problem";

/** Updates that are compared: enough for Adam's moments to take part. */
const UPDATES = 3;

/** Values kept of one tensor. */
const SAMPLE = 2 ** 18;

/** Work of the reference, in operations: plain loops do about 10⁹ of them in a second. */
const REFERENCE_FLOPS = 4e10;

/** Of one trial. */
export interface TrainedValues {
  /** Of each update, before it. */
  readonly losses: readonly number[];
  /** By the name of the parameter. */
  readonly parameters: Readonly<Record<string, TensorSample>>;
}

export interface TensorSample {
  readonly values: Float64Array;
  /** Largest magnitude in the whole tensor. */
  readonly largest: number;
}

/** The largest difference from a reference. */
export interface LargestError {
  /** Relative: of a loss to itself, of a parameter to the largest magnitude in its tensor. */
  readonly value: number;
  /** "the loss" or the name of a parameter. */
  readonly of: string;
}

/** Whether the float64 reference takes seconds rather than minutes. */
export function hasReference(problem: Problem, hiddenSize: number): boolean {
  const { architecture, batchSize } = specOf(problem, hiddenSize, 1);
  return UPDATES * updateFlops(architecture, batchSize) <= REFERENCE_FLOPS;
}

/** What the engine makes of the trial; where studies stack trials of this size, of the first of two. */
export async function engineValues(
  engine: Engine,
  problem: Problem,
  hiddenSize: number,
): Promise<TrainedValues> {
  const trials = Math.min(2, stackLimit(specOf(problem, hiddenSize, 1), engine.device));
  const spec = specOf(problem, hiddenSize, trials);
  const configs = Array.from({ length: trials }, (_, seed) => configOf(problem, hiddenSize, seed));
  const { images, labels } = sampleBatches(spec, UPDATES);
  const session = await engine.open(spec);
  try {
    session.setState(initialState(spec, configs));
    const losses = await session.update(images, labels, coefficientTable(spec, configs, UPDATES));
    const state = await session.getState();
    const parameters = stateSpecs(spec).filter(({ parameter }) => parameter);
    return {
      losses: Array.from({ length: UPDATES }, (_, k) => losses[k * trials]!),
      parameters: Object.fromEntries(
        parameters.map(({ name }) => [name, sampled(state[name]!.subarray(0, state[name]!.length / trials))]),
      ),
    };
  } finally {
    await session.close();
  }
}

/** What float64 makes of it, by plain loops on the processor. */
export function referenceValues(problem: Problem, hiddenSize: number): TrainedValues {
  const spec = specOf(problem, hiddenSize, 1);
  const config = configOf(problem, hiddenSize);
  const state = initialState(spec, [config]);
  const parameters: Matrices = Object.fromEntries(
    stateSpecs(spec)
      .filter(({ parameter }) => parameter)
      .map(({ name, shape }) => [name, { values: Float64Array.from(state[name]!), columns: shape[2] }]),
  );
  const { images, labels } = sampleBatches(spec, UPDATES);
  const inputs = decoded(images, problem.inputs, problem.encoding);
  const batches = Array.from({ length: UPDATES }, (_, k): Batch => {
    const [from, to] = [k * problem.batchSize, (k + 1) * problem.batchSize];
    const values = inputs.subarray(from * problem.inputs, to * problem.inputs);
    return { images: { values, columns: problem.inputs }, labels: labels.subarray(from, to) };
  });
  const losses = trainReference(spec.architecture, config, parameters, batches);
  return {
    losses,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, { values }]) => [name, sampled(values)]),
    ),
  };
}

/** The largest difference; infinite where a number is missing or none. */
export function largestError(actual: TrainedValues, expected: TrainedValues): LargestError {
  let worst: LargestError = { value: 0, of: "the loss" };
  const consider = (a: number | undefined, b: number, scale: number, of: string) => {
    const own = Math.abs((a ?? Number.NaN) - b) / Math.max(scale, Number.MIN_VALUE);
    const value = Number.isNaN(own) ? Number.POSITIVE_INFINITY : own;
    if (value > worst.value) worst = { value, of };
  };
  expected.losses.forEach((loss, k) => {
    consider(actual.losses[k], loss, Math.abs(loss), "the loss");
  });
  for (const [name, { values, largest }] of Object.entries(expected.parameters)) {
    const own = actual.parameters[name]?.values;
    for (let i = 0; i < values.length; i++) consider(own?.[i], values[i]!, largest, name);
  }
  return worst;
}

function sampled(values: Float32Array | Float64Array): TensorSample {
  const stride = Math.ceil(values.length / SAMPLE);
  const sample = new Float64Array(Math.ceil(values.length / stride)).map((_, i) => values[i * stride]!);
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return { values: sample, largest };
}
