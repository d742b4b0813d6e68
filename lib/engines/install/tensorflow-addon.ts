/**
 * The packages @tensorflow/tfjs-node and tfjs-node-gpu without their install script: their files from npm's registry,
 * checked against the project's lock, and their addon compiled over a libtensorflow that lies beside it.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { TensorflowName } from "../tensorflow-package";
import { InstallError, runStep, type Tools } from "./tools";

/** Version of Node-API that the addon is compiled for: the highest that the packages' list names, and that all Nodes since 12.22 have. */
const NODE_API = 8;

const REMEDY = "see that npm's registry can be reached, then give the command again";

const QUIET = ["--no-audit", "--no-fund", "--loglevel=error"];

interface Locked {
  readonly version: string;
  readonly integrity: string;
}

/**
 * Installs what the packages load beside TensorFlow.js, as locked in the folder, unless that was done already.
 * TensorFlow.js itself they must share with the library, and find further up.
 */
export async function installDependencies(folder: string, { npm }: Tools): Promise<void> {
  const installed = join(folder, "node_modules", ".package-lock.json");
  if (
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(join(folder, "package-lock.json")).mtimeMs
  )
    return;
  await runStep(process.execPath, [npm, "ci", "--ignore-scripts", "--prefix", folder, ...QUIET], {
    what: "install what @tensorflow/tfjs-node loads",
    folder,
    remedy: REMEDY,
  });
}

/**
 * Puts the package's own files into `target`.
 *
 * @param projectLock the project's package-lock.json, whose version and checksum of the package count
 * @returns its version
 * @throws InstallError where what the registry serves is not what was locked
 */
export async function unpackPackage(
  name: TensorflowName,
  projectLock: string,
  target: string,
  { npm }: Tools,
): Promise<string> {
  const { version, integrity } = lockedPackage(name, projectLock);
  const folder = join(target, "..", "download");
  mkdirSync(folder, { recursive: true });
  mkdirSync(target, { recursive: true });
  const request = [
    "pack",
    `@tensorflow/${name}@${version}`,
    "--pack-destination",
    folder,
    "--json",
    ...QUIET,
  ];
  const answer = await runStep(process.execPath, [npm, ...request], {
    what: `download @tensorflow/${name} ${version}`,
    folder,
    remedy: REMEDY,
  });
  const [{ filename }] = JSON.parse(answer) as [{ readonly filename: string }];
  const archive = join(folder, filename.replace("@", "").replace("/", "-"));
  const [algorithm = "sha512", expected] = integrity.split("-");
  if (createHash(algorithm).update(readFileSync(archive)).digest("base64") !== expected) {
    throw new InstallError(
      `@tensorflow/${name} ${version} as downloaded has not the ${algorithm} checksum of package-lock.json; nothing of it was used`,
    );
  }
  await runStep("tar", ["-xzf", archive, "-C", target, "--strip-components=1", "--no-same-owner"], {
    what: `unpack ${filename}`,
    folder,
    remedy: "see that there is room on the disk",
  });
  rmSync(archive);
  return version;
}

function lockedPackage(name: TensorflowName, projectLock: string): Locked {
  const { packages } = JSON.parse(readFileSync(projectLock, "utf8")) as {
    readonly packages: Readonly<Record<string, Partial<Locked>>>;
  };
  const { version, integrity } = packages[`node_modules/@tensorflow/${name}`] ?? {};
  if (version === undefined || integrity === undefined) {
    throw new InstallError(
      `${projectLock} does not lock @tensorflow/${name}; bring it back with: git checkout package-lock.json`,
    );
  }
  return { version, integrity };
}

/** Compiles the package's addon over the libraries and headers in its folder `deps`, to where the package loads it from. */
export async function compileAddon(folder: string, { nodeGyp, nodeHeaders, python }: Tools): Promise<void> {
  const destination = join(folder, "lib", `napi-v${NODE_API}`);
  const parameters = [
    "rebuild",
    "--module_name=tfjs_binding",
    `--module_path=${destination}`,
    `--napi_build_version=${NODE_API}`,
  ];
  await runStep(process.execPath, [nodeGyp, ...parameters], {
    what: "compile the addon",
    folder,
    // Of node-gyp's settings, the environment's win over the command line's.
    environment: { ...process.env, npm_config_python: python, npm_config_nodedir: nodeHeaders },
    remedy:
      nodeHeaders === undefined
        ? "where nodejs.org, which has Node's headers, cannot be reached, name a folder with include/node in the variable npm_config_nodedir"
        : "the compiler's words say more",
  });
  if (!existsSync(join(destination, "tfjs_binding.node"))) {
    throw new InstallError(`node-gyp ended well and left no addon in ${destination}`);
  }
  rmSync(join(folder, "build"), { recursive: true, force: true });
}
