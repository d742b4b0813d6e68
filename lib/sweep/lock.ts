/** One process to a results folder: a lock file that says who holds it and dies with its holder. */

import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ResultsError, resultsError } from "./errors";

const holderSchema = z.object({
  pid: z.number().int().positive(),
  started: z.string(),
  /** Start of the process on the kernel's clock, where there is one to ask: a process id is used again, this is not. */
  ticks: z.string().nullable(),
});
type Holder = z.infer<typeof holderSchema>;

/** Long enough for a competitor that has also found the lock abandoned to have written its own. */
const SETTLE_MILLISECONDS = 50;

/**
 * Takes the lock of a results folder, from a dead process too.
 *
 * @returns a function that gives it back
 * @throws ResultsError naming the process that holds it and since when
 */
export async function lockFolder(folder: string): Promise<() => void> {
  const file = join(folder, "lock.json");
  const mine = { pid: process.pid, started: new Date().toISOString(), ticks: startTicks(process.pid) };
  const draft = join(folder, `lock-${process.pid}.json`);
  try {
    writeFileSync(draft, JSON.stringify(mine));
    try {
      linkSync(draft, file); // fails where the lock exists, and is never seen half-written
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      refuseIfAlive(file, folder);
      renameSync(draft, file);
      await sleep(SETTLE_MILLISECONDS);
      refuseIfAlive(file, folder);
    }
  } catch (error) {
    throw resultsError(error, file);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => rmSync(file, { force: true });
}

function refuseIfAlive(file: string, folder: string): void {
  const holder = readHolder(file);
  if (!holder || holder.pid === process.pid || !isAlive(holder)) return;
  throw new ResultsError(
    `${folder} is in use by process ${holder.pid}, started ${holder.started}; wait for it, stop it, or choose another folder with --out`,
  );
}

function readHolder(file: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(readFileSync(file, "utf8"))).data;
  } catch {
    return undefined; // gone meanwhile, or never whole: nobody holds it
  }
}

function isAlive({ pid, ticks }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const now = startTicks(pid);
  return now === null || ticks === null || now === ticks;
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
