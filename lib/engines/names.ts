/** The names of the engines: what can execute a step program. It loads none of them; that is `engines.ts`. */

/**
 * Every engine, the one that needs least first. A name says who executes the program and on what: `onnx-` compiled by
 * ONNX Runtime, `tfjs-` operation by operation in TensorFlow.js.
 */
export const ENGINE_NAMES = [
  "onnx-cpu",
  "onnx-webgpu",
  "onnx-cuda",
  "tfjs-node-gpu",
  "tfjs-node",
  "tfjs-webgpu",
  "tfjs-wasm",
  "tfjs-cpu",
] as const;

/** Name of an engine. */
export type EngineName = (typeof ENGINE_NAMES)[number];

/** The engine that is taken unless another is named: it works on every x64 machine. */
export const DEFAULT_ENGINE: EngineName = "onnx-cpu";
