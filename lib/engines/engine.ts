/**
 * What an engine is: something that trains a stack of trials by its step program. The engines themselves are
 * `onnx-session.ts` (compiled) and `eager.ts`; which there are is `engines.ts`.
 */

import type { Images } from "../datasets/encoding";
import type { ProgramSpec } from "../optimizers/program";

/** What can be chosen of an engine. */
export interface EngineOptions {
  /** Threads for the operations of one program; by default one for each core. */
  readonly threads?: number;
}

/** Settings by name, as they are written down with results. */
export type EngineSettings = Readonly<Record<string, string | number | boolean>>;

/** A GPU that the processor emulates is `software-gpu`: it shows that an engine works, and is slower than the processor. */
export type DeviceKind = "processor" | "gpu" | "software-gpu";

/** What executes the training steps of a stack of trials. */
export interface Engine {
  readonly name: string;
  /** Version and settings in words. */
  readonly description: string;
  /** Version of the runtime that computes: "onnxruntime-node 1.30.0". */
  readonly version?: string;
  /** What else its results or its speed may depend on, for provenance: execution provider, threads, precision. */
  readonly settings?: EngineSettings;
  /** What it computes on; a processor where it does not say. */
  readonly device?: DeviceKind;
  /** Threads that share the matrix products of a stack, each taking whole trials: multiples of it leave none idle. */
  readonly threads: number;
  /** Updates of one call that it does best: the more, the less a call costs and the later an interrupt is seen. */
  updatesPerCall(spec: ProgramSpec): number;
  /** Prepares the program of a stack; its state is zero until it is set. */
  open(spec: ProgramSpec): Promise<Session>;
}

/** Values of the state's tensors by name, row-major, the trials of the stack on the leading axis. */
export type State = Record<string, Float32Array>;

/** A stack in training: it holds the state, and is changed by `update` and `setState` alone. */
export interface Session {
  setState(state: Readonly<State>): void;
  /** A copy of the state. */
  getState(): Promise<State>;
  /**
   * Trains on as many batches as `images` holds.
   *
   * @param images [updates, batch, inputs], bytes where the program takes bytes
   * @param labels [updates, batch]
   * @param coefficients [updates, coefficients of the optimiser, trials]
   * @returns losses [updates, trials], each before its update
   */
  update(images: Images, labels: Int32Array, coefficients: Float32Array): Promise<Float32Array>;
  /**
   * Measures the current parameters on one batch.
   *
   * @param images [batch, inputs], bytes where the program takes bytes
   * @param labels [batch]
   */
  evaluate(images: Images, labels: Int32Array): Promise<Evaluation>;
  close(): Promise<void>;
}

export interface Evaluation {
  /** Mean loss in nats of each trial. */
  readonly losses: Float32Array;
  /** Number of examples that each trial classifies correctly. */
  readonly correct: Float32Array;
}
