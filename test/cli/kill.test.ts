import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { readLedger } from "../../lib/sweep/ledger";
import { emptyFolder, offcurve, start, studyFile } from "./offcurve";

const KILLS = 20;

/** The trial table without the one column that a clock fills. */
function results(folder: string): string[][] {
  const rows = readFileSync(join(folder, "trials.csv"), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const clock = rows[0]!.indexOf("seconds");
  expect(clock).toBeGreaterThan(0);
  return rows.map((row) => row.toSpliced(clock, 1));
}

/** Waits until the process has begun to train, or has ended. */
async function locked(child: ChildProcess, folder: string): Promise<void> {
  const file = join(folder, "lock.json");
  // A killed process leaves its lock behind: what counts is this one's.
  const isOurs = () => existsSync(file) && readFileSync(file, "utf8").includes(`"pid":${child.pid},`);
  while (!isOurs() && child.exitCode === null) await sleep(5);
}

it("killed at 20 random moments and resumed, a study ends with the table of an undisturbed run", async () => {
  const study = studyFile();
  const undisturbed = emptyFolder();
  const first = start(["run", "--study", study, "--out", undisturbed]);
  await locked(first.child, undisturbed);
  const training = performance.now();
  while (existsSync(join(undisturbed, "lock.json"))) await sleep(5);
  const trainingTime = performance.now() - training;
  expect(await first.done).toMatchObject({ status: 0 });
  const expected = results(undisturbed);
  expect(expected).toHaveLength(41);

  const progress: number[] = [];
  let folder = emptyFolder();
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, done } = start(["run", "--study", study, "--out", folder]);
    await locked(child, folder);
    await sleep(Math.random() * trainingTime);
    child.kill("SIGKILL");
    await done;
    const { records } = readLedger(folder);
    progress.push(records.length);
    if (records.length < 40 && kill < KILLS - 1) continue;
    // Finished, or the last kill: resume to the end, compare, and begin again in a new folder.
    expect(await offcurve("run", "--study", study, "--out", folder)).toMatchObject({ status: 0 });
    expect(results(folder)).toEqual(expected);
    const lines = readFileSync(join(folder, "ledger.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(40);
    expect(new Set(lines.map((line) => JSON.parse(line).id)).size).toBe(40);
    folder = emptyFolder();
  }
  console.log(`trials on disk after each kill: ${progress.join(" ")}`);
  expect(new Set(progress).size).toBeGreaterThan(2); // the kills struck at different stages
}, 300_000);
