import { afterEach, describe, expect, it } from "vitest";
import { ENGINE_NAMES } from "../../../lib/engines/names";
import { offcurve } from "../offcurve";

const drivers = process.env.VK_ICD_FILENAMES;

afterEach(() => {
  if (drivers === undefined) delete process.env.VK_ICD_FILENAMES;
  else process.env.VK_ICD_FILENAMES = drivers;
});

describe("offcurve parity", () => {
  it("measures the engines that are named, and lists those that are not ready", async () => {
    const { status, stdout } = await offcurve("parity", "--engines", "onnx-cpu,onnx-cuda");
    expect(stdout).toContain("after 24 updates, over 12 trials");
    expect(stdout).toMatch(/^onnx-cpu +float32 +\d\.\de-\d+ +2e-6 +\d\.\de-\d+ +1e-5 +agrees$/m);
    // On a machine with an NVIDIA GPU the second one is measured as well.
    expect(stdout).toMatch(/^onnx-cuda +TF32|Not ready:\n {2}onnx-cuda: /m);
    expect(status).toBe(0);
  });

  it("prints one JSON document", async () => {
    const { status, stdout } = await offcurve("parity", "--engines", "tfjs-cpu", "--json");
    expect(status).toBe(0);
    const { reference, engines } = JSON.parse(stdout);
    expect(reference).toBe("float64");
    expect(engines).toHaveLength(1);
    const [{ name, verdict, measurement, tolerance }] = engines;
    expect([name, verdict]).toEqual(["tfjs-cpu", "agrees"]);
    expect(measurement.loss).toBeGreaterThan(0);
    expect(measurement.loss).toBeLessThanOrEqual(tolerance.loss);
    expect(measurement.worst_parameters).toMatch(/rate/);
    expect(tolerance.why.length).toBeGreaterThan(20);
  });

  it("ends with status 1 where none of the engines named is ready", async () => {
    process.env.VK_ICD_FILENAMES = "/nonexistent.json";
    const { status, stdout } = await offcurve("parity", "--engines", "tfjs-webgpu");
    // Where WebGPU needs no Vulkan, the engine is ready after all.
    expect(status).toBe(stdout.includes("agrees") ? 0 : 1);
  });

  it.each([
    ["nonsense", "names nonsense, which is no engine"],
    ["onnx-cpu,nonsense", "names nonsense, which is no engine"],
    [" , ", "names no engine"],
  ])("refuses '%s' before it trains anything", async (names, problem) => {
    const { status, stdout, stderr } = await offcurve("parity", "--engines", names);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(`offcurve: --engines ${problem}; known are ${ENGINE_NAMES.join(", ")}\n`);
  });
});
