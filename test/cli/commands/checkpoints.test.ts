import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { emptyFolder, offcurve, start, studyFile } from "../offcurve";
import { locked, trialTable } from "../run-folder";

const UPDATES = 8000;
const KILLS = 3;

/** A study of one stack that trains for seconds: whatever survives a kill, survives by checkpoints. */
const longStudy = ({ updates = UPDATES } = {}) =>
  studyFile({
    base: { updates, batch_size: 8, depth: 1 },
    factors: { hidden_size: [8], learning_rate: [1e-3, 1e-2], seed: [0, 1] },
  });

const savedIn = (folder: string) =>
  existsSync(join(folder, "checkpoints"))
    ? readdirSync(join(folder, "checkpoints")).filter((name) => name.endsWith(".safetensors"))
    : [];

/** The updates that each saved trial has done, by the headers. */
function updatesIn(folder: string): number[] {
  return savedIn(folder).map((name) => {
    const bytes = readFileSync(join(folder, "checkpoints", name));
    const header = JSON.parse(bytes.toString("utf8", 8, 8 + Number(bytes.readBigUInt64LE(0))));
    return Number(header.__metadata__.update);
  });
}

/** The updates of the trial that has done least, 0 where none is saved. */
const lowestIn = (folder: string) => (savedIn(folder).length < 4 ? 0 : Math.min(...updatesIn(folder)));

describe("a long run", () => {
  it("killed again and again goes on inside its trials, to the table of an undisturbed run", async () => {
    const study = longStudy();
    const undisturbed = emptyFolder();
    expect(
      await offcurve("run", "--study", study, "--out", undisturbed, "--checkpoint-every", "never"),
    ).toMatchObject({ status: 0 });

    const folder = emptyFolder();
    const args = ["run", "--study", study, "--out", folder, "--checkpoint-every", "40"];
    const stood = [0];
    let wasFaster = false;
    for (let kill = 0; kill < KILLS; kill++) {
      const { child, done } = start(args);
      while (lowestIn(folder) <= stood.at(-1)! && child.exitCode === null) await sleep(5);
      await sleep(300 * Math.random());
      child.kill("SIGKILL");
      wasFaster = (await done).signal === null;
      if (wasFaster) break;
      stood.push(lowestIn(folder));
    }
    console.log(`updates on disk after each kill: ${stood.slice(1).join(" ")}`);
    expect(stood.length).toBeGreaterThan(1);
    const last = await offcurve(...args);
    expect(last).toMatchObject({ status: 0 });
    expect(trialTable(folder)).toEqual(trialTable(undisturbed));
    expect(existsSync(join(folder, "checkpoints"))).toBe(false);
    // What one process saved, the next began with.
    expect(stood).toEqual(stood.toSorted((a, b) => a - b));
    if (wasFaster) return;
    expect(last.stdout).toMatch(/Cost: 4 trials \(4 of them from a checkpoint\), .* ktrial-steps/);
    expect(last.stderr).toMatch(/Going on with \d trials? of hidden size 8 at update \d+ of 8000\./);
  }, 120_000);

  it("interrupted saves where it stands, and goes on there", async () => {
    const study = longStudy();
    const folder = emptyFolder();
    const { saved, before } = await interrupted(study, folder, "500");
    expect(saved).toMatchObject({ status: 130 });
    expect(saved.stderr).toContain("Finishing the update in flight and saving the trials in training");
    expect(saved.stderr).toContain(
      `Interrupted: 0 of 4 trials are in ${folder}. Go on with: npx offcurve run`,
    );
    const updates = updatesIn(folder);
    expect(updates).toEqual(Array(4).fill(updates[0]));
    expect(updates[0]).toBeGreaterThan(before);

    // A damaged file is named, and costs no more than its own trial.
    const damaged = join(folder, "checkpoints", savedIn(folder)[0]!);
    const bytes = readFileSync(damaged);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(damaged, bytes);
    const resumed = await offcurve("run", "--study", study, "--out", folder);
    expect(resumed).toMatchObject({ status: 0 });
    expect(resumed.stderr).toContain(`${damaged} is damaged: its checksum does not fit its contents.`);
    expect(resumed.stderr).toContain(
      `Going on with 3 trials of hidden size 8 at update ${updates[0]} of ${UPDATES}.`,
    );
  }, 120_000);

  it("saves nothing where it is told not to", async () => {
    const study = longStudy({ updates: 100_000 });
    const folder = emptyFolder();
    const { child, done } = start(["run", "--study", study, "--out", folder, "--checkpoint-every", "never"]);
    await locked(child, folder);
    await sleep(2500);
    child.kill("SIGINT");
    const { status, stderr } = await done;
    expect(status).toBe(130);
    expect(stderr).toContain("Finishing the update in flight; interrupt again");
    expect(existsSync(join(folder, "checkpoints"))).toBe(false);
  }, 120_000);

  it("on an engine that never pauses hears an interrupt too, and says how to go on with it", async () => {
    const study = longStudy();
    const folder = emptyFolder();
    const { saved, before } = await interrupted(study, folder, "40", "--engine", "tfjs-cpu");
    expect(saved.status).toBe(130);
    expect(saved.stderr).toContain(`npx offcurve run --study ${study} --out ${folder} --engine tfjs-cpu\n`);
    expect(Math.min(...updatesIn(folder))).toBeGreaterThan(before);
  }, 120_000);
});

/** Interrupts a run after it has saved its four trials the first time; `before` is where they stood then. */
async function interrupted(study: string, folder: string, every: string, ...more: string[]) {
  const { child, done } = start([
    "run",
    "--study",
    study,
    "--out",
    folder,
    "--checkpoint-every",
    every,
    ...more,
  ]);
  while (savedIn(folder).length < 4 && child.exitCode === null) await sleep(5);
  const before = Math.max(...updatesIn(folder));
  await sleep(30);
  child.kill("SIGINT");
  return { saved: await done, before };
}

it.each(["soon", "-1", "1.5min", ""])("--checkpoint-every %j is a usage error", async (value) => {
  const { status, stdout, stderr } = await offcurve("run", "--checkpoint-every", value);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(/--checkpoint-every .*Expected a time such as 10min/);
});
