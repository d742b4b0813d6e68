/** Runs that end before their time, otherwise than by Ctrl-C: each keeps its finished trials, its checkpoints and its record. */

import { type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { readManifest } from "../../../lib/sweep/manifest";
import { readResults } from "../../../lib/sweep/results";
import { emptyFolder, start, studyFile } from "../offcurve";
import { locked } from "../run-folder";

const PROGRAM = resolve(__dirname, "../../../lib/bin/offcurve.js");
const REFERENCE = resolve(__dirname, "../../../data/reference/kanji");

/** A study whose first stack is done in a moment, and whose last takes far longer than any test. */
const endless = () =>
  studyFile({
    base: { batch_size: 8, depth: 1, hidden_size: 4, learning_rate: 1e-2 },
    factors: { updates: [10, 2_000_000], seed: [0, 1] },
  });

/** Runs a shell's command line in which OFFCURVE stands for the program. */
function shell(line: string, options: SpawnOptions = {}) {
  const command = line.replaceAll("OFFCURVE", `'${process.execPath}' '${PROGRAM}'`);
  const child = spawn("bash", ["-c", command], { stdio: ["ignore", "pipe", "pipe"], ...options });
  const output = { stdout: "", stderr: "" };
  child.stdout!.setEncoding("utf8").on("data", (text) => {
    output.stdout += text;
  });
  child.stderr!.setEncoding("utf8").on("data", (text) => {
    output.stderr += text;
  });
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((done) =>
    child.on("close", (status) => done({ status, ...output })),
  );
}

/** What an interrupted run of the endless study leaves: the trials that were finished, the others saved, and nobody in the folder. */
function expectSaved(folder: string): void {
  const { records, trials, notices } = readResults(folder);
  expect(notices).toEqual([]);
  expect(records.map(({ id }) => id)).toEqual(trials.slice(0, 2).map(({ id }) => id));
  expect(readdirSync(join(folder, "checkpoints")).toSorted()).toEqual(
    trials
      .slice(2)
      .map(({ id }) => `${id}.safetensors`)
      .toSorted(),
  );
  expect(existsSync(join(folder, "lock.json"))).toBe(false);
  const [sitting] = readManifest(folder).sittings;
  expect(sitting).toMatchObject({ outcome: "interrupted", trials: 2 });
  expect(sitting!.ended).not.toBeNull();
}

describe("a run", () => {
  it.each([
    ["SIGHUP", 129],
    ["SIGTERM", 143],
  ] as const)("saves where it stands at %s and ends with %i", async (signal, expected) => {
    const folder = emptyFolder();
    const { child, done } = start(["run", "--study", endless(), "--out", folder, "--yes"]);
    await locked(child, folder);
    const ledger = join(folder, "ledger.jsonl");
    while (!existsSync(ledger) || readFileSync(ledger).length === 0) await pause(20);
    await pause(500);
    child.kill(signal);
    const { status, stderr } = await done;
    expect(status).toBe(expected);
    expect(stderr).toContain(`Interrupted: 2 of 4 trials are in ${folder}.`);
    expectSaved(folder);
  });

  it("whose reader goes away saves where it stands and ends quietly, as SIGPIPE would end it", async () => {
    const folder = emptyFolder();
    const study = endless();
    const errors = join(emptyFolder(), "errors.txt");
    // The reader leaves after the first line of progress, which comes after some seconds of training.
    const { stdout } = await shell(
      `OFFCURVE run --study '${study}' --out '${folder}' --yes 2>&1 | { grep -m1 trial-steps/s > '${errors}'; }; echo "\${PIPESTATUS[0]}"`,
    );
    expect(stdout).toBe("141\n");
    expect(readFileSync(errors, "utf8").trimEnd().split("\n")).toHaveLength(1);
    expectSaved(folder);
  });

  it("that nobody reads from its first line on ends quietly, and leaves no lock", async () => {
    const folder = emptyFolder();
    const { stdout, stderr } = await shell(
      `OFFCURVE run --study '${endless()}' --out '${folder}' --yes 2>&1 | head -1; echo "\${PIPESTATUS[0]}"`,
    );
    expect(stdout.trimEnd().split("\n")).toEqual(["tiny", "141"]);
    expect(stderr).toBe("");
    expect(existsSync(join(folder, "lock.json"))).toBe(false);
    for (const { outcome } of existsSync(join(folder, "manifest.json")) ? readManifest(folder).sittings : [])
      expect(outcome).toBe("interrupted");
  });

  it("whose progress goes to a full disk goes on", async () => {
    const folder = emptyFolder();
    const { status, stdout } = await shell(
      `OFFCURVE run --study '${studyFile()}' --out '${folder}' 2> /dev/full`,
    );
    expect(status).toBe(0);
    expect(stdout).toContain("Written: ");
    expect(readResults(folder).records).toHaveLength(40);
  });
});

it("a run whose data are missing leaves no results folder", async () => {
  const place = emptyFolder();
  const { status, stderr } = await start(
    ["run", "--study", studyFile({ dataset: { name: "cifar-10", path: place } })],
    place,
  ).done;
  expect(status).toBe(1);
  expect(stderr).toMatch(/^offcurve: .*cifar-10 needs .*\n$/);
  expect(readdirSync(place)).toEqual([]);
});

it("a run that does not fit into memory says so as the plan does, and leaves nothing", async () => {
  const place = emptyFolder();
  const file = studyFile({
    base: { updates: 4, batch_size: 8, depth: 8 },
    factors: { hidden_size: [8, 65_536], learning_rate: [1e-3] },
  });
  const { status, stderr } = await start(["run", "--study", file], place).done;
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^offcurve: does not fit: hidden size 65536 would take up to \d.* TB of memory, and this machine has \d.* [GT]B; offcurve plan shows what fits\n$/,
  );
  expect(readdirSync(place)).toEqual([]);
});

