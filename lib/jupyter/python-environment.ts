// The project's own Python environment: JupyterLab, nbclient and papermill at locked versions, with our kernel spec, in one folder of the
// project. Nothing is written to the user's home. Opening JupyterLab is lab.ts.

import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { installKernelSpec } from "./kernel-spec";

const execute = promisify(execFile);

/** The oldest Python that the locked packages support. */
const oldestPython = [3, 10] as const;

/** A Python environment with everything that opens and executes the notebooks. */
export interface PythonEnvironment {
  /** The folder of the environment. */
  folder: string;
  /** The folder of its commands: python, jupyter, papermill. */
  bin: string;
  /** Environment variables under which those commands keep their files inside the folder. */
  variables: Record<string, string>;
}

/** There is no Python that the environment can be made with; the message says what to install. */
export class PythonMissing extends Error {
  constructor(found: string) {
    super(
      `JupyterLab needs Python ${oldestPython.join(".")} or newer with its venv module; ${found}. Install it ` +
        "(Debian and Ubuntu: apt install python3-venv; macOS: brew install python; Windows: winget install Python.Python.3.13), " +
        "or name its command in the variable PYTHON. Without Python, `npm run notebooks` executes the notebooks.",
    );
    this.name = "PythonMissing";
  }
}

/**
 * Makes `<root>/.venv` from `<root>/environment`, or brings it up to date when the lock, the translator or the template of nbconvert has changed.
 * @param root the project's folder
 * @param log gets a line before each step that takes long
 * @throws PythonMissing when there is no fitting Python; Error when a step fails, with what it printed.
 */
export async function preparePythonEnvironment(
  root: string,
  log: (line: string) => void,
): Promise<PythonEnvironment> {
  return alone(root, () => prepare(root, log));
}

async function prepare(root: string, log: (line: string) => void): Promise<PythonEnvironment> {
  const folder = join(root, ".venv");
  const bin = join(folder, process.platform === "win32" ? "Scripts" : "bin");
  const python = join(bin, process.platform === "win32" ? "python.exe" : "python");
  const lock = join(root, "environment", "requirements.txt");
  const translator = join(root, "environment", "papermill-typescript");
  const nbconvert = join(root, "environment", "nbconvert");
  const stampFile = join(folder, "installed");
  const stamp = hashFiles([lock, ...filesUnder(translator), ...filesUnder(nbconvert)]);
  if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp || !(await runs(python))) {
    const base = await findPython();
    log(`Making a Python environment in ${folder} (once; about a minute) …`);
    rmSync(stampFile, { force: true });
    await step(base, ["-m", "venv", ...((await runs(python)) ? [] : ["--clear"]), folder]);
    log("Installing JupyterLab, nbclient and papermill at their locked versions …");
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    await step(python, [...pip, "--require-hashes", "-r", lock]);
    await step(python, [
      ...pip,
      "--no-deps",
      "--no-build-isolation",
      "--no-index",
      "--force-reinstall",
      translator,
    ]);
    // A template and the setting that makes it the usual one, in the environment's own folders `share` and `etc`.
    cpSync(nbconvert, folder, { recursive: true });
    writeFileSync(stampFile, stamp);
  }
  // Written each time: it names Node and this project by their paths, which may have moved.
  installKernelSpec(folder, root);
  return { folder, bin, variables: variables(folder) };
}

/** Runs `action` while no other process does so for the same project: two installations into one environment would spoil it. */
async function alone<T>(root: string, action: () => Promise<T>): Promise<T> {
  const lock = join(
    tmpdir(),
    `offcurve-python-${createHash("sha256").update(resolve(root)).digest("hex").slice(0, 16)}`,
  );
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (isStale(lock)) rmSync(lock, { force: true });
      else await delay(500);
    }
  }
  try {
    return await action();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Whether the process that took `lock` is gone. A lock without content is being written at this moment. */
function isStale(lock: string): boolean {
  try {
    const holder = Number(readFileSync(lock, "utf8"));
    if (holder > 0) process.kill(holder, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Jupyter's folders that lie in the user's home unless told otherwise. */
function variables(folder: string): Record<string, string> {
  const own = join(folder, "user");
  mkdirSync(own, { recursive: true });
  return {
    VIRTUAL_ENV: folder,
    JUPYTER_CONFIG_DIR: join(own, "config"),
    JUPYTER_DATA_DIR: join(own, "data"),
    JUPYTER_RUNTIME_DIR: join(own, "runtime"),
    JUPYTERLAB_SETTINGS_DIR: join(own, "lab", "user-settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(own, "lab", "workspaces"),
    IPYTHONDIR: join(own, "ipython"),
    JUPYTER_PREFER_ENV_PATH: "1",
  };
}

/** The command of a Python new enough that can make virtual environments. */
async function findPython(): Promise<string> {
  let found = "none was found";
  const named = process.env.PYTHON;
  const candidates = named
    ? [named]
    : process.platform === "win32"
      ? ["python", "python3", "py"]
      : ["python3", "python"];
  const probe = "import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1])";
  for (const candidate of candidates) {
    try {
      const { stdout } = await execute(candidate, ["-c", probe]);
      const [major = 0, minor = 0] = stdout.trim().split(" ").map(Number);
      if (major > oldestPython[0] || (major === oldestPython[0] && minor >= oldestPython[1]))
        return candidate;
      found = `${candidate} is ${major}.${minor}`;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT")
        found = `${candidate} lacks the venv or ensurepip module`;
    }
  }
  throw new PythonMissing(found);
}

async function runs(python: string): Promise<boolean> {
  return execute(python, ["-c", ""]).then(
    () => true,
    () => false,
  );
}

/** Runs a command to its end. Its output is shown only when it fails. */
async function step(command: string, parameters: readonly string[]): Promise<void> {
  const child = spawn(command, parameters, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0)
    throw new Error(
      `\`${command} ${parameters.join(" ")}\` failed with exit code ${code}:\n${output.trim()}`,
    );
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => !file.includes("__pycache__"))
    .map((file) => join(folder, file))
    .filter((file) => statSync(file).isFile())
    .sort();
}

function hashFiles(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}
