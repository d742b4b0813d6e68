/** The eager engine on the processor, by TensorFlow.js's WebAssembly backend. */

import { dirname, join } from "node:path";
import { eagerEngine } from "./eager";
import type { Engine } from "./engine";
import { loaded } from "./packages";

/** @throws EngineUnavailableError where the package does not load */
export async function tfjsWasmEngine(): Promise<Engine> {
  const { setWasmPaths } = await loaded(
    "@tensorflow/tfjs-backend-wasm",
    () => import("@tensorflow/tfjs-backend-wasm"),
  );
  const folder = dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json"));
  setWasmPaths(join(folder, "dist/"));
  return eagerEngine("wasm");
}
