/**
 * The compiled step program on a GPU, by ONNX Runtime's WebGPU provider: Vulkan, Metal or Direct3D 12. The state stays
 * on the GPU from one call to the next.
 */

import { updateFlops } from "../model/mlp";
import type { ProgramSpec } from "../optimizers/program";
import { withPlainProducts } from "../trace/plain-products";
import type { Engine } from "./engine";
import { EngineUnavailableError } from "./errors";
import { ONNX_VERSION } from "./onnx";
import { OnnxSession, type Provider } from "./onnx-session";
import { firstLine } from "./packages";
import { requireProvider } from "./provider-check";
import { prepareVulkan } from "./vulkan";
import { type Adapter, noAdapter, webgpuAdapter } from "./webgpu";

/** Updates in one call. The state does not travel, so that only the cost of a call is to be shared. */
const MAX_UNROLL = 8;

/** Work in one call: a tenth of a second at the tenth part of a teraflop per second. */
const CALL_FLOPS = 1e10;

/** How the provider takes the step program. */
export const WEBGPU_PROVIDER: Provider = {
  options: { executionProviders: ["webgpu"], graphOptimizationLevel: "all", logSeverityLevel: 3 },
  repeats: false,
  keepsState: true,
  updatesPerCall,
  prepare: withPlainProducts,
};

/** @throws EngineUnavailableError where no GPU answers */
export async function onnxWebgpuEngine(): Promise<Engine> {
  prepareVulkan();
  await requireProvider(WEBGPU_PROVIDER, (error) =>
    /adapter/i.test(firstLine(error))
      ? noAdapter(error)
      : new EngineUnavailableError(`ONNX Runtime cannot start WebGPU: ${firstLine(error)}`, undefined),
  );
  const adapter = await adapterOrUnknown();
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
    open: async (spec) => new OnnxSession(spec, WEBGPU_PROVIDER),
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

/** The largest power of two within both limits. */
function updatesPerCall({ architecture, batchSize, trials }: ProgramSpec): number {
  const flops = updateFlops(architecture, batchSize) * trials;
  return 2 ** Math.floor(Math.log2(Math.min(MAX_UNROLL, Math.max(1, CALL_FLOPS / flops))));
}