describe("the output of a command", () => {
  it.each([
    ["table", `table --out '${REFERENCE}'`],
    ["table --json", `table --out '${REFERENCE}' --json`],
    ["studies", "studies"],
    ["--help", "--help"],
    ["run --help", "run --help"],
  ])("%s ends quietly where its reader goes away", async (_, args) => {
    const { stdout, stderr } = await shell(`OFFCURVE ${args} | true; echo "\${PIPESTATUS[0]}"`);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^(141|0)\n$/); // 0 where all was written before the reader left
  });

  it.each([
    ["table", `table --out '${REFERENCE}'`],
    ["studies", "studies"],
  ])("%s on a full disk is an error in one sentence", async (_, args) => {
    const { status, stderr } = await shell(`OFFCURVE ${args} > /dev/full`);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "offcurve: cannot write the output: the disk is full\n",
    });
  });
});

/** A PID namespace with its own /proc is what a container has; to make one takes a privilege. */
const CONTAINER = ["unshare", "--pid", "--fork", "--mount-proc"];
const canUnshare = spawnSync(CONTAINER[0]!, [...CONTAINER.slice(1), "true"]).status === 0;
if (!canUnshare) console.log("skipped: two containers, which need the privilege to make namespaces");

it.skipIf(!canUnshare)("two containers on one folder train each trial once", async () => {
  const folder = emptyFolder();
  const study = studyFile();
  const line = `${CONTAINER.join(" ")} OFFCURVE run --study '${study}' --out '${folder}'`;
  const ends = await Promise.all([shell(line), shell(line)]);
  const refused = ends.filter(({ status }) => status !== 0);
  for (const { status, stderr } of refused) {
    expect(status).toBe(1);
    expect(stderr).toMatch(/ is in use by process \d+ on host /);
  }
  expect(refused.length).toBeLessThan(2);
  const lines = readFileSync(join(folder, "ledger.jsonl"), "utf8").trimEnd().split("\n");
  expect(lines).toHaveLength(40);
  expect(new Set(lines.map((line) => JSON.parse(line).id)).size).toBe(40);
});
