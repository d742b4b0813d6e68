/** The default engine: the compiled step program on the processor. */

import { availableParallelism } from "node:os";
import type { Engine, EngineOptions } from "./engine";
import { OnnxSession, type Provider } from "./onnx-session";
import { updatesWithin } from "./updates-per-call";

export const { version: ONNX_VERSION } = require("onnxruntime-node/package.json") as { version: string };

/**
 * Work in one call: half a second on two fast cores, so that an interrupt is soon noticed. A call copies the state, for
 * which there is no help in Node, and that takes longer than an update of a large model does: hence the fewest updates,
 * whatever they take. The most bound the examples of a call.
 */
const CALL = { flops: 1e11, fewest: 8, most: 64 };

export function onnxEngine({ threads = availableParallelism() }: EngineOptions = {}): Engine {
  const provider: Provider = {
    options: {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      graphOptimizationLevel: "all",
      // Moments of units that no longer learn decay into denormal numbers, which processors multiply slowly. A call sets the flag of its
      // thread for good, so that JavaScript there reads 1e-310 as 0 too: `SMALLEST` in studies/config.ts keeps such numbers out.
      extra: { session: { set_denormal_as_zero: "1" } },
    },
    repeats: true,
    updatesPerCall: (spec) => updatesWithin(spec, CALL),
  };
  return {
    name: "onnx-cpu",
    description: `onnxruntime-node ${ONNX_VERSION}, CPU provider, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    version: `onnxruntime-node ${ONNX_VERSION}`,
    settings: { provider: "cpu", threads, graph_optimization: "all", denormals_as_zero: true },
    device: "processor",
    threads,
    updatesPerCall: provider.updatesPerCall,
    open: async (spec) => new OnnxSession(spec, provider),
  };
}
