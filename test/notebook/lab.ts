// JupyterLab in a real browser: the server from the project's locked Python environment, and headless Chromium on one notebook.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import { chromium, type Page } from "playwright-core";
import type { PythonEnvironment } from "../../lib/jupyter/python-environment";
import { root } from "../jupyter/project";

/** Where Chromium is: the variable CHROMIUM, or where Debian and others put it; undefined when there is none. */
export function findChromium(): string | undefined {
  const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  return [process.env.CHROMIUM ?? "", ...usual].find((file) => file !== "" && existsSync(file));
}

/** Opens `notebook`, a file inside the project, in JupyterLab, and ends browser and server after `visit`. */
export async function inJupyterLab<T>(
  notebook: string,
  { python, browser, scratch }: { python: PythonEnvironment; browser: string; scratch: string },
  visit: (page: Page) => Promise<T>,
): Promise<T> {
  const server = await startServer(python, scratch);
  try {
    const chrome = await chromium.launch({ executablePath: browser, args: ["--no-sandbox"] });
    try {
      const page = await chrome.newPage({ viewport: { width: 1600, height: 1200 } });
      const path = relative(root, notebook).split(/[\\/]/).map(encodeURIComponent).join("/");
      await page.addInitScript(watchProgress);
      await page.goto(`${server.address}/lab/tree/${path}?token=${server.token}`, { timeout: 120_000 });
      try {
        return await visit(page);
      } catch (error) {
        await page.screenshot({ path: join(root, "results", "screenshots", "jupyterlab-failed.png") });
        throw error;
      }
    } finally {
      await chrome.close();
    }
  } finally {
    await server.stop();
  }
}

/** What was seen of progress bars while the page was open: the most at one time, and the value of each change. */
export interface SeenProgress {
  most: number;
  values: number[];
}

/** Runs in the page: notes every state of every progress bar in the outputs of cells. */
function watchProgress(): void {
  const seen: SeenProgress = { most: 0, values: [] };
  Object.assign(window, { seenProgress: seen });
  const look = () => {
    const bars = [...document.querySelectorAll<HTMLProgressElement>(".jp-OutputArea-output progress")];
    seen.most = Math.max(seen.most, bars.length);
    for (const bar of bars) if (bar.value !== seen.values.at(-1)) seen.values.push(bar.value);
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
}

interface Server {
  address: string;
  token: string;
  stop(): Promise<void>;
}

async function startServer(python: PythonEnvironment, scratch: string): Promise<Server> {
  const settings = join(scratch, "settings");
  // All cells are in the page, also those outside the window: they are looked at together.
  writeSetting(settings, "@jupyterlab/notebook-extension/tracker", { windowingMode: "none" });
  writeSetting(settings, "@jupyterlab/apputils-extension/notification", { fetchNews: "false" });
  const token = "test";
  const child = spawn(
    join(python.bin, "jupyter-lab"),
    ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", `--IdentityProvider.token=${token}`],
    {
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        ...python.variables,
        JUPYTERLAB_SETTINGS_DIR: settings,
        JUPYTERLAB_WORKSPACES_DIR: join(scratch, "workspaces"),
        PATH: `${python.bin}${delimiter}${process.env.PATH ?? ""}`,
      },
    },
  );
  const port = await announcedPort(child);
  return { address: `http://127.0.0.1:${port}`, token, stop: () => stopped(child) };
}

/** The port that the server says it listens on. */
function announcedPort(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      const port = /http:\/\/127\.0\.0\.1:(\d+)\/lab/.exec(log)?.[1];
      if (port !== undefined) resolve(port);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`JupyterLab ended with exit code ${code}:\n${log}`)));
  });
}

/** The first signal makes the server end its kernels and then itself. */
async function stopped(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  const hard = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await ended;
  clearTimeout(hard);
}

function writeSetting(folder: string, plugin: string, value: object): void {
  const file = join(folder, `${plugin}.jupyterlab-settings`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(value));
}
