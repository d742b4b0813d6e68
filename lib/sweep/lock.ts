/**
 * One process to a results folder: `lock.json` says who holds it, and its time of change is the holder's heartbeat.
 *
 *     the holder                                                 is taken for
 *     runs on our kernel, in our PID namespace                    alive where that process exists, else dead: the kernel knows
 *     runs in another container or on another machine, or nobody
 *     can tell                                                    alive where the heart beats while we listen, else dead
 *
 * A process id alone says nothing in another container, where it belongs to somebody else. The heart is listened to, not compared with a
 * clock, since two machines have two. It cannot beat where its process is paused or its machine asleep; such a holder may lose the
 * folder, so it makes sure of it with `requireHeld` before each write.
 */

import { randomUUID } from "node:crypto";
import {
  closeSync,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import { ResultsError, resultsError, unreadable } from "./errors";

const holderSchema = z.object({
  pid: z.number().int().positive(),
  started: z.string(),
  /** Start of the process on the kernel's clock, where there is one to ask: a process id is used again, this is not. */
  ticks: z.string().nullable(),
  /** Locks of earlier versions lack the three below. */
  host: z.string().optional(),
  /** What the process id and the ticks mean something in; null where that is not known. */
  place: z.string().nullable().optional(),
  /** Tells this lock from every other. */
  token: z.string().optional(),
});
type Holder = z.infer<typeof holderSchema>;
type Own = Holder & { readonly token: string };

/** Time between two beats, in seconds. */
const BEAT = 2;

/** How long a heart is listened to, in seconds: several beats, since a machine under load and a network may be late. */
const PATIENCE = 12;

/** Time between two looks at a heart, in milliseconds. */
const LOOK_MILLISECONDS = 250;

/** Long enough for a competitor that has also found the lock abandoned to have written its own. */
const SETTLE_MILLISECONDS = 50;

export interface LockOptions {
  /** Told where the lock of somebody who cannot be seen must be listened to. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** How long that takes at most, in seconds; defaults to 12. */
  readonly patience?: number | undefined;
}

export interface FolderLock {
  /** @throws ResultsError where another process has taken the folder over */
  requireHeld(): void;
  /** Gives the folder back, if it is still held. Never throws. */
  release(): Promise<void>;
}

/**
 * Takes the lock of a results folder, from a dead process too.
 *
 * @throws ResultsError naming the process that holds it, since when, and what to do
 */
export async function lockFolder(folder: string, options: LockOptions = {}): Promise<FolderLock> {
  const file = join(folder, "lock.json");
  const mine = describeOwn();
  try {
    for (let replace = false; ; ) {
      const descriptor = placed(file, mine, replace);
      if (descriptor === undefined) {
        replace = await isAbandoned(file, folder, options);
        continue;
      }
      if (replace) await sleep(SETTLE_MILLISECONDS);
      const { holder } = look(file) ?? {};
      if (holder?.token === mine.token) return held(folder, file, mine, descriptor);
      closeSync(descriptor);
      throw inUse(folder, holder);
    }
  } catch (error) {
    throw resultsError(error, file);
  }
}

function held(folder: string, file: string, mine: Holder, descriptor: number): FolderLock {
  const heart = new Heart(descriptor);
  return {
    requireHeld() {
      const seen = look(file);
      if (seen?.holder?.token === mine.token) return;
      const what = seen
        ? `was taken over by ${words(seen.holder)}, since this process gave no sign of life for a while`
        : "has lost its lock.json, so that another process may use it";
      throw new ResultsError(
        `${folder} ${what}; nothing more was written there. Run the same command again once nobody uses it: finished trials are kept`,
      );
    },
    async release() {
      await heart.stop();
      closeSync(descriptor);
      try {
        if (look(file)?.holder?.token === mine.token) rmSync(file, { force: true });
      } catch {
        // It stays behind like the lock of one that was killed.
      }
    },
  };
}

/**
 * Puts the lock there, whole from the first moment.
 *
 * @returns the open file; undefined where there is one already that shall not be replaced
 */
function placed(file: string, mine: Own, replace: boolean): number | undefined {
  const draft = `${file}.${mine.token}.tmp`;
  const descriptor = openSync(draft, "wx");
  try {
    writeSync(descriptor, JSON.stringify(mine));
    if (replace) renameSync(draft, file);
    else linkSync(draft, file);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * @returns false where the lock is gone
 * @throws ResultsError where its holder lives
 */
async function isAbandoned(file: string, folder: string, options: LockOptions): Promise<boolean> {
  const { onNotice, patience = PATIENCE } = options;
  const first = look(file);
  if (!first) return false;
  const { holder } = first;
  if (holder && isVisible(holder)) {
    if (isRunning(holder)) throw inUse(folder, holder);
    return true;
  }
  onNotice?.(
    `${folder} has the lock of ${words(holder)}, which cannot be seen from here; waiting up to ${patience} s for a sign of life …`,
  );
  for (const end = performance.now() + patience * 1000; performance.now() < end; ) {
    await sleep(LOOK_MILLISECONDS);
    const now = look(file);
    if (!now) return false;
    if (now.stamp !== first.stamp) throw inUse(folder, now.holder);
  }
  return true;
}

function inUse(folder: string, holder: Holder | undefined): ResultsError {
  const place = holder && isVisible(holder) ? "" : ", in another container or on another machine";
  return new ResultsError(
    `${folder} is in use by ${words(holder)}${place}; wait for it, stop it, or choose another folder with --out`,
  );
}

function words(holder: Holder | undefined): string {
  if (!holder) return "an unknown process";
  const host =
    holder.host === undefined || isVisible(holder) ? "" : ` on host ${JSON.stringify(holder.host)}`;
  return `process ${holder.pid}${host}, started ${holder.started}`;
}

/** The lock as it stands: its holder, undefined where it does not say, and its state, which changes with every beat. Undefined where there is none. */
function look(file: string): { readonly holder: Holder | undefined; readonly stamp: string } | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r"); // opening, unlike a look at the path, makes network file systems ask the server
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unreadable(error, file);
  }
  try {
    const { ino, mtimeNs } = fstatSync(descriptor, { bigint: true });
    return { holder: parsed(readFileSync(descriptor, "utf8")), stamp: `${ino} ${mtimeNs}` };
  } finally {
    closeSync(descriptor);
  }
}

function parsed(text: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function describeOwn(): Own {
  return {
    pid: process.pid,
    started: new Date().toISOString(),
    ticks: startTicks(process.pid),
    host: hostname(),
    place: ownPlace(),
    token: randomUUID(),
  };
}

/** Whether the kernel can be asked here for the holder by its process id. */
function isVisible({ place }: Holder): boolean {
  return typeof place === "string" && place === ownPlace();
}

function isRunning({ pid, ticks }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const now = startTicks(pid);
  return now === null || ticks === null || now === ticks;
}

/**
 * Host, boot and namespaces, in which a process id and a start time each have one meaning; null without a procfs of this process's own
 * namespace.
 */
function ownPlace(): string | null {
  try {
    if (readlinkSync("/proc/self") !== String(process.pid)) return null;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return [hostname(), boot, readlinkSync("/proc/self/ns/pid"), timeNamespace()].join(" ");
  } catch {
    return null;
  }
}

/** Before Linux 5.6 there were none. */
function timeNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/time");
  } catch {
    return "";
  }
}

/** Field 22 of /proc/PID/stat, counted behind the command's name, which may hold spaces; null without procfs. */
function startTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

/**
 * Sets the file's time every few seconds, in a thread of its own: engines compute for seconds without leaving the event loop a turn. By
 * its descriptor, so that it never touches the lock of somebody who took the folder over.
 */
class Heart {
  private readonly worker: Worker;

  constructor(descriptor: number) {
    this.worker = new Worker(
      `const { workerData: { descriptor, milliseconds } } = require("node:worker_threads");
      const { futimesSync } = require("node:fs");
      setInterval(() => {
        const now = Date.now() / 1000;
        try { futimesSync(descriptor, now, now); } catch {}
      }, milliseconds);`,
      { eval: true, execArgv: [], workerData: { descriptor, milliseconds: BEAT * 1000 } },
    );
    this.worker.unref();
    this.worker.on("error", () => {}); // without a heart the lock still holds for all who can see the process
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}
