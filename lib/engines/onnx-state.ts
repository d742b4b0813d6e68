/**
 * Where the state of a compiled session lives between calls: in this process, or on the device that computes. What
 * computes is `onnx-session.ts`.
 */

import "./without-telemetry";
import { Tensor } from "onnxruntime-node";
import type { StateSpec } from "../optimizers/program";
import type { State } from "./engine";
import { nextName } from "./step-graphs";

export type Tensors = Record<string, Tensor>;

/** Tensors of a state by name, and what a call does with them. */
export interface SessionState {
  /** The tensors to feed, by their names. */
  readonly tensors: Tensors;
  /** What a call shall write the next state to, by its next names; null where it makes tensors of its own. */
  targets(): Record<string, Tensor | null>;
  /** Takes over what a call returned as the next state. */
  advance(results: Readonly<Record<string, unknown>>): void;
  set(state: Readonly<State>): void;
  /** Lets go of what is held outside JavaScript's memory. */
  dispose(): void;
}

/** Two sets of buffers: a call reads the state from one and writes it to the other, and then they change places. */
export class HostState implements SessionState {
  tensors: Tensors;
  private spare: Tensors;

  constructor(private readonly specs: readonly StateSpec[]) {
    this.tensors = zeros(specs);
    this.spare = zeros(specs);
  }

  targets(): Tensors {
    return renamed(this.spare);
  }

  advance(): void {
    [this.tensors, this.spare] = [this.spare, this.tensors];
  }

  set(state: Readonly<State>): void {
    for (const { name } of this.specs) (this.tensors[name]!.data as Float32Array).set(state[name]!);
  }

  dispose(): void {}
}

/** Tensors that a call leaves on the device; those of the call before are let go of. */
export class DeviceState implements SessionState {
  tensors: Tensors;

  constructor(private readonly specs: readonly StateSpec[]) {
    this.tensors = zeros(specs);
  }

  targets(): Record<string, null> {
    return Object.fromEntries(this.specs.map(({ name }) => [nextName(name), null]));
  }

  advance(results: Readonly<Record<string, unknown>>): void {
    const next = this.specs.map(({ name }) => [name, results[nextName(name)] as Tensor]);
    this.dispose();
    this.tensors = Object.fromEntries(next);
  }

  set(state: Readonly<State>): void {
    const tensors = this.specs.map(({ name, shape }) => [name, new Tensor(state[name]!.slice(), shape)]);
    this.dispose();
    this.tensors = Object.fromEntries(tensors);
  }

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

function renamed(tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [nextName(name), tensor]));
}

function zeros(specs: readonly StateSpec[]): Tensors {
  const tensors = specs.map(({ name, shape }) => {
    const size = shape.reduce((product, side) => product * side, 1);
    return [name, new Tensor(new Float32Array(size), shape)];
  });
  return Object.fromEntries(tensors) as Tensors;
}
