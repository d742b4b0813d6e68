import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { explainCuda, requireCudaFiles } from "../../lib/engines/cuda-check";
import { EngineUnavailableError } from "../../lib/engines/errors";
import { cudaMatrixPrecision, cudaUpdatesPerCall } from "../../lib/engines/onnx-cuda";
import { nvidiaGpus } from "../../lib/machine/gpus";
import type { ProgramSpec } from "../../lib/optimizers/program";

const LINUX = process.platform === "linux" && process.arch === "x64";
const emptyFolder = () => mkdtempSync(join(tmpdir(), "offcurve-cuda-"));

describe("the CUDA provider", () => {
  it.runIf(LINUX)("that is not installed is one sentence and the command that installs it", async () => {
    const error = await requireCudaFiles(emptyFolder()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EngineUnavailableError);
    const { reason, command, message } = error as EngineUnavailableError;
    expect(reason).toMatch(/^the CUDA provider of onnxruntime-node is not installed/);
    expect(message).toBe(`${reason}; this mends it: ${command}`);
    const [program, script, flag] = command!.split(" ");
    expect(program).toBe("node");
    expect(existsSync(resolve(__dirname, "../..", script!))).toBe(true);
    // The name that onnxruntime-node itself has for the files of this system.
    const { requirements } = require(resolve(__dirname, "../..", script!, "../install-metadata.js")) as {
      requirements: Record<string, string[]>;
    };
    expect(flag).toBe(`--onnxruntime-node-install=${requirements["linux/x64"]}`);
  });

  it.runIf(LINUX)("that is installed is taken", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "libonnxruntime_providers_cuda.so"), "");
    await expect(requireCudaFiles(folder)).resolves.toBeUndefined();
  });

  it.runIf(!LINUX)("is said not to exist elsewhere", async () => {
    await expect(requireCudaFiles(emptyFolder())).rejects.toThrow("linux-x64 alone");
  });

  it("that does not start for want of a GPU says so", async ({ skip }) => {
    if ((await nvidiaGpus(5)).gpus.length > 0) return skip("an NVIDIA GPU is here");
    const { reason } = await explainCuda(new Error("Failed to load shared library\nmore"), emptyFolder());
    expect(reason).toMatch(/no NVIDIA GPU is to be seen|its driver does not run/);
  });
});

describe("the updates in one call", () => {
  const spec = (hidden_size: number, trials: number): ProgramSpec => ({
    architecture: {
      inputs: 256,
      classes: 1000,
      hidden_size,
      depth: 3,
      activation: "relu",
      layer_norm: false,
    },
    optimizer: "adam",
    batchSize: 128,
    trials,
  });

  it("are more for a larger state, and as many as their examples allow", () => {
    const counts = [4, 8, 64, 512, 2048, 8192].map((size) => cudaUpdatesPerCall(spec(size, 1)));
    for (const count of counts) expect(Number.isInteger(count)).toBe(true);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts[0]).toBeGreaterThanOrEqual(1);
    expect(counts.at(-1)).toBe(1024);
    const wide = spec(8192, 1);
    const inputs = { ...wide, architecture: { ...wide.architecture, inputs: 3072 } };
    expect(cudaUpdatesPerCall(inputs) * 128 * 3072 * 4).toBeLessThanOrEqual(2 ** 30);
  });

  it("keep copies below a tenth of the call by the measured rates, and are the fewest that do", () => {
    // Four matrices and two moments of each, at 0.75 ns a byte, against updates of 1.2 ms and 2 ps a byte.
    const bytes = 4 * 3 * (257 * 64 + 2 * 65 * 64 + 65 * 1000);
    const share = (count: number) => (0.75e-9 * bytes) / (0.75e-9 * bytes + count * (1.2e-3 + 2e-12 * bytes));
    const count = cudaUpdatesPerCall(spec(64, 1));
    expect(share(count)).toBeLessThanOrEqual(0.1);
    expect(share(count - 1)).toBeGreaterThan(0.1);
  });
});

describe("the precision of matrix products", () => {
  const before = process.env.NVIDIA_TF32_OVERRIDE;
  afterEach(() => {
    if (before === undefined) delete process.env.NVIDIA_TF32_OVERRIDE;
    else process.env.NVIDIA_TF32_OVERRIDE = before;
  });

  it("is TF32 unless the environment forbids it", () => {
    delete process.env.NVIDIA_TF32_OVERRIDE;
    expect(cudaMatrixPrecision()).toBe("tf32");
    process.env.NVIDIA_TF32_OVERRIDE = "0";
    expect(cudaMatrixPrecision()).toBe("float32");
  });
});
