/** Why ONNX Runtime's CUDA provider does not start: what of it is missing, and the command that mends it. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ask } from "../machine/ask";
import { nvidiaGpus } from "../machine/gpus";
import { EngineUnavailableError } from "./errors";
import { firstLine } from "./packages";

const PROVIDER = "libonnxruntime_providers_cuda.so";

/** onnxruntime-node's own install script, which fetches the provider from nuget.org (some 300 MB). */
const INSTALL_PROVIDER =
  "node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12";

/** From NVIDIA's package repository for Debian and Ubuntu. */
const INSTALL_LIBRARIES = "sudo apt-get install -y cuda-libraries-12-9 libcudnn9-cuda-12";

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
export async function requireCudaFiles(folder = libraryFolder()): Promise<void> {
  const system = `${process.platform}-${process.arch}`;
  if (system !== "linux-x64") {
    const reason = `onnxruntime-node has the CUDA provider for linux-x64 alone, and this is ${system}`;
    throw new EngineUnavailableError(reason, undefined);
  }
  if (existsSync(join(folder, PROVIDER))) return;
  const { gpus } = await nvidiaGpus(ANSWER_SECONDS);
  const hardware =
    gpus.length > 0 ? "" : " (nor is an NVIDIA GPU with its driver to be seen here, which it needs)";
  throw new EngineUnavailableError(
    `the CUDA provider of onnxruntime-node is not installed${hardware}`,
    INSTALL_PROVIDER,
  );
}

/** What to say where the provider is installed and does not start. */
export async function explainCuda(error: unknown, folder = libraryFolder()): Promise<EngineUnavailableError> {
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
    return new EngineUnavailableError(reason, INSTALL_LIBRARIES, options);
  }
  const reason = `the CUDA provider does not start: ${firstLine(error)}`;
  return new EngineUnavailableError(reason, undefined, options);
}

function libraryFolder(): string {
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
