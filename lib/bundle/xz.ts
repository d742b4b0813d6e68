/**
 * Compression with the command xz, of one part at a time: streams that follow each other are one valid file, and unpack to one archive. A part
 * that has not changed is taken from the folder that keeps them.
 */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ask } from "../machine/ask";
import { writeWhole } from "../sweep/folder";
import type { Kind } from "./entry";
import { BundleError } from "./errors";

/** From 0, fast, to 9e, small: a level of xz. */
export type Level = "0" | "6" | "9e";

/** @throws BundleError where there is no xz */
export async function xzVersion(): Promise<string> {
  const { outcome, text } = await ask("xz", ["--version"], { seconds: 20 });
  if (outcome !== "answered") {
    throw new BundleError(
      "a bundle is compressed by the command xz, which is not here; on Debian and Ubuntu this installs it: sudo apt-get install -y xz-utils",
    );
  }
  return text.trim().split("\n")[0]!;
}

export interface Compression {
  readonly level: Level;
  readonly version: string;
  /** Folder that keeps compressed parts. */
  readonly cache: string;
}

/** One .xz stream of the bytes. The same version of xz gives the same stream. */
export async function compressed(
  bytes: Uint8Array,
  kind: Kind,
  { level, version, cache }: Compression,
): Promise<Buffer> {
  // Addresses of calls in code become absolute, so that calls of one function look alike.
  const filters = [...(kind === "x86 code" ? ["--x86"] : []), `--lzma2=preset=${level}`];
  const options = ["--compress", "--stdout", "--format=xz", "--check=crc64", "--threads=1", ...filters];
  const key = createHash("sha256")
    .update(JSON.stringify([version, options]))
    .update(bytes)
    .digest("hex");
  const kept = join(cache, `${key}.xz`);
  if (existsSync(kept)) return readFileSync(kept);
  const stream = await run(options, bytes);
  mkdirSync(cache, { recursive: true });
  writeWhole(kept, stream);
  return stream;
}

function run(options: readonly string[], bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn("xz", options, { stdio: ["pipe", "pipe", "pipe"] });
    const output: Buffer[] = [];
    let complaint = "";
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    child.stdin.on("error", () => {}); // what went wrong is told by its end
    child.on("error", (error) => reject(new BundleError(`xz cannot be started: ${error.message}`)));
    child.on("close", (status, signal) => {
      if (status === 0) resolve(Buffer.concat(output));
      else reject(new BundleError(`xz failed (${complaint.trim() || signal || `exit status ${status}`})`));
    });
    child.stdin.end(bytes);
  });
}
