/** The eager engine on a GPU, by TensorFlow.js's WebGPU backend over the npm package `webgpu`. */

import { eagerEngine } from "./eager";
import type { Engine } from "./engine";
import { loaded } from "./packages";
import { updatesOnDevice } from "./updates-per-call";
import { provideNavigatorGpu, webgpuAdapter } from "./webgpu";
import { keepStackedMatricesApart } from "./webgpu-products";

/** @throws EngineUnavailableError where the packages do not load or no GPU answers */
export async function tfjsWebgpuEngine(): Promise<Engine> {
  const adapter = await webgpuAdapter();
  // The backend registers itself only where it finds navigator.gpu as it is loaded.
  await provideNavigatorGpu();
  await loaded("@tensorflow/tfjs-backend-webgpu", () => import("@tensorflow/tfjs-backend-webgpu"));
  keepStackedMatricesApart();
  return eagerEngine("webgpu", {
    description: adapter.name,
    settings: { adapter: adapter.name, matrix_precision: "float32" },
    device: adapter.device,
    updatesPerCall: updatesOnDevice(adapter.device),
  });
}
