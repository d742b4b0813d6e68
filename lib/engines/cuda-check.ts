/** Why ONNX Runtime's CUDA provider does not start: what of it is missing, and the command that mends it. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ask } from "../machine/ask";
import { type GpuDescription, nvidiaGpus } from "../machine/gpus";
import { EngineUnavailableError } from "./errors";
import { firstLine } from "./packages";

export const PROVIDER = "libonnxruntime_providers_cuda.so";

/** The provider for CUDA 13 with the libraries that it needs, from PyPI. */
const INSTALL = "npm run cuda";

/** The first driver that runs CUDA 13. */
const CUDA_13_DRIVER = 580;

/** For older drivers: onnxruntime-node's own install script, which fetches the provider for CUDA 12 from nuget.org. */
const INSTALL_CUDA_12 =
  "node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12";

/** What that one needs, from NVIDIA's package repository for Debian and Ubuntu. */
const INSTALL_CUDA_12_LIBRARIES = "sudo apt-get install -y cuda-libraries-12-9 libcudnn9-cuda-12";

const INSTALL_DRIVER = "sudo apt-get install -y nvidia-driver";

/** The number of NVIDIA in the PCI registry. */
const NVIDIA_VENDOR = "0x10de";

/** The class of display and 3D controllers there. */
const DISPLAY_CLASS = "0x03";

/** Seconds that a program of the system is given to answer. */
const ANSWER_SECONDS = 5;

/**
 * @param folder of onnxruntime-node's libraries
 * @throws EngineUnavailableError where the provider is not among them
 */
export async function requireCudaFiles(folder = providerFolder()): Promise<void> {
  const system = `${process.platform}-${process.arch}`;
  if (system !== "linux-x64") {
    const reason = `onnxruntime-node has the CUDA provider for linux-x64 alone, and this is ${system}`;
    throw new EngineUnavailableError(reason, undefined);
  }
  if (existsSync(join(folder, PROVIDER))) return;
  const { gpus } = await nvidiaGpus(ANSWER_SECONDS);
  const hardware =
    gpus.length > 0 ? "" : " (nor is an NVIDIA GPU with its driver to be seen here, which it needs)";
  const reason = `the CUDA provider of onnxruntime-node is not installed${hardware}`;
  // A bundle has neither npm nor the lock.
  if (!existsSync(providerLock())) {
    throw new EngineUnavailableError(`${reason}; the bundle's README.txt says how it is added`, undefined);
  }
  throw new EngineUnavailableError(reason, gpus.some(isOld) ? INSTALL_CUDA_12 : INSTALL);
}

/** What to say where the provider is installed and does not start. */
export async function explainCuda(
  error: unknown,
  folder = providerFolder(),
): Promise<EngineUnavailableError> {
  const options = { cause: error };
  if ((await nvidiaGpus(ANSWER_SECONDS)).gpus.length === 0) {
    const card = nvidiaCardIsThere();
    const reason = card
      ? "there is an NVIDIA GPU, but its driver does not run"
      : "no NVIDIA GPU is to be seen on this machine";
    return new EngineUnavailableError(reason, card ? INSTALL_DRIVER : undefined, options);
  }
  const missing = await missingLibraries(join(folder, PROVIDER));
  if (missing.length > 0) {
    const reason = `the CUDA provider lacks the libraries ${missing.join(", ")}`;
    const command = missing.some((name) => name.endsWith(".so.12")) ? INSTALL_CUDA_12_LIBRARIES : INSTALL;
    return new EngineUnavailableError(reason, command, options);
  }
  const reason = `the CUDA provider does not start: ${firstLine(error)}`;
  return new EngineUnavailableError(reason, undefined, options);
}

function isOld({ driver }: GpuDescription): boolean {
  return driver !== null && Number.parseInt(driver, 10) < CUDA_13_DRIVER;
}

/** The lock of the Python packages that the provider is taken from. */
export function providerLock(): string {
  const library = dirname(require.resolve("offcurve/package.json"));
  return join(library, "..", "environment", "cuda", "requirements.txt");
}

/** The folder of onnxruntime-node's libraries, where it looks for its providers. */
export function providerFolder(): string {
  const root = dirname(require.resolve("onnxruntime-node/package.json"));
  return join(root, "bin", "napi-v6", process.platform, process.arch);
}

/** Whether the kernel lists a card of NVIDIA's, with or without a driver. */
function nvidiaCardIsThere(): boolean {
  const folder = "/sys/bus/pci/devices";
  if (!existsSync(folder)) return false;
  return readdirSync(folder).some((device) => {
    const read = (file: string) => {
      const path = join(folder, device, file);
      return existsSync(path) ? readFileSync(path, "utf8") : "";
    };
    return read("vendor").startsWith(NVIDIA_VENDOR) && read("class").startsWith(DISPLAY_CLASS);
  });
}

/** What the dynamic linker does not find of a library's needs; none where it cannot be asked. */
async function missingLibraries(library: string): Promise<string[]> {
  const { text } = await ask("ldd", [library], { seconds: ANSWER_SECONDS });
  return [...text.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1]!);
}
