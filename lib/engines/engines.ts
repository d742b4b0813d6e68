/** The engines by name. */

import { dirname, join } from "node:path";
import { eagerEngine } from "./eager";
import type { Engine, EngineOptions } from "./engine";
import { onnxEngine } from "./onnx";

const ENGINES: Record<EngineName, (options: EngineOptions) => Engine | Promise<Engine>> = {
  "onnx-cpu": onnxEngine,
  "tfjs-wasm": async () => {
    const wasm = await import("@tensorflow/tfjs-backend-wasm");
    const folder = dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json"));
    wasm.setWasmPaths(join(folder, "dist/"));
    return eagerEngine("wasm");
  },
  "tfjs-cpu": () => eagerEngine("cpu"),
};

export const ENGINE_NAMES = ["onnx-cpu", "tfjs-wasm", "tfjs-cpu"] as const;

export type EngineName = (typeof ENGINE_NAMES)[number];

export const DEFAULT_ENGINE: EngineName = "onnx-cpu";

export async function createEngine(name: EngineName, options: EngineOptions = {}): Promise<Engine> {
  return ENGINES[name](options);
}
