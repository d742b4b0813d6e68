/** The programs that installing an engine takes: which there are, what to get where one is missing, and how they are run. */

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";

/** Installing cannot begin or go on; the message is one sentence with what to do. */
export class InstallError extends Error {
  override readonly name = "InstallError";
}

export interface Tools {
  /** Command of a Python whose pip works. */
  readonly python: string;
  /** Program file of npm, which Node runs. */
  readonly npm: string;
  /** Program file of node-gyp, which Node runs. */
  readonly nodeGyp: string;
  /** Folder with Node's headers in include/node; undefined where node-gyp is to download them. */
  readonly nodeHeaders: string | undefined;
}

/** What brings the compiler, make and pip to a Debian or Ubuntu machine. */
const INSTALL = "sudo apt-get install -y build-essential python3-pip";

/** Lines of a failed program's output that are shown. */
const SHOWN_LINES = 20;

/** The command of a Python whose pip works. */
export function findPython(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return [environment.PYTHON, "python3", "python"].find(
    (command) => command && answers(command, ["-m", "pip", "--version"], environment),
  );
}

/**
 * Finds the programs that compiling an addon takes.
 *
 * @throws InstallError which names all that are missing
 */
export function findTools(environment: NodeJS.ProcessEnv = process.env): Tools {
  const python = findPython(environment);
  const compiler = environment.CXX ?? "g++";
  const missing = [
    ...(answers(compiler, ["--version"], environment) ? [] : [`a C++ compiler (${compiler})`]),
    ...(answers("make", ["--version"], environment) ? [] : ["make"]),
    ...(python ? [] : ["Python 3 with pip"]),
    ...(answers("tar", ["--version"], environment) ? [] : ["tar"]),
  ];
  if (missing.length > 0) {
    throw new InstallError(
      `missing here: ${missing.join(", ")}; on Debian and Ubuntu this installs them: ${INSTALL}`,
    );
  }
  const npm = environment.npm_execpath ?? besideNode("npm/bin/npm-cli.js");
  const nodeGyp = environment.npm_config_node_gyp ?? besideNode("npm/node_modules/node-gyp/bin/node-gyp.js");
  if (!npm || !nodeGyp)
    throw new InstallError("npm was not found beside Node; start this with: npm run tensorflow");
  return { python: python!, npm, nodeGyp, nodeHeaders: nodeHeaders(environment) };
}

/** A file of the npm that comes with this Node. */
function besideNode(file: string): string | undefined {
  const path = join(nodePrefix(), "lib", "node_modules", file);
  return existsSync(path) ? path : undefined;
}

/** node-gyp's own setting, or the folder that Node lies in where it brought its headers. */
function nodeHeaders(environment: NodeJS.ProcessEnv): string | undefined {
  return [environment.npm_config_nodedir, nodePrefix()].find(
    (folder) => folder && existsSync(join(folder, "include", "node", "node_api.h")),
  );
}

function nodePrefix(): string {
  return dirname(dirname(realpathSync(process.execPath)));
}

function answers(command: string, parameters: readonly string[], environment: NodeJS.ProcessEnv): boolean {
  try {
    execFileSync(command, parameters, { stdio: "ignore", env: environment });
    return true;
  } catch {
    return false;
  }
}

export interface Step {
  /** What the step does, as in "compile the addon". */
  readonly what: string;
  readonly folder: string;
  /** What else may help where it fails, as a sentence without its full stop. */
  readonly remedy: string;
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Runs a program to its end. Its output is shown only where it fails.
 *
 * @returns its standard output
 * @throws InstallError with the last lines of its output and the remedy
 */
export async function runStep(command: string, parameters: readonly string[], step: Step): Promise<string> {
  const child = spawn(command, parameters, {
    cwd: step.folder,
    env: step.environment ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let standard = "";
  let all = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    standard += text;
    all += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    all += text;
  });
  const ending = await new Promise<string | undefined>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(code === 0 ? undefined : `${signal ?? `exit status ${code}`}`),
    );
  });
  if (ending === undefined) return standard;
  const lines = all.trim().split("\n").slice(-SHOWN_LINES);
  throw new InstallError(
    `could not ${step.what} (${ending}); ${step.remedy}. Its last words:\n${lines.join("\n")}`,
  );
}

const GIGABYTE = 1e9;

/** @throws InstallError where so many bytes are not free on the disk of the folder */
export function requireSpace(folder: string, needed: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= needed) return;
  const words = (bytes: number) => `${(bytes / GIGABYTE).toFixed(1)} GB`;
  throw new InstallError(
    `installing takes ${words(needed)} on the disk of ${folder}, and ${words(bavail * bsize)} are free there`,
  );
}

/** Gives the work a new folder below `parent`, which is gone afterwards, also where the process exits in between. */
export async function withDraft<T>(parent: string, work: (draft: string) => Promise<T>): Promise<T> {
  const draft = mkdtempSync(join(parent, "draft-"));
  const discard = () => rmSync(draft, { recursive: true, force: true });
  process.once("exit", discard);
  try {
    return await work(draft);
  } finally {
    process.off("exit", discard);
    discard();
  }
}
