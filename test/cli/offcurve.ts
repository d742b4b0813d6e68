/** Runs the built command line as a user does: a process of its own. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const PROGRAM = resolve(__dirname, "../../lib/bin/offcurve.js");

export interface Finished {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function start(
  args: readonly string[],
  cwd = emptyFolder(),
  env: NodeJS.ProcessEnv = process.env,
): { child: ChildProcess; done: Promise<Finished> } {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  child.stdout!.setEncoding("utf8").on("data", (text) => {
    output.stdout += text;
  });
  child.stderr!.setEncoding("utf8").on("data", (text) => {
    output.stderr += text;
  });
  const done = new Promise<Finished>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => resolve({ status, signal, ...output }));
  });
  return { child, done };
}

export async function offcurve(...args: string[]): Promise<Finished> {
  return start(args).done;
}

export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), "offcurve-cli-"));
}

/** A study of many small stacks on kanji-1000, as a JSON file. */
export function studyFile(changes: object = {}): string {
  const file = join(emptyFolder(), "tiny.json");
  const study = {
    name: "tiny",
    dataset: { name: "kanji-1000" },
    evaluation: { examples: 64 },
    base: { updates: 24, batch_size: 8, depth: 1 },
    factors: { hidden_size: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11], learning_rate: [1e-3, 1e-2], seed: [0, 1] },
    ...changes,
  };
  writeFileSync(file, JSON.stringify(study));
  return file;
}
