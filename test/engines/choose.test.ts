import { describe, expect, it } from "vitest";
import { chooseEngine } from "../../lib/engines/choose";
import type { DeviceKind } from "../../lib/engines/engine";
import type { EngineName } from "../../lib/engines/names";
import type { EngineProbe } from "../../lib/engines/probe";

function ready(name: EngineName, device: DeviceKind, gigaflops?: number): EngineProbe {
  const identity = { name, ready: true, description: name, version: "1", settings: {}, device } as const;
  if (gigaflops === undefined) return identity;
  return { ...identity, rate: { trialStepsPerSecond: 10 * gigaflops, gigaflops, seconds: 2 } };
}

const missing: EngineProbe = { name: "onnx-cuda", ready: false, reason: "no GPU", command: undefined };

describe("the engine that is chosen", () => {
  it("is the fastest by what was measured", () => {
    const probes = [ready("onnx-cuda", "gpu", 40), ready("onnx-cpu", "processor", 90), missing];
    expect(chooseEngine(probes)).toEqual({
      name: "onnx-cpu",
      why: "with 90 GFLOP/s it is the fastest of the 2 measured",
    });
  });

  it("is the preferred one among those that differ by less than measurements do", () => {
    const probes = [ready("onnx-cpu", "processor", 100), ready("onnx-webgpu", "gpu", 96)];
    expect(chooseEngine(probes)?.name).toBe("onnx-webgpu");
    expect(chooseEngine(probes)?.why).toContain("as fast as onnx-cpu");
    const apart = [ready("onnx-cpu", "processor", 100), ready("onnx-webgpu", "gpu", 94)];
    expect(chooseEngine(apart)?.name).toBe("onnx-cpu");
  });

  it("is the preferred one where nothing was measured", () => {
    const names = ["tfjs-cpu", "tfjs-wasm", "onnx-cpu", "tfjs-node-gpu", "onnx-webgpu"] as const;
    const probes = names.map((name) => ready(name, /gpu/.test(name) ? "gpu" : "processor"));
    expect(chooseEngine(probes)?.name).toBe("onnx-webgpu");
    expect(chooseEngine(probes.slice(0, 4))?.name).toBe("tfjs-node-gpu");
    expect(chooseEngine(probes.slice(0, 3))?.name).toBe("onnx-cpu");
    expect(chooseEngine(probes.slice(0, 2))?.name).toBe("tfjs-wasm");
  });

  it("is never an emulated GPU where there is anything else, however fast it was", () => {
    const emulated = ready("onnx-webgpu", "software-gpu", 500);
    const probes = [emulated, ready("tfjs-cpu", "processor", 1)];
    expect(chooseEngine(probes)?.name).toBe("tfjs-cpu");
    expect(chooseEngine(probes)?.why).toContain("emulates");
    expect(chooseEngine([emulated, missing])).toEqual({
      name: "onnx-webgpu",
      why: "it is the only engine that is ready",
    });
  });

  it("is none where none is ready", () => {
    expect(chooseEngine([missing])).toBeUndefined();
    expect(chooseEngine([])).toBeUndefined();
  });
});
