/**
 * The compiled step program on a GPU, by ONNX Runtime's WebGPU provider: Vulkan, Metal or Direct3D 12. The state stays
 * on the GPU from one call to the next.
 */

import { withPlainProducts } from "../trace/plain-products";
import type { DeviceKind, Engine } from "./engine";
import { EngineUnavailableError } from "./errors";
import { ONNX_VERSION } from "./onnx";
import { OnnxSession, type Provider } from "./onnx-session";
import { firstLine } from "./packages";
import { requireProvider } from "./provider-check";
import { updatesOnDevice } from "./updates-per-call";
import { prepareVulkan } from "./vulkan";
import { type Adapter, noAdapter, webgpuAdapter } from "./webgpu";

/** How the provider takes the step program. It does not repeat programs on the GPU. */
export function webgpuProvider(device: DeviceKind): Provider {
  return {
    options: { executionProviders: ["webgpu"], graphOptimizationLevel: "all", logSeverityLevel: 3 },
    repeats: false,
    updatesPerCall: updatesOnDevice(device),
    prepare: withPlainProducts,
  };
}

/** @throws EngineUnavailableError where no GPU answers */
export async function onnxWebgpuEngine(): Promise<Engine> {
  prepareVulkan();
  const adapter = await adapterOrUnknown();
  const provider = webgpuProvider(adapter.device);
  await requireProvider(provider, (error) =>
    /adapter/i.test(firstLine(error))
      ? noAdapter(error)
      : new EngineUnavailableError(`ONNX Runtime cannot start WebGPU: ${firstLine(error)}`, undefined),
  );
  return {
    name: "onnx-webgpu",
    description: `onnxruntime-node ${ONNX_VERSION}, WebGPU provider, ${adapter.name}`,
    version: `onnxruntime-node ${ONNX_VERSION}`,
    settings: {
      provider: "webgpu",
      adapter: adapter.name,
      matrix_precision: "float32",
      graph_optimization: "all",
    },
    device: adapter.device,
    threads: 1,
    updatesPerCall: provider.updatesPerCall,
    open: async (spec) => new OnnxSession(spec, provider),
  };
}

/** ONNX Runtime does not name its adapter; another program that asks for the fastest is given the same. */
async function adapterOrUnknown(): Promise<Adapter> {
  try {
    return await webgpuAdapter();
  } catch {
    return { name: "an adapter whose name is not known", device: "gpu" };
  }
}
