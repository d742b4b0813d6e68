import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { datasetShape } from "../../lib/datasets/shape";
import { explainCuda, requireCudaFiles } from "../../lib/engines/cuda-check";
import { EngineUnavailableError } from "../../lib/engines/errors";
import { cudaMatrixPrecision, cudaUpdatesPerCall } from "../../lib/engines/onnx-cuda";
import { nvidiaGpus } from "../../lib/machine/gpus";
import type { ProgramSpec } from "../../lib/optimizers/program";
import { findStudy } from "../../lib/studies/presets";
import { trialsOf } from "../../lib/studies/trials";
import { stacksOf } from "../../lib/sweep/stacks";

const LINUX = process.platform === "linux" && process.arch === "x64";
const emptyFolder = () => mkdtempSync(join(tmpdir(), "offcurve-cuda-"));

const { PATH } = process.env;
afterEach(() => {
  process.env.PATH = PATH;
});

/** Puts a program first in the path that answers as NVIDIA's own, for the test. */
function withNvidiaSmi(answer: string): void {
  const folder = emptyFolder();
  writeFileSync(join(folder, "nvidia-smi"), `#!/bin/sh\necho "${answer}"\n`, { mode: 0o755 });
  process.env.PATH = `${folder}:${PATH}`;
}

describe("the CUDA provider", () => {
  it.runIf(LINUX)("that is not installed is one sentence and the command that installs it", async () => {
    const error = await requireCudaFiles(emptyFolder()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EngineUnavailableError);
    const { reason, command, message } = error as EngineUnavailableError;
    expect(reason).toMatch(/^the CUDA provider of onnxruntime-node is not installed/);
    expect(message).toBe(`${reason}; this mends it: ${command}`);
    const { scripts } = require("../../package.json") as { scripts: Record<string, string> };
    expect(scripts).toHaveProperty(/^npm run ([a-z]+)$/.exec(command!)![1]!);
  });

  it.runIf(LINUX)(
    "that is not installed beside a driver too old for CUDA 13 is that for CUDA 12",
    async () => {
      const commandWith = async (driver: string) => {
        withNvidiaSmi(`NVIDIA H100 80GB HBM3, 81559, ${driver}`);
        const error = await requireCudaFiles(emptyFolder()).catch((thrown: unknown) => thrown);
        expect((error as EngineUnavailableError).reason).toBe(
          "the CUDA provider of onnxruntime-node is not installed",
        );
        return (error as EngineUnavailableError).command!;
      };
      expect(await commandWith("580.65.06")).toBe("npm run cuda");
      const [program, script, flag] = (await commandWith("570.172.08")).split(" ");
      expect(program).toBe("node");
      expect(existsSync(resolve(__dirname, "../..", script!))).toBe(true);
      // The name that onnxruntime-node itself has for the files of this system.
      const { requirements } = require(resolve(__dirname, "../..", script!, "../install-metadata.js")) as {
        requirements: Record<string, string[]>;
      };
      expect(flag).toBe(`--onnxruntime-node-install=${requirements["linux/x64"]}`);
    },
  );

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
    const wide = spec(8192, 1);
    const inputs = { ...wide, architecture: { ...wide.architecture, inputs: 3072 } };
    expect(cudaUpdatesPerCall(inputs)).toBe(Math.floor(2 ** 30 / (128 * 3072 * 4)));
  });

  /** Of copies in a call: four matrices and two moments of each, at 0.75 ns a byte, against updates of 1.2 ms and 2 ps a byte. */
  const shareOfCopies = ({ architecture, trials }: ProgramSpec, count: number) => {
    const { inputs, hidden_size: h } = architecture;
    const bytes = 4 * 3 * trials * ((inputs + 1) * h + 2 * (h + 1) * h + (h + 1) * 1000);
    return (0.75e-9 * bytes) / (0.75e-9 * bytes + count * (1.2e-3 + 2e-12 * bytes));
  };

  it("keep copies below a tenth of the call by the measured rates, and are the fewest that do", () => {
    const count = cudaUpdatesPerCall(spec(64, 1));
    expect(shareOfCopies(spec(64, 1), count)).toBeLessThanOrEqual(0.1);
    expect(shareOfCopies(spec(64, 1), count - 1)).toBeGreaterThan(0.1);
  });

  it("do so at every size of the study paper, whose images are bytes", () => {
    const study = findStudy("paper");
    const stacks = stacksOf(trialsOf(study), datasetShape(study.dataset), { threads: 1, device: "gpu" });
    expect(stacks.at(-1)!.spec.architecture.hidden_size).toBe(8192);
    for (const { spec } of stacks) {
      expect(shareOfCopies(spec, cudaUpdatesPerCall(spec))).toBeLessThanOrEqual(0.1);
    }
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
