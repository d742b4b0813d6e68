import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { readLedger } from "../../../lib/sweep/ledger";
import { emptyFolder, offcurve, start, studyFile } from "../offcurve";
import { locked, trialTable } from "../run-folder";

const KILLS = 20;

it("killed at 20 random moments and resumed, a study ends with the table of an undisturbed run", async () => {
  const study = studyFile();
  const undisturbed = emptyFolder();
  const first = start(["run", "--study", study, "--out", undisturbed]);
  await locked(first.child, undisturbed);
  const training = performance.now();
  while (existsSync(join(undisturbed, "lock.json"))) await sleep(5);
  const trainingTime = performance.now() - training;
  expect(await first.done).toMatchObject({ status: 0 });
  const expected = trialTable(undisturbed);
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
    expect(trialTable(folder)).toEqual(expected);
    const lines = readFileSync(join(folder, "ledger.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(40);
    expect(new Set(lines.map((line) => JSON.parse(line).id)).size).toBe(40);
    folder = emptyFolder();
  }
  console.log(`trials on disk after each kill: ${progress.join(" ")}`);
  expect(new Set(progress).size).toBeGreaterThan(2); // the kills struck at different stages
}, 300_000);
