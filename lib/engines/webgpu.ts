/** WebGPU in Node: the npm package `webgpu`, which is Chromium's own implementation, Dawn. */

import type { DeviceKind } from "./engine";
import { EngineUnavailableError } from "./errors";
import { loaded } from "./packages";
import { driverCommand, prepareVulkan } from "./vulkan";

/** What WebGPU says of the GPU it found. */
export interface Adapter {
  /** "SwiftShader driver 5.0.0 (emulated by the processor)". */
  readonly name: string;
  readonly device: DeviceKind;
}

interface Gpu {
  requestAdapter(options?: { powerPreference: "high-performance" }): Promise<{ info: AdapterInfo } | null>;
}

interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

/** Names of Vulkan, OpenGL and Direct3D in software: SwiftShader, Mesa's llvmpipe, Microsoft's WARP. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

let gpu: Gpu | undefined;

/**
 * The adapter that a program gets which asks for the fastest.
 *
 * @throws EngineUnavailableError where the package does not load or no driver answers
 */
export async function webgpuAdapter(): Promise<Adapter> {
  const adapter = await (await webgpu()).requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw noAdapter();
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const software = isFallbackAdapter || SOFTWARE.test(`${description} ${device} ${architecture}`);
  const name = description || [vendor, architecture, device].filter(Boolean).join(" ") || "unnamed GPU";
  return {
    name: software ? `${name} (emulated by the processor)` : name,
    device: software ? "software-gpu" : "gpu",
  };
}

/** Gives this process `navigator.gpu` and WebGPU's constants, as a browser has them. */
export async function provideNavigatorGpu(): Promise<void> {
  const value = await webgpu();
  // Node has a `navigator` from 21 on.
  if (!("navigator" in globalThis)) Object.defineProperty(globalThis, "navigator", { value: {} });
  if (!("gpu" in navigator)) Object.defineProperty(navigator, "gpu", { value, configurable: true });
}

export function noAdapter(cause?: unknown): EngineUnavailableError {
  const reason = "WebGPU finds no GPU, and no driver that it can use";
  return new EngineUnavailableError(reason, driverCommand(), { cause });
}

async function webgpu(): Promise<Gpu> {
  if (gpu) return gpu;
  prepareVulkan();
  const { create, globals } = await loaded("webgpu", () => import("webgpu"));
  Object.assign(globalThis, globals);
  gpu = create([]) as unknown as Gpu;
  return gpu;
}
