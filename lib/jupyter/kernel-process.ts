// The operating system process of a kernel: started in a process group of its own, watched, and never left behind.
// Talking to the kernel is kernel.ts.

import { type ChildProcess, spawn } from "node:child_process";

/** How a kernel process ended. `log` is the end of what it wrote to its own streams. */
export interface KernelEnd {
  code: number | null;
  signal: string | null;
  log: string;
}

const logLength = 10_000;
const alive = new Set<KernelProcess>();

export class KernelProcess {
  /** Resolves when the process has ended, however it ended. */
  readonly ended: Promise<KernelEnd>;
  #child: ChildProcess;
  #gone = false;
  #log = "";

  /** Starts `command` in folder `cwd`. */
  constructor(command: readonly string[], cwd: string) {
    const [program, ...parameters] = command;
    // A group of its own keeps the terminal's Ctrl-C from the kernel, and lets everything the kernel starts be ended with it.
    this.#child = spawn(program!, parameters, {
      cwd,
      detached: process.platform !== "win32",
      windowsHide: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, JPY_PARENT_PID: String(process.pid) },
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#log = (this.#log + text).slice(-logLength);
      });
    }
    if (alive.size === 0) process.on("exit", killAll);
    alive.add(this);
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: string | null) => {
        alive.delete(this);
        if (alive.size === 0) process.off("exit", killAll);
        resolve({ code, signal, log: this.#log.trim() });
      };
      this.#child.once("error", (error) => {
        this.#log += error.message;
        end(null, null);
      });
      // "exit" rather than "close": a grandchild may hold the streams open.
      this.#child.once("exit", (code, signal) => {
        this.kill();
        this.#gone = true;
        setTimeout(() => end(code, signal), 20);
      });
    });
  }

  /** Asks the kernel to interrupt its running cell. Windows has no such signal: there it would end the process. */
  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  /** Ends the kernel and everything it started, at once. */
  kill(): void {
    const id = this.#child.pid;
    if (id === undefined || this.#gone) return;
    try {
      process.kill(process.platform === "win32" ? id : -id, "SIGKILL");
    } catch {
      // It has already ended.
    }
  }
}

function killAll(): void {
  for (const kernel of alive) kernel.kill();
}
