/** The native files of a bundle: Node itself, and the libraries that the chosen engines stand on. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { EngineName } from "../engines/names";
import { withoutSymbols } from "./elf";
import type { Part } from "./entry";
import { BundleError } from "./errors";
import { englishOnly } from "./icu";
import { companions } from "./modules";
import { fetchedPackage } from "./npm-package";
import { packageFolder, readJson } from "./specifiers";
import { NATIVE_PARTS, type NativePart, NODE, type Target } from "./target";

/** Where Node lies in the bundle. */
export const NODE_PATH = "node/bin/node";

/** @throws BundleError where the binary is not the one whose checksum is known */
export async function nodePart(target: Target, cache: string): Promise<Part> {
  const { packageName, version, file, sha256 } = NODE[target];
  const folder = await fetchedPackage(packageName, version, target, cache);
  const binary = read(join(folder, file), packageName);
  const actual = createHash("sha256").update(binary).digest("hex");
  if (actual !== sha256) {
    throw new BundleError(
      `${join(folder, file)}: SHA-256 is ${actual}, expected ${sha256}; remove ${folder} and try again`,
    );
  }
  const contents = englishOnly(withoutSymbols(binary));
  return {
    name: `Node ${version}`,
    kind: "x86 code",
    entries: [
      { path: NODE_PATH, executable: true, contents },
      { path: "node/LICENSE", executable: false, contents: read(join(folder, "LICENSE"), packageName) },
    ],
  };
}

/**
 * @param library folder of the library, from where packages are found
 * @throws BundleError where a file is missing and cannot be fetched
 */
export async function nativeParts(
  target: Target,
  engines: readonly EngineName[],
  library: string,
  cache: string,
): Promise<Part[]> {
  const parts: Part[] = [];
  for (const part of NATIVE_PARTS[target]) {
    if (part.engines && !part.engines.some((name) => engines.includes(name))) continue;
    const folder = await folderOf(part, target, library, cache);
    const { version } = readJson(join(folder, "package.json")) as { version: string };
    const inBundle = (file: string) => `node_modules/${part.packageName}/${file}`;
    const beside = companions(join(folder, "package.json")).map((file) => ({
      path: inBundle(basename(file)),
      executable: false,
      contents: readFileSync(file),
    }));
    const libraries = part.files.map((file) => ({
      path: inBundle(file),
      executable: false,
      contents: withoutSymbols(read(join(folder, file), part.packageName)),
    }));
    parts.push({ name: `${part.name} ${version}`, kind: "x86 code", entries: [...libraries, ...beside] });
  }
  return parts;
}

async function folderOf(part: NativePart, target: Target, library: string, cache: string): Promise<string> {
  const installed = packageFolder(part.packageName, join(library, "package.json"));
  if (installed) return installed;
  if (part.ofTargetOnly) {
    const version = wantedVersion(part.packageName, library);
    if (version) return await fetchedPackage(part.packageName, version, target, cache);
  }
  throw new BundleError(
    `the package ${part.packageName} is not installed; install the project's with: npm ci`,
  );
}

/** The version that the package which has it as an optional dependency asks for. */
function wantedVersion(name: string, library: string): string | undefined {
  const parent = packageFolder(name.replace(/-linux-x64-gnu$/, ""), join(library, "package.json"));
  if (!parent) return undefined;
  const { optionalDependencies = {} } = readJson(join(parent, "package.json")) as {
    optionalDependencies?: Record<string, string>;
  };
  return optionalDependencies[name];
}

function read(file: string, packageName: string): Buffer {
  if (!existsSync(file)) {
    throw new BundleError(
      `the package ${packageName} lacks ${file}; install the project's packages again with: npm ci`,
    );
  }
  return readFileSync(file);
}
