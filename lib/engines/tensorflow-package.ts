/**
 * Where the packages @tensorflow/tfjs-node and tfjs-node-gpu lie: the one that `npm run tensorflow` built over a current
 * libtensorflow, and the one that npm installed. Loading them is `tensorflow.ts`, building them `install/tensorflow.ts`.
 */

import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

export type TensorflowName = "tfjs-node" | "tfjs-node-gpu";

export interface TensorflowPackage {
  readonly folder: string;
  /** Built by `npm run tensorflow`, or as npm installed it. */
  readonly origin: "built" | "npm";
  /** Whether its native addon is there; without it, it cannot be loaded. */
  readonly complete: boolean;
}

/** The folder of everything about TensorFlow: the locks, and `built/`. */
export function tensorflowFolder(): string {
  return join(dirname(require.resolve("offcurve/package.json")), "..", "environment", "tensorflow");
}

/** The folder that the built package of that name has. */
export function builtFolder(name: TensorflowName, root = tensorflowFolder()): string {
  return join(root, "built", name);
}

/** The command that builds the package of that name. */
export function buildCommand(name: TensorflowName): string {
  return name === "tfjs-node-gpu" ? "npm run tensorflow -- --gpu" : "npm run tensorflow";
}

/** The packages of that name on this machine; the built one first, since somebody asked for it by name. */
export function tensorflowPackages(name: TensorflowName, root = tensorflowFolder()): TensorflowPackage[] {
  const candidates = [
    { folder: builtFolder(name, root), origin: "built" },
    { folder: npmFolder(name), origin: "npm" },
  ] as const;
  return candidates.flatMap(({ folder, origin }) =>
    folder !== undefined && existsSync(join(folder, "package.json"))
      ? [{ folder, origin, complete: hasAddon(folder) }]
      : [],
  );
}

function npmFolder(name: TensorflowName): string | undefined {
  try {
    return dirname(require.resolve(`@tensorflow/${name}/package.json`));
  } catch {
    return undefined;
  }
}

/** Whether an addon lies where the package looks for it: lib/napi-v8/tfjs_binding.node, or another number. */
function hasAddon(folder: string): boolean {
  try {
    return readdirSync(join(folder, "lib")).some((version) =>
      existsSync(join(folder, "lib", version, "tfjs_binding.node")),
    );
  } catch {
    return false;
  }
}
