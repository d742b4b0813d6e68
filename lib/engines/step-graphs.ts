/** The step program of a stack as graphs: training, measuring, and handing the state over. */

import * as tf from "@tensorflow/tfjs";
import { OPTIMIZERS } from "../optimizers/optimizers";
import {
  type Batches,
  evaluate,
  type ProgramSpec,
  type StateSpec,
  stateSpecs,
  train,
} from "../optimizers/program";
import type { Graph } from "../trace/graph";
import { type TensorSpec, trace } from "../trace/trace";

/** The name under which a training graph returns the new value of a tensor of the state. */
export function nextName(name: string): string {
  return `next/${name}`;
}

/** So many updates, unrolled: the state and the batches in, the state under its next names and `losses` out. */
export function trainingGraph(spec: ProgramSpec, updates: number): Graph {
  const { batchSize, trials, architecture, optimizer } = spec;
  const inputs: Record<string, TensorSpec> = {
    images: imageSpec(spec, [updates, batchSize, architecture.inputs]),
    labels: { dtype: "int32", shape: [updates, batchSize] },
    coefficients: { dtype: "float32", shape: [updates, OPTIMIZERS[optimizer].coefficients.length, trials] },
    ...inputSpecs(stateSpecs(spec)),
  };
  return trace(({ images, labels, coefficients, ...state }) => {
    const { losses, next } = train(spec, state, { images, labels, coefficients } as unknown as Batches);
    const renamed = Object.entries(next).map(([name, tensor]) => [nextName(name), tensor]);
    return { ...Object.fromEntries(renamed), losses: joined(losses) };
  }, inputs);
}

/**
 * One tensor [updates, trials]. Of the operands of an operation ONNX Runtime computes the one recorded last first. The
 * loss of the first update is recorded last, so that losses are computed in their order, each as soon as it can be:
 * otherwise the logits of all updates would be kept until the last.
 */
function joined(losses: readonly tf.Tensor[]): tf.Tensor {
  const rows = losses.toReversed().map((loss) => loss.expandDims(0));
  return tf.concat(rows.toReversed());
}

/** Measures the parameters on a batch of so many examples: `losses` and `correct` out. */
export function evaluationGraph(spec: ProgramSpec, examples: number): Graph {
  const inputs: Record<string, TensorSpec> = {
    images: imageSpec(spec, [1, examples, spec.architecture.inputs]),
    labels: { dtype: "int32", shape: [examples] },
    ...inputSpecs(parameterTensors(spec)),
  };
  return trace(
    ({ images, labels, ...parameters }) => evaluate(spec, parameters, images as never, labels as never),
    inputs,
  );
}

/** Returns the state as it is, under its next names: what brings it from a device to this side. */
export function copyGraph(spec: ProgramSpec): Graph {
  const copy = (state: Parameters<Parameters<typeof trace>[0]>[0]) =>
    Object.fromEntries(Object.entries(state).map(([name, tensor]) => [nextName(name), tensor]));
  return trace(copy, inputSpecs(stateSpecs(spec)));
}

/** The tensors of the state that are parameters. */
export function parameterTensors(spec: ProgramSpec): StateSpec[] {
  return stateSpecs(spec).filter(({ parameter }) => parameter);
}

function imageSpec({ encoding }: ProgramSpec, shape: readonly number[]): TensorSpec {
  return { dtype: encoding ? "uint8" : "float32", shape };
}

function inputSpecs(specs: readonly StateSpec[]): Record<string, TensorSpec> {
  return Object.fromEntries(specs.map(({ name, shape }) => [name, { dtype: "float32", shape }]));
}
