import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../lib/engines/engine";
import { createEngine } from "../../lib/engines/engines";
import type { Study } from "../../lib/studies/study";
import { type Trial, trialsOf } from "../../lib/studies/trials";
import { type CheckpointInterval, isDue, parseCheckpointInterval } from "../../lib/sweep/checkpoint-interval";
import type { TrialRecord } from "../../lib/sweep/record";
import { type RunOptions, runStudy } from "../../lib/sweep/run";
import { dataset, emptyFolder, smallStudy, UPDATES } from "./problem";

const canMount = (() => {
  const folder = emptyFolder();
  const tried = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", folder]).status === 0;
  if (tried) execFileSync("umount", [folder]);
  else console.log("skipped: filling a disk, which needs the privilege to mount");
  return tried;
})();

let engine: Engine;
let threads2: Engine;
/** Calls of 8 updates, so that the few updates of these studies are several calls. */
beforeAll(async () => {
  engine = calling(8, await createEngine("onnx-cpu", { threads: 1 }));
  threads2 = calling(8, await createEngine("onnx-cpu", { threads: 2 }));
});

/** The engine with another number of updates to a call: the state goes in and out at other places. */
function calling(updatesPerCall: number, inner: Engine = engine): Engine {
  return { ...inner, updatesPerCall: () => updatesPerCall };
}

/** Trains the study's one stack and interrupts it after so many updates of this run. */
async function interrupted(study: Study, folder: string, updates: number, options: Partial<RunOptions> = {}) {
  const interrupt = new AbortController();
  const summary = await runStudy(study, {
    folder,
    dataset,
    engine,
    ...options,
    signal: interrupt.signal,
    onProgress({ trialSteps, stack }) {
      if (trialSteps >= updates * stack.trials.length) interrupt.abort();
    },
  });
  expect(summary.complete).toBe(false);
  return summary;
}

async function finish(study: Study, folder: string, options: Partial<RunOptions> = {}) {
  const notices: string[] = [];
  const summary = await runStudy(study, {
    folder,
    dataset,
    engine,
    onNotice: (notice) => notices.push(notice),
    ...options,
  });
  return { ...summary, notices };
}

/** Everything of the records but how long they took. */
const results = (records: readonly TrialRecord[]) => records.map((record) => ({ ...record, seconds: 0 }));

const filesIn = (folder: string) =>
  existsSync(join(folder, "checkpoints")) ? readdirSync(join(folder, "checkpoints")).sort() : [];

const fileOf = (folder: string, trial: Trial) => join(folder, "checkpoints", `${trial.id}.safetensors`);

/** The header, and the bytes of the values, of a trial's checkpoint: read here by the format's definition. */
function checkpointOf(folder: string, trial: Trial) {
  const bytes = readFileSync(fileOf(folder, trial));
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const { __metadata__: metadata, ...tensors } = JSON.parse(bytes.toString("utf8", 8, end));
  return { metadata, tensors, values: bytes.subarray(end) };
}

const study = smallStudy({ factors: { hidden_size: [6], learning_rate: [1e-2, 3e-2], seed: [0, 1] } });
const trials = trialsOf(study);

