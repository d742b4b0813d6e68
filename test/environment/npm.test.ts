/** That npm says nothing of its own before a command, and fetches no CUDA provider when the kit is installed. */

import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { emptyFolder } from "../cli/offcurve";

const ROOT = resolve(__dirname, "../..");

interface Lock {
  packages: Record<string, { hasInstallScript?: boolean }>;
}

const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as Lock;

describe("npm in this project", () => {
  it("knows every setting of the project: npm 11 warns of others before each command", () => {
    expect(existsSync(join(ROOT, ".npmrc"))).toBe(false);
  });

  it("allows the script of no package that downloads what the kit does not use", () => {
    const { allowScripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(allowScripts["onnxruntime-node"]).toBe(false);
  });
});

describe("the install script of onnxruntime-node, which fetches CUDA from a host that many machines cannot reach", () => {
  it("is not in the lock, so that no npm runs it (CONTRIBUTING.md: npm ci)", () => {
    const entry = lock.packages["node_modules/onnxruntime-node"]!;
    expect(entry, "remove its hasInstallScript, which npm wrote again").not.toHaveProperty(
      "hasInstallScript",
    );
  });

  const folder = emptyFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const project = projectWithFailingScript(folder);

  it("would fail npm ci where the lock had it", async () => {
    await expect(project.install(true)).rejects.toThrow(/the script ran/);
  }, 240_000);

  it("does not run in npm ci where the lock has it not", async () => {
    await project.install(false);
    expect(existsSync(join(project.folder, "node_modules/onnxruntime-node/package.json"))).toBe(true);
  }, 240_000);
});

/** A project whose one package fails in its install script, as onnxruntime-node does without its host. */
function projectWithFailingScript(root: string) {
  const folder = join(root, "project");
  const made = join(root, "package", "package.json");
  for (const path of [folder, join(root, "package")]) mkdirSync(path);
  const script = `node -e "console.error('the script ran'); process.exit(3)"`;
  const name = "onnxruntime-node";
  writeFileSync(made, JSON.stringify({ name, version: "1.0.0", scripts: { postinstall: script } }));
  // What npm pack makes, without starting npm for it.
  execFileSync("tar", ["-czf", join(folder, "package.tgz"), "-C", root, "package"]);
  const dependencies = { [name]: "file:package.tgz" };
  const named = { name: "project", version: "1.0.0" };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...named, dependencies }));
  const install = (hasInstallScript: boolean) => {
    const entry = {
      version: "1.0.0",
      resolved: "file:package.tgz",
      ...(hasInstallScript && { hasInstallScript }),
    };
    const packages = { "": { ...named, dependencies }, [`node_modules/${name}`]: entry };
    writeFileSync(
      join(folder, "package-lock.json"),
      JSON.stringify({ ...named, lockfileVersion: 3, requires: true, packages }),
    );
    const cache = ["--offline", "--cache", join(root, "cache")];
    return promisify(execFile)("npm", ["ci", "--foreground-scripts", "--no-audit", ...cache], {
      cwd: folder,
      shell: process.platform === "win32",
    });
  };
  return { folder, install };
}
