/**
 * The engines by name. Each is loaded when it is asked for, so that a part that is missing or broken is in the way of
 * none of the others.
 */

import type { Engine, EngineOptions } from "./engine";
import type { EngineName } from "./names";
import { loaded } from "./packages";

export { DEFAULT_ENGINE, ENGINE_NAMES, type EngineName } from "./names";

const ENGINES: Record<EngineName, (options: EngineOptions) => Promise<Engine>> = {
  "onnx-cpu": async (options) =>
    (await loaded("onnxruntime-node", () => import("./onnx.js"))).onnxEngine(options),
  "onnx-webgpu": async () =>
    (await loaded("onnxruntime-node", () => import("./onnx-webgpu.js"))).onnxWebgpuEngine(),
  "onnx-cuda": async () =>
    (await loaded("onnxruntime-node", () => import("./onnx-cuda.js"))).onnxCudaEngine(),
  "tfjs-node-gpu": async (options) =>
    (await tensorflow(() => import("./tensorflow.js"))).tensorflowEngine("tfjs-node-gpu", options),
  "tfjs-node": async (options) =>
    (await tensorflow(() => import("./tensorflow.js"))).tensorflowEngine("tfjs-node", options),
  "tfjs-webgpu": async () => (await tensorflow(() => import("./tfjs-webgpu.js"))).tfjsWebgpuEngine(),
  "tfjs-wasm": async () => (await tensorflow(() => import("./tfjs-wasm.js"))).tfjsWasmEngine(),
  "tfjs-cpu": async () => (await tensorflow(() => import("./eager.js"))).eagerEngine("cpu"),
};

/**
 * The engine of that name, started.
 *
 * @throws EngineUnavailableError where it cannot work on this machine
 */
export async function createEngine(name: EngineName, options: EngineOptions = {}): Promise<Engine> {
  return ENGINES[name](options);
}

function tensorflow<T>(load: () => Promise<T>): Promise<T> {
  return loaded("@tensorflow/tfjs", load);
}
