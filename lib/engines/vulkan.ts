/** How WebGPU finds a GPU on Linux: through Vulkan, whose loader asks the drivers that are installed. */

import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";

/** Where Chromium and its kin keep SwiftShader, Vulkan on the processor, as a driver. */
const SWIFTSHADER_DRIVERS = [
  "/usr/lib/chromium/vk_swiftshader_icd.json",
  "/usr/lib/chromium-browser/vk_swiftshader_icd.json",
  "/usr/lib64/chromium-browser/vk_swiftshader_icd.json",
  "/opt/google/chrome/vk_swiftshader_icd.json",
];

/** Files by which the kernel offers a GPU; there are none where there is no GPU, or where a container hides it. */
const GPU_DEVICES = /^(nvidia\d+|dxg|mali\d*|kgsl-3d\d+)$/;

/**
 * Points Vulkan's loader at SwiftShader on a Linux machine that has no GPU and names no driver itself, so that WebGPU
 * works there, slowly. Drivers that are named in the environment, or a GPU, are left alone.
 */
export function prepareVulkan(): void {
  if (process.platform !== "linux") return;
  process.env.XDG_RUNTIME_DIR ??= tmpdir(); // the loader of some drivers complains without it
  if (process.env.VK_ICD_FILENAMES || process.env.VK_DRIVER_FILES || hasGpu()) return;
  const driver = SWIFTSHADER_DRIVERS.find((file) => existsSync(file));
  if (driver) process.env.VK_ICD_FILENAMES = driver;
}

/** The command that gives WebGPU a driver, or undefined where this program knows none. */
export function driverCommand(): string | undefined {
  if (process.platform !== "linux") return undefined;
  if (hasNvidiaGpu()) return "sudo apt-get install -y libvulkan1 libgl1 libegl1 libxext6"; // what NVIDIA's driver needs
  if (hasGpu()) return "sudo apt-get install -y libvulkan1 mesa-vulkan-drivers";
  return "sudo apt-get install -y libvulkan1 chromium";
}

function hasGpu(): boolean {
  return (
    namesIn("/dev").some((name) => GPU_DEVICES.test(name)) ||
    namesIn("/dev/dri").some((name) => name.startsWith("renderD"))
  );
}

function hasNvidiaGpu(): boolean {
  return namesIn("/dev").some((name) => /^nvidia\d+$/.test(name));
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
