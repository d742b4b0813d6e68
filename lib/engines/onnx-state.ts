/**
 * The state of a compiled session between calls, in this process or on the device that computes. What computes is
 * `onnx-session.ts`.
 */

import "./without-telemetry";
import { Tensor } from "onnxruntime-node";
import type { StateSpec } from "../optimizers/program";
import type { State } from "./engine";
import { nextName } from "./step-graphs";

export type Tensors = Record<string, Tensor>;

/**
 * What one call returns is fed to the next. ONNX Runtime makes tensors of its own at every call, also where it is given
 * some to write to: those would be a second copy of the state that nobody reads.
 */
export class SessionState {
  /** By their names in the state. */
  tensors: Tensors;

  /** All zeros. */
  constructor(private readonly specs: readonly StateSpec[]) {
    this.tensors = tensorsOf(specs, (_, size) => new Float32Array(size));
  }

  /** Takes over what a call returned as the next state. */
  advance(results: Readonly<Record<string, unknown>>): void {
    const next = this.specs.map(({ name }) => [name, results[nextName(name)] as Tensor]);
    this.dispose();
    this.tensors = Object.fromEntries(next);
  }

  set(state: Readonly<State>): void {
    this.dispose();
    this.tensors = tensorsOf(this.specs, (name) => state[name]!.slice());
  }

  /** Lets go of what is held outside JavaScript's memory. */
  dispose(): void {
    for (const tensor of Object.values(this.tensors)) {
      if (tensor.location === "gpu-buffer") tensor.dispose();
    }
  }
}

/** The values of a state that is in this process. */
export function copies(tensors: Tensors): State {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, (tensor.data as Float32Array).slice()]),
  );
}

function tensorsOf(
  specs: readonly StateSpec[],
  valuesOf: (name: string, size: number) => Float32Array,
): Tensors {
  const tensors = specs.map(({ name, shape }) => {
    const size = shape.reduce((product, side) => product * side, 1);
    return [name, new Tensor(valuesOf(name, size), shape)];
  });
  return Object.fromEntries(tensors) as Tensors;
}
