/** A copy of this project whose installed packages can be broken one by one: the built library, and links to node_modules. */

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

export interface BrokenProject {
  readonly folder: string;
  /** Makes a package a link to that folder; to one that is not there, and it is neither absent nor whole. */
  linked(name: string, target: string): void;
  /** Replaces a package by files of the test. */
  replaced(name: string, files: Readonly<Record<string, string>>): void;
  /** Runs a JavaScript program in it, which has `lib/dist` under the name `dist`. */
  run(program: string): Promise<{ status: number | null; stdout: string; stderr: string }>;
}

export function brokenProject(): BrokenProject {
  const folder = mkdtempSync(join(tmpdir(), "offcurve-broken-"));
  const modules = join(folder, "node_modules");
  mkdirSync(join(folder, "lib"), { recursive: true });
  for (const part of ["package.json", "dist", "bin"]) {
    cpSync(join(ROOT, "lib", part), join(folder, "lib", part), { recursive: true });
  }
  symlinkSync(join(ROOT, "lib/node_modules"), join(folder, "lib/node_modules"));
  // Scopes are folders of their own, so that a package in one can be broken.
  mkdirSync(modules);
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (name.startsWith("@")) {
      mkdirSync(join(modules, name));
      for (const inner of readdirSync(join(ROOT, "node_modules", name)))
        symlinkSync(join(ROOT, "node_modules", name, inner), join(modules, name, inner));
    } else if (name !== "offcurve") symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  symlinkSync("../lib", join(modules, "offcurve"));

  const without = (name: string) => rmSync(join(modules, name), { recursive: true, force: true });
  return {
    folder,
    linked: (name, target) => {
      without(name);
      symlinkSync(target, join(modules, name));
    },
    replaced: (name, files) => {
      without(name);
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(dirname(join(modules, name, file)), { recursive: true });
        writeFileSync(join(modules, name, file), text);
      }
    },
    run: (program) => {
      const text = `const dist = (file) => require(${JSON.stringify(join(folder, "lib/dist"))} + "/" + file);\n${program}`;
      const child = spawn(process.execPath, ["-e", text], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
      const output = { stdout: "", stderr: "" };
      for (const name of ["stdout", "stderr"] as const) {
        child[name].setEncoding("utf8").on("data", (data: string) => {
          output[name] += data;
        });
      }
      return new Promise((done, fail) => {
        child.on("error", fail);
        child.on("close", (status) => done({ status, ...output }));
      });
    },
  };
}
