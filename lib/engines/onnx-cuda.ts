/**
 * The compiled step program on an NVIDIA GPU, by ONNX Runtime's CUDA provider. Node has no way to leave tensors on the
 * GPU with this provider: the state travels at every call, which makes so many updates that this is little of it.
 */

import { exampleBytes } from "../datasets/encoding";
import { type ProgramSpec, stateSpecs } from "../optimizers/program";
import { explainCuda, requireCudaFiles } from "./cuda-check";
import type { Engine } from "./engine";
import { ONNX_VERSION } from "./onnx";
import { OnnxSession, type Provider } from "./onnx-session";
import { requireProvider } from "./provider-check";

/** The share of a call's time that copies of the state may take. */
const COPY_SHARE = 0.1;

/**
 * What the number of updates in a call is reckoned from, as measured on an H100 at sizes 64, 512 and 2048
 * (`data/reference/engines-h100.md` has the first of them again). Large states take their bytes' time, small ones the
 * time to start a hundred operations.
 */
const MEASURED = {
  /** Seconds of bringing one byte of the state there and back, most of it spent on this side. */
  copy: 0.75e-9,
  /** Least seconds of an update. */
  update: 1.2e-3,
  /** Seconds more that an update takes for each byte of the state. */
  updateByte: 2e-12,
};

/** Bytes of the examples of one call: states larger than what these serve copy more. */
const CALL_BYTES = 2 ** 30;

const GRAPH_OPTIMIZATION = "all";

/** @throws EngineUnavailableError where the provider is not installed or no NVIDIA GPU answers */
export async function onnxCudaEngine(): Promise<Engine> {
  await requireCudaFiles();
  const provider: Provider = {
    options: { executionProviders: ["cuda"], graphOptimizationLevel: GRAPH_OPTIMIZATION },
    repeats: true,
    updatesPerCall: cudaUpdatesPerCall,
  };
  await requireProvider(provider, (error) => explainCuda(error));
  const precision = cudaMatrixPrecision();
  return {
    name: "onnx-cuda",
    description: `onnxruntime-node ${ONNX_VERSION}, CUDA provider, matrix products in ${precision}`,
    version: `onnxruntime-node ${ONNX_VERSION}`,
    settings: { provider: "cuda", matrix_precision: precision, graph_optimization: GRAPH_OPTIMIZATION },
    device: "gpu",
    threads: 1,
    updatesPerCall: provider.updatesPerCall,
    open: async (spec) => new OnnxSession(spec, provider),
  };
}

/**
 * Updates in one call: the fewest with which copying the state there and back is below a tenth of the call, as far as the
 * limits allow.
 */
export function cudaUpdatesPerCall(spec: ProgramSpec): number {
  const values = stateSpecs(spec).reduce((total, { shape }) => total + shape[0] * shape[1] * shape[2], 0);
  const copies = 4 * values * MEASURED.copy;
  const update = MEASURED.update + 4 * values * MEASURED.updateByte;
  // copies ≤ share · (copies + k · update)
  const least = Math.ceil((copies * (1 / COPY_SHARE - 1)) / update);
  const batch = spec.batchSize * exampleBytes(spec.architecture.inputs, spec.encoding);
  const most = Math.floor(CALL_BYTES / batch);
  return Math.max(1, Math.min(least, most));
}

/**
 * In what NVIDIA's libraries multiply matrices of float32: from the Ampere generation on in TF32, whose significand has
 * 10 bits, unless NVIDIA_TF32_OVERRIDE=0 forbids it. ONNX Runtime's own setting cannot be reached from Node.
 */
export function cudaMatrixPrecision(): "tf32" | "float32" {
  return process.env.NVIDIA_TF32_OVERRIDE === "0" ? "float32" : "tf32";
}
