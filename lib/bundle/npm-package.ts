/** Packages that are not installed here, fetched by npm into a folder of the project and kept there. npm checks what it downloads. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask } from "../machine/ask";
import { BundleError } from "./errors";
import type { Target } from "./target";

/** Patience with a registry, in seconds. */
const TIME_LIMIT = 900;

/**
 * The folder of a package at one version, of a target that may be another machine than this one.
 *
 * @param cache folder to keep it in
 * @throws BundleError where npm is missing or cannot get it
 */
export async function fetchedPackage(
  name: string,
  version: string,
  target: Target,
  cache: string,
): Promise<string> {
  const home = join(cache, `${name.replace("/", "-")}-${version}`);
  const folder = join(home, "node_modules", name);
  if (isVersion(folder, version)) return folder;
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{ "private": true }\n');
  const [os, cpu] = target.split("-") as [string, string];
  const parameters = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--force"];
  const answer = await ask(
    "npm",
    [...parameters, "--prefix", home, `--os=${os}`, `--cpu=${cpu}`, "--libc=glibc", `${name}@${version}`],
    { seconds: TIME_LIMIT, cwd: home },
  );
  if (answer.outcome === "missing") {
    throw new BundleError(
      `${name} ${version} is to be fetched, and there is no npm here; install Node with npm`,
    );
  }
  if (!isVersion(folder, version)) {
    const said = answer.complaint.split("\n").find((line) => /^npm (?:error|ERR!)/.test(line));
    throw new BundleError(
      `npm could not get ${name} ${version}${said ? ` (${said})` : ""}; it takes a registry that can be reached`,
    );
  }
  return folder;
}

function isVersion(folder: string, version: string): boolean {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return false;
  return (JSON.parse(readFileSync(file, "utf8")) as { version?: string }).version === version;
}
