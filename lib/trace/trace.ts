/**
 * Tracing: a program written in TensorFlow.js, run once on symbolic tensors, becomes a graph. This is `jit` for
 * TensorFlow.js; what runs the graph is the business of the engines.
 */

import * as tf from "@tensorflow/tfjs";
import { TRACE_BACKEND, traceBackend } from "./backend";
import type { Graph, Value } from "./graph";
import { cast } from "./kernels";
import { Recorder } from "./recorder";

export interface TensorSpec {
  readonly shape: readonly number[];
  /** TensorFlow.js has no type for bytes: the program sees those of an input as float32. */
  readonly dtype: "float32" | "int32" | "uint8";
}

type Tensors = Record<string, tf.Tensor>;

/** An operation of the program has no counterpart in the graph. */
export class UntraceableError extends Error {
  override readonly name = "UntraceableError";
}

/**
 * Records `program` as a graph with the named inputs and outputs.
 *
 * @throws UntraceableError naming the operation and the line of the program that called it.
 */
export function trace(
  program: (inputs: Tensors) => Tensors,
  inputs: Readonly<Record<string, TensorSpec>>,
): Graph {
  const backend = traceBackend();
  const previous = tf.getBackend() ?? "cpu";
  const recorder = new Recorder();
  backend.recorder = recorder;
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 100; // the line of the program lies beneath many of TensorFlow.js
  void tf.setBackend(TRACE_BACKEND); // its factory is synchronous, and so is the change
  try {
    let graph: Graph | undefined;
    tf.tidy(() => {
      const symbols = Object.entries(inputs).map(([name, { dtype, shape }]) => [
        name,
        backend.symbol(visible(recorder, recorder.input(name, dtype, shape))),
      ]);
      const outputs = Object.entries(program(Object.fromEntries(symbols)));
      graph = recorder.finish(
        Object.fromEntries(outputs.map(([name, tensor]) => [name, backend.lookup(tensor)])),
      );
    });
    return graph!;
  } catch (error) {
    throw explained(error);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    backend.recorder = undefined;
    void tf.setBackend(previous);
  }
}

/** The value as a program sees it. */
function visible(recorder: Recorder, value: Value): Value {
  return value.dtype === "uint8" ? cast(recorder, value, "float32") : value;
}

/** TensorFlow.js's own words for a missing kernel, rewritten as what a writer of a program needs to know. */
function explained(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const kernel = /^Kernel '(\w+)' not registered/.exec(error.message)?.[1];
  if (!kernel) return error;
  return new UntraceableError(
    `${kernel} cannot be traced${callSite(error.stack ?? "")}; write it with other operations, or add it to lib/trace/kernels.ts`,
    { cause: error },
  );
}

/** The first line of the call stack that is neither a package's nor the tracer's: the line of the program. */
function callSite(stack: string): string {
  const isProgram = (frame: string) =>
    frame.includes(":") &&
    !/node_modules|node:|[\\/]trace[\\/](trace|backend|recorder|kernels)\.[jt]s/.test(frame);
  const frame = stack
    .split("\n")
    .filter((line) => line.startsWith("    at "))
    .find(isProgram);
  const place = frame && /\(?((?:file:\/\/)?[^()\s]+:\d+):\d+\)?$/.exec(frame)?.[1];
  return place ? ` (called at ${place})` : "";
}
