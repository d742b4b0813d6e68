/**
 * Building @tensorflow/tfjs-node or tfjs-node-gpu over a current libtensorflow, into `environment/tensorflow/built`: there
 * it outlives `npm ci`. The steps are `tensorflow-wheel.ts` and `tensorflow-addon.ts`; trying the result is left to the
 * caller.
 */

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileAddon, installDependencies, unpackPackage } from "./tensorflow-addon";
import { builtFolder, type TensorflowName, tensorflowFolder } from "./tensorflow-package";
import { findTools, TensorflowBuildError } from "./tensorflow-tools";
import { downloadWheels, unpackWheels } from "./tensorflow-wheel";

/** What one package is made of, and what that takes. */
interface Recipe {
  readonly lock: string;
  readonly systems: readonly string[];
  /** Bytes on the disk while it is being built. */
  readonly space: number;
  readonly download: string;
}

const GIGABYTE = 1e9;

const RECIPES: Record<TensorflowName, Recipe> = {
  "tfjs-node": {
    lock: "requirements-cpu.txt",
    systems: ["linux-x64", "linux-arm64"],
    space: 1.5 * GIGABYTE,
    download: "270 MB",
  },
  "tfjs-node-gpu": {
    lock: "requirements-cuda.txt",
    systems: ["linux-x64"],
    space: 10 * GIGABYTE,
    download: "3.3 GB",
  },
};

export interface BuiltPackage {
  readonly folder: string;
  readonly packageVersion: string;
  readonly libtensorflow: string;
}

/**
 * Builds the package of that name, and then puts it in the place of an earlier one.
 *
 * @param log is given a line before each step that takes long
 * @param root the folder environment/tensorflow
 * @throws TensorflowBuildError where something is missing or a step fails; an earlier build is then untouched
 */
export async function buildTensorflow(
  name: TensorflowName,
  log: (line: string) => void,
  root = tensorflowFolder(),
): Promise<BuiltPackage> {
  const { lock, systems, space, download } = RECIPES[name];
  const system = `${process.platform}-${process.arch}`;
  if (!systems.includes(system)) {
    throw new TensorflowBuildError(
      `${name} can be built on ${systems.join(" and ")}, and this is ${system}; the engines tfjs-webgpu and onnx-webgpu need no building`,
    );
  }
  const tools = findTools();
  const target = builtFolder(name, root);
  mkdirSync(join(root, "built"), { recursive: true });
  requireSpace(join(root, "built"), space);
  const draft = mkdtempSync(join(root, "built", "draft-"));
  const discard = () => rmSync(draft, { recursive: true, force: true });
  process.once("exit", discard);
  try {
    log(`Downloading libtensorflow from TensorFlow's Python package (about ${download}) …`);
    const wheels = join(draft, "wheels");
    await downloadWheels(join(root, lock), wheels, tools);
    log("Unpacking its libraries and headers …");
    const folder = join(draft, "package");
    const libtensorflow = await unpackWheels(wheels, join(folder, "deps"));
    log(`Fetching @tensorflow/${name} …`);
    await installDependencies(root, tools);
    const packageVersion = await unpackPackage(
      name,
      join(root, "..", "..", "package-lock.json"),
      folder,
      tools,
    );
    log("Compiling its addon …");
    await compileAddon(folder, tools);
    const facts = { package_version: packageVersion, libtensorflow, node: process.version };
    writeFileSync(join(folder, "built.json"), `${JSON.stringify(facts, null, 2)}\n`);
    if (existsSync(target)) renameSync(target, join(draft, "replaced"));
    renameSync(folder, target);
    return { folder: target, packageVersion, libtensorflow };
  } finally {
    process.off("exit", discard);
    discard();
  }
}

function requireSpace(folder: string, needed: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= needed) return;
  const words = (bytes: number) => `${(bytes / GIGABYTE).toFixed(1)} GB`;
  throw new TensorflowBuildError(
    `building takes ${words(needed)} on the disk of ${folder}, and ${words(bavail * bsize)} are free there`,
  );
}
