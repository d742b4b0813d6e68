/**
 * Building @tensorflow/tfjs-node or tfjs-node-gpu over a current libtensorflow, into `environment/tensorflow/built`: there
 * it outlives `npm ci`. The steps are `libtensorflow.ts` and `tensorflow-addon.ts`; trying the result is left to the
 * caller.
 */

import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtFolder, type TensorflowName, tensorflowFolder } from "../tensorflow-package";
import { unpackLibtensorflow } from "./libtensorflow";
import { compileAddon, installDependencies, unpackPackage } from "./tensorflow-addon";
import { findTools, InstallError, requireSpace, withDraft } from "./tools";
import { downloadWheels } from "./wheels";

/** What one package is made of, and what that takes. */
interface Recipe {
  readonly lock: string;
  readonly systems: readonly string[];
  /** Bytes on the disk while it is being built. */
  readonly space: number;
  readonly download: string;
}

const RECIPES: Record<TensorflowName, Recipe> = {
  "tfjs-node": {
    lock: "requirements-cpu.txt",
    systems: ["linux-x64", "linux-arm64"],
    space: 1.5e9,
    download: "270 MB",
  },
  "tfjs-node-gpu": {
    lock: "requirements-cuda.txt",
    systems: ["linux-x64"],
    space: 10e9,
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
 * @throws InstallError where something is missing or a step fails; an earlier build is then untouched
 */
export async function buildTensorflow(
  name: TensorflowName,
  log: (line: string) => void,
  root = tensorflowFolder(),
): Promise<BuiltPackage> {
  const { lock, systems, space, download } = RECIPES[name];
  const system = `${process.platform}-${process.arch}`;
  if (!systems.includes(system)) {
    throw new InstallError(
      `${name} can be built on ${systems.join(" and ")}, and this is ${system}; the engines tfjs-webgpu and onnx-webgpu need no building`,
    );
  }
  const tools = findTools();
  const target = builtFolder(name, root);
  mkdirSync(join(root, "built"), { recursive: true });
  requireSpace(join(root, "built"), space);
  return withDraft(join(root, "built"), async (draft) => {
    log(`Downloading libtensorflow from TensorFlow's Python package (about ${download}) …`);
    const wheels = join(draft, "wheels");
    await downloadWheels(join(root, lock), wheels, tools.python);
    log("Unpacking its libraries and headers …");
    const folder = join(draft, "package");
    const libtensorflow = await unpackLibtensorflow(wheels, join(folder, "deps"));
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
  });
}
