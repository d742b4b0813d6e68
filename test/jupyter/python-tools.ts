// The project's Python environment put to use by tests: its scripts, and papermill, nbclient and nbconvert. Their outputs are read so that they can be
// held against ours.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { type NotebookOutput, readNotebook } from "../../lib/jupyter/notebook-file";
import type { PythonEnvironment } from "../../lib/jupyter/python-environment";

/** Runs a script of this folder in the environment, with `folder` as its working folder; answers what it printed. */
export async function runScript(
  { bin, variables }: PythonEnvironment,
  folder: string,
  name: string,
  input: unknown,
): Promise<string> {
  const child = spawn(join(bin, "python"), [join(__dirname, name)], {
    cwd: folder,
    env: { ...process.env, ...variables },
    stdio: ["pipe", "pipe", "inherit"],
    // A group of its own, so that a test that runs out of time leaves no kernel behind.
    detached: true,
  });
  onTestFinished(() => {
    if (child.exitCode === null) process.kill(-child.pid!, "SIGTERM");
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  child.stdin.end(JSON.stringify(input));
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
  return text;
}

/** Runs commands of papermill, nbclient and nbconvert one after another; answers exit code and printed text of each. */
export async function runTools(
  environment: PythonEnvironment,
  folder: string,
  commands: readonly (readonly string[])[],
): Promise<{ code: number; text: string }[]> {
  return JSON.parse(await runScript(environment, folder, "run_tools.py", commands));
}

/** The outputs of a notebook's code cells, with streams joined: nbclient keeps each write as an output of its own. */
export function joinedOutputs(file: string): NotebookOutput[][] {
  return readNotebook(file)
    .cells.filter((cell) => cell.cell_type === "code")
    .map((cell) => {
      const joined: NotebookOutput[] = [];
      for (const output of cell.outputs ?? []) {
        const last = joined.at(-1);
        if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
          last.text = `${last.text}${output.text}`;
        } else {
          joined.push(output);
        }
      }
      return joined;
    });
}
