/**
 * Asking a program of the system something, with a limit on how long it may take to answer. A program that hangs, even one
 * that cannot be killed, holds up nobody past that limit. What the answer means is up to who asks.
 */

import { type ChildProcess, spawn } from "node:child_process";

/** What became of the question; of `late` and `failed` answers, `text` is what had been said until then. */
export interface Answer {
  /** `missing`: there is no such program here. `failed`: it ended with an error. `late`: it was given up. */
  readonly outcome: "answered" | "missing" | "failed" | "late";
  /** Standard output. */
  readonly text: string;
  /** Standard error: to be understood, never to be shown, for it may name people and folders. */
  readonly complaint: string;
}

export interface Question {
  /** Seconds to wait for the answer. */
  readonly seconds: number;
  readonly cwd?: string | undefined;
  /** Environment variables that are set for the program, or taken from it where undefined. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Nothing that is asked here has a longer answer. */
const MOST_CHARACTERS = 2 ** 20;

const POSIX = process.platform !== "win32";

/** Runs a program without a shell and collects what it says. Never throws and never takes longer than it was given. */
export function ask(program: string, args: readonly string[], question: Question): Promise<Answer> {
  const { seconds, cwd, env } = question;
  return new Promise((resolve) => {
    const said = { text: "", complaint: "" };
    let child: ChildProcess;
    try {
      child = spawn(program, args, {
        cwd,
        env: { ...process.env, LC_ALL: "C", ...env },
        stdio: ["ignore", "pipe", "pipe"],
        detached: POSIX, // a process group of its own, so that what the program started ends with it
        windowsHide: true,
      });
    } catch {
      resolve({ outcome: "missing", ...said });
      return;
    }
    const end = (outcome: Answer["outcome"]) => {
      clearTimeout(limit);
      resolve({ outcome, ...said });
    };
    const limit = setTimeout(() => {
      abandon(child);
      end("late");
    }, seconds * 1000);
    for (const [name, stream] of [["text", child.stdout!] as const, ["complaint", child.stderr!] as const]) {
      stream.setEncoding("utf8").on("data", (part: string) => {
        if (said[name].length < MOST_CHARACTERS) said[name] += part;
      });
    }
    child.on("error", ({ code }: NodeJS.ErrnoException) => end(code === "ENOENT" ? "missing" : "failed"));
    child.on("close", (status) => end(status === 0 ? "answered" : "failed"));
  });
}

/** Kills a program and what it started, and no longer waits for any of them. */
function abandon(child: ChildProcess): void {
  try {
    if (POSIX && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    else child.kill("SIGKILL");
  } catch {
    // It has just ended.
  }
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}
