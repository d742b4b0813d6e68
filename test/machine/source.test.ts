import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { describeSource } from "../../lib/machine/source";

const PATH = process.env.PATH;
afterEach(() => {
  process.env.PATH = PATH;
});

const emptyFolder = () => mkdtempSync(join(tmpdir(), "offcurve-source-"));

function git(folder: string, ...args: string[]): string {
  const identity = [
    "-c",
    "user.name=nobody",
    "-c",
    "user.email=nobody@example.org",
    "-c",
    "commit.gpgsign=false",
  ];
  return execFileSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8" }).trim();
}

/** A checkout with two files and one commit. */
function checkout(): string {
  const folder = emptyFolder();
  git(folder, "init", "--quiet");
  writeFileSync(join(folder, "package-lock.json"), "abc");
  writeFileSync(join(folder, "code.ts"), "one\n");
  git(folder, "add", ".");
  git(folder, "commit", "--quiet", "-m", "first");
  return folder;
}

/** SHA-256 of the three bytes "abc", from FIPS 180-2. */
const SHA256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

describe("the source code", () => {
  it("is a commit, unmodified, and the hash of its lock file", async () => {
    const folder = checkout();
    expect(await describeSource(folder)).toEqual({
      revision: git(folder, "rev-parse", "HEAD"),
      modifiedFiles: [],
      reason: null,
      lockFileSha256: SHA256_OF_ABC,
    });
  });

  it("names the files of the commit that were changed, staged, or removed, and no others", async () => {
    const folder = checkout();
    writeFileSync(join(folder, "code.ts"), "two\n");
    writeFileSync(join(folder, "notes of alice.txt"), "untracked");
    expect((await describeSource(folder)).modifiedFiles).toEqual(["code.ts"]);
    git(folder, "add", "code.ts");
    rmSync(join(folder, "package-lock.json"));
    expect(await describeSource(folder)).toMatchObject({
      modifiedFiles: ["code.ts", "package-lock.json"],
      lockFileSha256: null,
    });
  });

  it("is not modified by a file that was written anew with the same contents", async () => {
    const folder = checkout();
    writeFileSync(join(folder, "code.ts"), "one\n");
    expect((await describeSource(folder)).modifiedFiles).toEqual([]);
  });

  it("has no revision, and the reason, outside of git, inside another checkout, and before the first commit", async () => {
    const outside = emptyFolder();
    expect(await describeSource(outside)).toEqual({
      revision: null,
      modifiedFiles: [],
      reason: "the project is not a git checkout",
      lockFileSha256: null,
    });
    const inner = join(checkout(), "inner");
    mkdirSync(inner);
    expect(await describeSource(inner)).toMatchObject({
      revision: null,
      reason: "the project is not a git checkout of its own",
    });
    git(outside, "init", "--quiet");
    expect(await describeSource(outside)).toMatchObject({
      revision: null,
      reason: "the git checkout has no commit",
    });
  });

  it("has no revision where git is not installed", async () => {
    const folder = checkout();
    process.env.PATH = emptyFolder();
    expect(await describeSource(folder)).toMatchObject({
      revision: null,
      reason: "git is not installed",
      lockFileSha256: SHA256_OF_ABC,
    });
  });

  it.skipIf(process.platform === "win32")(
    "starts no program that the checkout's configuration names",
    async () => {
      const folder = checkout();
      const [script, trace] = [join(emptyFolder(), "script"), join(emptyFolder(), "trace")];
      writeFileSync(script, `#!/bin/sh\ntouch ${trace}\n`);
      chmodSync(script, 0o755);
      for (const key of ["core.fsmonitor", "diff.external", "diff.bad.textconv"])
        git(folder, "config", key, script);
      writeFileSync(join(folder, ".gitattributes"), "*.ts diff=bad\n");
      writeFileSync(join(folder, "code.ts"), "two\n");
      expect((await describeSource(folder)).modifiedFiles).toEqual(["code.ts"]);
      expect(existsSync(trace)).toBe(false);
    },
  );

  it("is this project's by default", async () => {
    const project = resolve(__dirname, "../..");
    expect(await describeSource()).toEqual(await describeSource(project));
  });
});