describe("a resumed trial", () => {
  const base = { updates: UPDATES, batch_size: 16, depth: 2 };
  const factors = { hidden_size: [6], learning_rate: [1e-2, 3e-2], seed: [0, 1] };
  const studies: [string, Study][] = [
    ["Adam with layer norm", smallStudy({ base: { ...base, layer_norm: true }, factors })],
    ["momentum", smallStudy({ base: { ...base, optimizer: "momentum", schedule: "cosine" }, factors })],
    [
      "SGD beside a trial that diverges",
      smallStudy({
        base: { ...base, optimizer: "sgd" },
        factors: { hidden_size: [4], learning_rate: [1e-2, 1e6, 2e-2] },
      }),
    ],
    [
      "Adam, too wide for company",
      smallStudy({
        base: { ...base, updates: 20, activation: "gelu" },
        factors: { hidden_size: [1030], learning_rate: [1e-3] },
      }),
    ],
  ];

  it.each(studies)("has the bits of one that ran through: %s", async (_name, study) => {
    const updates = study.base.updates!;
    const straight = emptyFolder();
    await interrupted(study, straight, updates);
    const folder = emptyFolder();
    // Each in one call: after the first update, inside and between the calls of the straight run, before the last update
    // and after it.
    for (const part of [1, 8, 5, updates - 15, 1]) {
      await interrupted(study, folder, part, { engine: calling(part) });
    }
    for (const trial of trialsOf(study)) {
      const [one, other] = [checkpointOf(straight, trial), checkpointOf(folder, trial)];
      expect(one.metadata.update).toBe(String(updates));
      expect(other.tensors).toEqual(one.tensors);
      expect(other.values.equals(one.values)).toBe(true);
    }
    // Only the held-out examples are left to measure, in both folders.
    const [whole, resumed] = [await finish(study, straight), await finish(study, folder)];
    expect(results(resumed.records)).toEqual(results(whole.records));
    expect(results(resumed.records)).toEqual(results((await finish(study, emptyFolder())).records));
    expect(resumed.records.map(({ status }) => status)).toEqual(
      trialsOf(study).map(({ config }) => (config.learning_rate > 1 ? "diverged" : "completed")),
    );
    expect(resumed.trialSteps).toBe(0);
    expect(filesIn(folder)).toEqual([]);
  });

  it("keeps its bits in other company and with other threads", async () => {
    const whole = await finish(study, emptyFolder());
    const folder = emptyFolder();
    await interrupted(study, folder, 16);
    // One trial is lost and begins again alone; two go on to 24 without the fourth, which goes on alone at the end.
    rmSync(fileOf(folder, trials[0]!));
    await interrupted(study, folder, 8, { select: ({ id }) => id === trials[1]!.id || id === trials[3]!.id });
    expect(trials.slice(1).map((trial) => checkpointOf(folder, trial).metadata.update)).toEqual([
      "24",
      "16",
      "24",
    ]);
    const resumed = await finish(study, folder, { engine: threads2 });
    expect(resumed.notices).toEqual([
      "Going on with 2 trials of hidden size 6 at update 24 of 50.",
      "Going on with 1 trial of hidden size 6 at update 16 of 50.",
    ]);
    expect(resumed.trialSteps).toBe(2 * 26 + 34 + 50);
    expect(results(resumed.records)).toEqual(results(whole.records));
  });

  it("keeps the engine that it began with, compiled or eager", async () => {
    const eager = await createEngine("tfjs-cpu");
    const whole = await finish(study, emptyFolder(), { engine: eager });
    const folder = emptyFolder();
    await interrupted(study, folder, 7, { engine: eager });
    expect(results((await finish(study, folder, { engine: eager })).records)).toEqual(results(whole.records));
  });

  it("counts the time of all its sittings", async () => {
    const folder = emptyFolder();
    await interrupted(study, folder, 24);
    const before = Number(checkpointOf(folder, trials[0]!).metadata.seconds);
    expect(before).toBeGreaterThan(0);
    const { records } = await finish(study, folder);
    expect(records[0]!.seconds).toBeGreaterThan(before);
  });
});

