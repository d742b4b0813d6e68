/**
 * Which source code this is: the git commit of the project that this library belongs to, whether files were changed since, and the lock file that
 * names every package. A project without git is no error: the reason stands in place of the commit.
 */

import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { ask } from "./ask";

export interface SourceDescription {
  /** The commit that is checked out, 40 hexadecimal digits or more; null where there is none to be found. */
  readonly revision: string | null;
  /** Files of the commit that differ from it, by their path in the project, `/` between its parts; empty where nothing was changed. */
  readonly modifiedFiles: readonly string[];
  /** Why there is no revision; null where there is one. */
  readonly reason: string | null;
  /** SHA-256 of package-lock.json; null where there is no such file. */
  readonly lockFileSha256: string | null;
}

/** Time that git is given for each question, in seconds. */
const TIME_LIMIT = 20;

/**
 * Describes the source code in a folder. Never throws.
 *
 * @param folder the project; defaults to the one that this library was built in
 */
export async function describeSource(folder = libraryProject()): Promise<SourceDescription> {
  const lockFileSha256 = hashOf(join(folder, "package-lock.json"));
  const unknown = (reason: string) => ({ revision: null, modifiedFiles: [], reason, lockFileSha256 });

  const top = await git(folder, "rev-parse", "--show-toplevel");
  if (top.outcome === "missing") return unknown("git is not installed");
  if (top.outcome === "late") return unknown(`git did not answer within ${TIME_LIMIT} s`);
  if (top.outcome === "failed") {
    return unknown(
      /dubious ownership/.test(top.complaint)
        ? "git refuses a checkout that belongs to another user"
        : "the project is not a git checkout",
    );
  }
  if (realPath(top.text.trim()) !== realPath(folder))
    return unknown("the project is not a git checkout of its own");

  const head = await git(folder, "rev-parse", "--verify", "HEAD");
  const revision = /^[0-9a-f]{40,64}$/.exec(head.text.trim())?.[0];
  if (head.outcome !== "answered" || revision === undefined) return unknown("the git checkout has no commit");
  const changes = await git(folder, "diff", "--name-only", "-z", "--no-ext-diff", "--no-textconv", "HEAD");
  if (changes.outcome !== "answered") return unknown("git could not compare the files with the commit");
  return { revision, modifiedFiles: changes.text.split("\0").filter(Boolean), reason: null, lockFileSha256 };
}

/** A question that changes nothing: no lock is taken, and no program that a configuration names is started. */
function git(folder: string, ...args: readonly string[]) {
  return ask("git", ["-c", "core.fsmonitor=false", ...args], {
    seconds: TIME_LIMIT,
    cwd: folder,
    env: { GIT_OPTIONAL_LOCKS: "0", GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined },
  });
}

/** The folder above this package's own: the project whose lock file and commit it came with. */
function libraryProject(): string {
  let folder = realPath(__dirname);
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return dirname(folder);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function hashOf(file: string): string | null {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("hex");
  } catch {
    return null;
  }
}
