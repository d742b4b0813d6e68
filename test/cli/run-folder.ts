/** What a run in a process of its own leaves in its folder while it trains, and in the end. */

import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";

/** The trial table without the one column that a clock fills. */
export function trialTable(folder: string): string[][] {
  const rows = readFileSync(join(folder, "trials.csv"), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const clock = rows[0]!.indexOf("seconds");
  expect(clock).toBeGreaterThan(0);
  return rows.map((row) => row.toSpliced(clock, 1));
}

/** Waits until the process has locked the folder, which it does to train, or has ended. */
export async function locked(child: ChildProcess, folder: string): Promise<void> {
  const file = join(folder, "lock.json");
  // A killed process leaves its lock behind: what counts is this one's.
  const isOurs = () => existsSync(file) && readFileSync(file, "utf8").includes(`"pid":${child.pid},`);
  while (!isOurs() && child.exitCode === null) await sleep(5);
}
