/**
 * The compiled step program on an NVIDIA GPU, by ONNX Runtime's CUDA provider. Node has no way to leave tensors on the
 * GPU with this provider: the state travels at every call, and so many updates are unrolled that this is little of it.
 */

import { updateFlops } from "../model/mlp";
import { type ProgramSpec, stateSpecs } from "../optimizers/program";
import { explainCuda, requireCudaFiles } from "./cuda-check";
import type { Engine } from "./engine";
import { ONNX_VERSION } from "./onnx";
import { OnnxSession, type Provider } from "./onnx-session";
import { requireProvider } from "./provider-check";

/** The share of a call's time that copies of the state may take. */
const COPY_SHARE = 0.1;

/**
 * What the number of updates in a call is reckoned from; figures of data-centre cards on PCIe 4, not measured by this
 * project. A faster link or a slower card than this makes the copies' share smaller.
 */
const ASSUMED = {
  /** Bytes per second between ordinary memory and the GPU, one way. */
  copyRate: 12e9,
  /** Seconds that the copy of one tensor takes beside its bytes. */
  copyLatency: 15e-6,
  /** Floating-point operations per second of the matrix products. */
  flops: 20e12,
  /** Least seconds of an update: some hundred operations, each started by this side. */
  leastUpdate: 5e-4,
};

/** Most updates in one call: a model of more takes minutes to compile. Larger ones than this serve copy more. */
const MAX_UNROLL = 128;

const GRAPH_OPTIMIZATION = "all";

/** @throws EngineUnavailableError where the provider is not installed or no NVIDIA GPU answers */
export async function onnxCudaEngine(): Promise<Engine> {
  await requireCudaFiles();
  const provider: Provider = {
    options: { executionProviders: ["cuda"], graphOptimizationLevel: GRAPH_OPTIMIZATION },
    repeats: true,
    keepsState: false,
    updatesPerCall: cudaUnroll,
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
    open: async (spec) => new OnnxSession(spec, provider),
  };
}

/**
 * Updates in one call: the fewest, in powers of two, with which copying the state there and back is below a tenth of
 * the call, as far as `ASSUMED` and the limit allow.
 */
export function cudaUnroll(spec: ProgramSpec): number {
  const specs = stateSpecs(spec);
  const bytes = specs.reduce((total, { shape }) => total + 4 * shape[0] * shape[1] * shape[2], 0);
  const copies = 2 * (bytes / ASSUMED.copyRate + specs.length * ASSUMED.copyLatency);
  const flops = updateFlops(spec.architecture, spec.batchSize) * spec.trials;
  const update = Math.max(ASSUMED.leastUpdate, flops / ASSUMED.flops);
  // copies ≤ share · (copies + k · update)
  const least = (copies * (1 / COPY_SHARE - 1)) / update;
  return Math.min(MAX_UNROLL, 2 ** Math.ceil(Math.log2(Math.max(1, least))));
}

/**
 * In what NVIDIA's libraries multiply matrices of float32: from the Ampere generation on in TF32, whose significand has
 * 10 bits, unless NVIDIA_TF32_OVERRIDE=0 forbids it. ONNX Runtime's own setting cannot be reached from Node.
 */
export function cudaMatrixPrecision(): "tf32" | "float32" {
  return process.env.NVIDIA_TF32_OVERRIDE === "0" ? "float32" : "tf32";
}