describe("checkpoints", () => {
  /** What a killed process leaves: the training fails at a call, without a word. */
  async function killed(folder: string, every: CheckpointInterval | undefined, call: number): Promise<void> {
    let calls = 0;
    const failing: Engine = {
      ...engine,
      async open(spec) {
        const session = await engine.open(spec);
        const update = session.update.bind(session);
        session.update = async (...batch) => {
          if (++calls === call) throw new Error("killed");
          return update(...batch);
        };
        return session;
      },
    };
    const options = { folder, dataset, engine: failing, checkpointEvery: every };
    await expect(runStudy(study, options)).rejects.toThrow("killed");
  }

  it("are written every so many updates, at the end of a call, and removed with the last trial", async () => {
    const folder = emptyFolder();
    await killed(folder, { updates: 10 }, 6); // calls of 8 updates: saved at 16 and 32, killed after 40
    expect(filesIn(folder)).toEqual(trials.map(({ id }) => `${id}.safetensors`).sort());
    const { notices, records, trialSteps } = await finish(study, folder);
    expect(notices).toEqual(["Going on with 4 trials of hidden size 6 at update 32 of 50."]);
    expect(trialSteps).toBe(4 * 18);
    expect(results(records)).toEqual(results((await finish(study, emptyFolder())).records));
    expect(existsSync(join(folder, "checkpoints"))).toBe(false);
  });

  it("are written after so much time, by default after ten minutes", async () => {
    const soon = emptyFolder();
    await killed(soon, { seconds: 1e-9 }, 6);
    expect(checkpointOf(soon, trials[0]!).metadata.update).toBe("40");
    const later = emptyFolder();
    await killed(later, undefined, 6);
    expect(filesIn(later)).toEqual([]);
  });

  it("are not written at all where they are not wanted", async () => {
    const folder = emptyFolder();
    await interrupted(study, folder, 16, { checkpointEvery: "never" });
    expect(filesIn(folder)).toEqual([]);
  });

  it("say what they are to whoever finds them", async () => {
    const folder = emptyFolder();
    await interrupted(study, folder, 16);
    const { metadata, tensors } = checkpointOf(folder, trials[2]!);
    expect(metadata).toMatchObject({
      study: "small",
      trial: trials[2]!.id,
      factors: JSON.stringify(trials[2]!.factors),
      engine: "onnx-cpu",
      update: "16",
      updates: "50",
    });
    expect(tensors.losses).toMatchObject({ dtype: "F32", shape: [16] });
  });

  /** Resumes after a change of the files; what the notices say of them, and that the results are the same. */
  async function afterChange(change: (folder: string) => void, options: Partial<RunOptions> = {}) {
    const folder = emptyFolder();
    await interrupted(study, folder, 16);
    change(folder);
    const { notices, records, trialSteps } = await finish(study, folder, options);
    const whole = await finish(study, emptyFolder(), options);
    expect(results(records)).toEqual(results(whole.records));
    const told = notices
      .filter((notice) => !notice.startsWith("Going on"))
      .map((notice) => notice.replaceAll(folder, "DIR").replaceAll(/[0-9a-f]{16}/g, "ID"));
    return { told, trialSteps, left: filesIn(folder) };
  }

  it("that are damaged are named, and their trials begin again", async () => {
    const { told, trialSteps, left } = await afterChange((folder) => {
      const bytes = readFileSync(fileOf(folder, trials[1]!));
      bytes[bytes.length - 20]! ^= 4;
      writeFileSync(fileOf(folder, trials[1]!), bytes);
      const cut = readFileSync(fileOf(folder, trials[2]!));
      writeFileSync(fileOf(folder, trials[2]!), cut.subarray(0, 5));
    });
    expect(told.sort()).toEqual([
      "DIR/checkpoints/ID.safetensors is damaged: it has 5 bytes, too few for a header. Its trial starts from the beginning.",
      "DIR/checkpoints/ID.safetensors is damaged: its checksum does not fit its contents. Its trial starts from the beginning.",
    ]);
    expect(trialSteps).toBe(2 * 34 + 2 * 50);
    expect(left).toEqual([]);
  });

  it("of another engine or another version of it are not used", async () => {
    const other = await afterChange(() => {}, { engine: { ...engine, name: "other" } });
    expect(other.told).toEqual(
      Array(4).fill(
        "DIR/checkpoints/ID.safetensors is not used: it was written by the engine onnx-cpu, not by other. Its trial starts from the beginning.",
      ),
    );
    expect(other.trialSteps).toBe(4 * 50);
    const newer = await afterChange(() => {}, { engine: { ...engine, version: "onnxruntime-node 99" } });
    expect(newer.told[0]).toMatch(
      /is not used: it was written with .*, and this is onnxruntime-node 99\. Its trial/,
    );
    expect(newer.trialSteps).toBe(4 * 50);
  });

  it("of another study or configuration are not used", async () => {
    const elsewhere = emptyFolder();
    const similar = smallStudy({ name: "similar", factors: study.factors, data_seed: 7 });
    await interrupted(similar, elsewhere, 16);
    const stranger = trialsOf(similar)[0]!;
    const { told, trialSteps } = await afterChange((folder) => {
      copyFileSync(fileOf(elsewhere, stranger), fileOf(folder, trials[0]!)); // under a name that is wanted
      copyFileSync(fileOf(elsewhere, stranger), fileOf(folder, stranger)); // under its own
      copyFileSync(fileOf(folder, trials[2]!), fileOf(folder, trials[1]!)); // a neighbour's
    });
    expect(told.sort()).toEqual([
      "DIR/checkpoints/ID.safetensors is not used: it belongs to no trial of this study.",
      "DIR/checkpoints/ID.safetensors is not used: it holds trial ID of similar, which is another study or configuration. Its trial starts from the beginning.",
      "DIR/checkpoints/ID.safetensors is not used: it holds trial ID of small, which is another study or configuration. Its trial starts from the beginning.",
    ]);
    expect(trialSteps).toBe(2 * 34 + 2 * 50);
  });

  it("of finished trials, and cut-off drafts, are removed", async () => {
    const kept = emptyFolder();
    await interrupted(study, kept, 16);
    const folder = emptyFolder();
    const select = ({ id }: Trial) => id === trials[0]!.id;
    await finish(study, folder, { select });
    await interrupted(study, folder, 8);
    copyFileSync(fileOf(kept, trials[0]!), fileOf(folder, trials[0]!));
    writeFileSync(`${fileOf(folder, trials[1]!)}.12345.tmp`, "half");
    await finish(study, folder, { select });
    expect(filesIn(folder)).toEqual(
      trials
        .slice(1)
        .map(({ id }) => `${id}.safetensors`)
        .sort(),
    );
  });

  it.skipIf(!canMount)("that do not fit on the disk cost a notice, not the training", async () => {
    const folder = emptyFolder();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=72k", "tmpfs", folder]);
    try {
      // A checkpoint of 26 kB fits once, and not four times.
      const wider = smallStudy({ factors: { ...study.factors, hidden_size: [40] } });
      const { notices, records } = await finish(wider, folder, { checkpointEvery: { updates: 8 } });
      expect(notices).toEqual([
        expect.stringMatching(
          /^cannot write .*\/checkpoints\/[0-9a-f]{16}\.safetensors: the disk is full; training goes on, with what was saved before\.$/,
        ),
      ]);
      expect(results(records)).toEqual(results((await finish(wider, emptyFolder())).records));
      expect(filesIn(folder)).toEqual([]);
    } finally {
      execFileSync("umount", [folder]);
    }
  });

  it("under a file cost a notice, not the training", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "checkpoints"), "");
    const { notices, complete } = await finish(study, folder, { checkpointEvery: { updates: 8 } });
    expect(notices).toEqual([
      expect.stringMatching(/^cannot write .*checkpoints: EEXIST.*; training goes on/),
    ]);
    expect(complete).toBe(true);
  });
});

describe("the interval of checkpoints", () => {
  it.each([
    ["10min", { seconds: 600 }],
    ["90 s", { seconds: 90 }],
    ["2h", { seconds: 7200 }],
    ["500", { updates: 500 }],
    ["0", "never"],
    ["0min", "never"],
    ["never", "never"],
  ])("%s", (text, interval) => expect(parseCheckpointInterval(text)).toEqual(interval));

  it.each(["", "min", "-5", "1.5h", "10 minutes", "soon", "1e3"])("is not %j", (text) => {
    expect(parseCheckpointInterval(text)).toBeUndefined();
  });

  it("is over at its last update or second", () => {
    expect([499, 500].map((updates) => isDue({ updates: 500 }, updates, 1e6))).toEqual([false, true]);
    expect([59.9, 60].map((seconds) => isDue({ seconds: 60 }, 1e6, seconds))).toEqual([false, true]);
    expect(isDue("never", 1e6, 1e6)).toBe(false);
  });
});
