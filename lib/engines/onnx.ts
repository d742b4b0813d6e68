/** The default engine: the compiled step program on the processor. */

import { availableParallelism } from "node:os";
import { updateFlops } from "../model/mlp";
import type { ProgramSpec } from "../optimizers/program";
import type { Engine, EngineOptions } from "./engine";
import { OnnxSession, type Provider } from "./onnx-session";

export const { version: ONNX_VERSION } = require("onnxruntime-node/package.json") as { version: string };

/** Most updates in one call of the model: enough to make the cost of a call vanish, few enough to compile quickly. */
const MAX_UNROLL = 32;

/** Work in one call: some tenths of a second on two cores, so that an interrupt is soon noticed. */
const CALL_FLOPS = 5e10;

/**
 * Fewest updates in one call, whatever they take: a call copies the state, which for a large model takes as long as two
 * updates do.
 */
const MIN_UNROLL = 4;

export function onnxEngine({ threads = availableParallelism() }: EngineOptions = {}): Engine {
  const provider: Provider = {
    options: {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      graphOptimizationLevel: "all",
      // Moments of units that no longer learn decay into denormal numbers, which processors multiply slowly.
      extra: { session: { set_denormal_as_zero: "1" } },
    },
    keepsState: false,
    unroll: (spec) => Math.max(MIN_UNROLL, unrollWithin(spec, MAX_UNROLL, CALL_FLOPS)),
  };
  return {
    name: "onnx-cpu",
    description: `onnxruntime-node ${ONNX_VERSION}, CPU provider, ${threads} threads`,
    version: `onnxruntime-node ${ONNX_VERSION}`,
    settings: { provider: "cpu", threads, graph_optimization: "all", denormals_as_zero: true },
    device: "processor",
    threads,
    open: async (spec) => new OnnxSession(spec, provider),
  };
}

/** The largest power of two up to `most` whose updates are within so many floating-point operations; at least 1. */
export function unrollWithin(spec: ProgramSpec, most: number, callFlops: number): number {
  const flops = updateFlops(spec.architecture, spec.batchSize) * spec.trials;
  return 2 ** Math.floor(Math.log2(Math.min(most, Math.max(1, callFlops / flops))));
}
