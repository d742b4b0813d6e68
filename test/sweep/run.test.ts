import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Dataset } from "../../lib/datasets/dataset";
import type { Engine } from "../../lib/engines/engine";
import { createEngine } from "../../lib/engines/engines";
import { type Trial, trialsOf } from "../../lib/studies/trials";
import { ResultsError } from "../../lib/sweep/errors";
import { readLedger } from "../../lib/sweep/ledger";
import type { TrialRecord } from "../../lib/sweep/record";
import { readResults } from "../../lib/sweep/results";
import { missingTrials, runStudy } from "../../lib/sweep/run";
import { CLASSES, dataset, emptyFolder, FEATURES, smallStudy, UPDATES } from "./problem";

/** Mounting a small file system is the one honest way to fill a disk, and takes a privilege. */
const canMount = (() => {
  const folder = emptyFolder();
  const tried = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", folder]).status === 0;
  if (tried) execFileSync("umount", [folder]);
  else console.log("skipped: filling a disk, which needs the privilege to mount");
  return tried;
})();

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine("onnx-cpu", { threads: 1 });
});

/** Everything of the records but how long they took. */
const results = (records: readonly TrialRecord[]) => records.map((record) => ({ ...record, seconds: 0 }));

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("a run", () => {
  it("finishes every trial once and writes down what it knows", async () => {
    const [study, folder] = [smallStudy(), emptyFolder()];
    const summary = await runStudy(study, { folder, dataset, engine });
    expect(summary).toMatchObject({
      complete: true,
      trialsTotal: 8,
      trialsTrained: 8,
      trialSteps: 8 * UPDATES,
    });
    expect(readLedger(folder).notices).toEqual([]);
    expect(summary.records.map(({ id }) => id)).toEqual(trialsOf(study).map(({ id }) => id));
    for (const record of summary.records) {
      if (record.status !== "completed") throw new Error("a trial diverged");
      expect(record.curve.at(-1)![0]).toBe(UPDATES);
      expect(record.curve).toHaveLength(50);
      expect(record.loss).toBeCloseTo(mean(record.curve.slice(-3).map(([, loss]) => loss)), 4); // 5 % of 50 updates
      expect(record.loss).toBeLessThan(record.curve[0]![1]);
      expect(record.test_accuracy).toBeGreaterThan(1 / CLASSES);
      expect(Math.round(record.test_accuracy * 300)).toBeCloseTo(record.test_accuracy * 300, 6);
    }
    const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
    expect(manifest).toMatchObject({
      study: "small",
      trials: 8,
      sittings: [{ engine: { name: "onnx-cpu" } }],
    });
    expect(existsSync(join(folder, "lock.json"))).toBe(false);
  });

  it("trains on images in bytes as on the numbers that they stand for", async () => {
    const encoding = { scale: [0.02, 0.03], shift: [-2.5, -3.5] }; // two channels of three features
    const channel = (i: number) => Math.floor((i % FEATURES) / 3);
    const clamped = (value: number) => Math.min(255, Math.max(0, Math.round(value)));
    /** The clusters, rounded to bytes, handed over as they are or as float32. */
    const rounded = (asBytes: boolean): Dataset => ({
      ...dataset,
      ...(asBytes ? { encoding } : {}),
      stream(split, seed) {
        const exact = dataset.stream(split, seed);
        return {
          size: exact.size,
          fill(start, images, labels) {
            const values = new Float32Array(images.length);
            exact.fill(start, values, labels);
            for (let i = 0; i < images.length; i++) {
              const [scale, shift] = [encoding.scale[channel(i)]!, encoding.shift[channel(i)]!];
              const byte = clamped((values[i]! - shift) / scale);
              images[i] = asBytes ? byte : byte * scale + shift;
            }
          },
        };
      },
    });
    const study = smallStudy();
    const [inBytes, inFloats] = await Promise.all(
      [true, false].map((asBytes) =>
        runStudy(study, { folder: emptyFolder(), dataset: rounded(asBytes), engine }),
      ),
    );
    inBytes!.records.forEach((record, i) => {
      const other = inFloats!.records[i]!;
      if (record.status !== "completed" || other.status !== "completed") throw new Error("a trial diverged");
      expect(record.loss).toBeCloseTo(other.loss, 5);
      expect(record.test_loss).toBeCloseTo(other.test_loss, 5);
    });
  });

  it("finds everything done the second time", async () => {
    const [study, folder] = [smallStudy(), emptyFolder()];
    const first = await runStudy(study, { folder, dataset, engine });
    expect(missingTrials(readResults(folder))).toEqual([]);
    const second = await runStudy(study, { folder, dataset, engine });
    expect(second).toMatchObject({ complete: true, trialsTrained: 0 });
    expect(second.records).toEqual(first.records);
  });

  it("gives a trial the same numbers in any company, and straight through or interrupted and resumed", async () => {
    const whole = await runStudy(smallStudy(), { folder: emptyFolder(), dataset, engine });
    const folder = emptyFolder();
    const interrupt = new AbortController();
    const onProgress = ({ trialsDone }: { trialsDone: number }) => trialsDone > 0 && interrupt.abort();
    const part = await runStudy(smallStudy(), {
      folder,
      dataset,
      engine,
      onProgress,
      signal: interrupt.signal,
    });
    expect(part.complete).toBe(false);
    expect(part.records.length).toBeGreaterThan(0);
    const rest = await runStudy(smallStudy(), { folder, dataset, engine });
    expect(rest.trialsTrained).toBe(8 - part.records.length);
    expect(results(rest.records)).toEqual(results(whole.records));

    const single = smallStudy({ factors: { hidden_size: [6], learning_rate: [3e-2], seed: [1] } });
    const alone = await runStudy(single, { folder: emptyFolder(), dataset, engine });
    expect(results(alone.records)).toEqual(results(whole.records.slice(-1)));
  });

  it("trains a selection of the study, and later the rest", async () => {
    const folder = emptyFolder();
    const select = ({ config }: Trial) => config.hidden_size === 4;
    const part = await runStudy(smallStudy(), { folder, dataset, engine, select });
    expect(part).toMatchObject({ complete: true, trialsTotal: 4, trialsTrained: 4 });
    expect(part.records.every(({ factors }) => factors.hidden_size === 4)).toBe(true);
    const rest = await runStudy(smallStudy(), { folder, dataset, engine });
    expect(rest).toMatchObject({ complete: true, trialsTotal: 8, trialsTrained: 4 });
  });

  it("sweeps any named factor", async () => {
    const study = smallStudy({
      base: { hidden_size: 4, learning_rate: 1e-2 },
      factors: { batch_size: [8, 16], activation: ["relu", "tanh"], updates: [5, 10], init_gain: [0.5, 1] },
    });
    const { complete, records } = await runStudy(study, { folder: emptyFolder(), dataset, engine });
    expect(complete).toBe(true);
    expect(new Set(records.map((record) => (record.status === "completed" ? record.loss : 0))).size).toBe(16);
  });

  it("agrees with the eager engine", async () => {
    const eager = await createEngine("tfjs-cpu");
    const compiled = await runStudy(smallStudy(), { folder: emptyFolder(), dataset, engine });
    const reference = await runStudy(smallStudy(), { folder: emptyFolder(), dataset, engine: eager });
    reference.records.forEach((record, i) => {
      const other = compiled.records[i]!;
      if (record.status !== "completed" || other.status !== "completed") throw new Error("a trial diverged");
      expect(Math.abs(record.loss / other.loss - 1)).toBeLessThan(1e-5);
      expect(Math.abs(record.test_loss / other.test_loss - 1)).toBeLessThan(1e-5);
    });
  });

  it("records a trial that diverges with its update, beside others that do not notice", async () => {
    const study = (rates: number[]) =>
      smallStudy({
        base: { updates: UPDATES, batch_size: 16, optimizer: "sgd" },
        factors: { hidden_size: [4], learning_rate: rates },
      });
    const { records } = await runStudy(study([1e-2, 1e6]), { folder: emptyFolder(), dataset, engine });
    const calm = await runStudy(study([1e-2, 2e-2]), { folder: emptyFolder(), dataset, engine });
    expect(results(records.slice(0, 1))).toEqual(results(calm.records.slice(0, 1)));
    const diverged = records[1]!;
    if (diverged.status !== "diverged") throw new Error("the trial did not diverge");
    expect(diverged.diverged_at).toBeGreaterThan(1);
    expect(diverged.diverged_at).toBeLessThanOrEqual(UPDATES);
    expect(diverged).not.toHaveProperty("loss");
    expect(
      diverged.curve.every(([update, loss]) => update < diverged.diverged_at && Number.isFinite(loss)),
    ).toBe(true);
  });

  it("flags a trial that ends no better than a uniform guess, and keeps it", async () => {
    const trial = async (base: object) => {
      const study = smallStudy({ base: { updates: UPDATES, ...base }, factors: { hidden_size: [4] } });
      return (await runStudy(study, { folder: emptyFolder(), dataset, engine })).records[0]!;
    };
    const stuck = await trial({ learning_rate: 1e-9, init_gain: 1e-6 });
    const learning = await trial({ learning_rate: 3e-2 });
    expect(stuck).toMatchObject({ status: "completed", plateau: true });
    expect(stuck).toHaveProperty("loss", expect.closeTo(Math.log(CLASSES), 3));
    expect(learning).toMatchObject({ status: "completed", plateau: false });
  });

  it("makes the examples once for all stacks", async () => {
    const made: number[] = [];
    const counting: Dataset = {
      ...dataset,
      stream(split, seed) {
        const stream = dataset.stream(split, seed);
        const fill: typeof stream.fill = (start, images, labels) => {
          if (split === "train") made.push(labels.length);
          stream.fill(start, images, labels);
        };
        return { ...stream, fill };
      },
    };
    await runStudy(smallStudy(), { folder: emptyFolder(), dataset: counting, engine });
    expect(made.reduce((total, count) => total + count, 0)).toBe(UPDATES * 16);
  });
});

describe("a results folder", () => {
  it("of another study is refused by name", async () => {
    const folder = emptyFolder();
    await runStudy(smallStudy(), { folder, dataset, engine });
    const before = readFileSync(join(folder, "ledger.jsonl"));
    const other = smallStudy({ name: "other", base: { updates: 61 } });
    await expect(runStudy(other, { folder, dataset, engine })).rejects.toThrow(
      `${folder} holds another study, small (small); choose another folder with --out`,
    );
    expect(readFileSync(join(folder, "ledger.jsonl"))).toEqual(before);
  });

  it("of another engine is refused by name", async () => {
    const folder = emptyFolder();
    await runStudy(smallStudy(), { folder, dataset, engine });
    const renamed: Engine = { ...engine, name: "other" };
    await expect(runStudy(smallStudy(), { folder, dataset, engine: renamed })).rejects.toThrow(
      /trials of the engine onnx-cpu/,
    );
  });

  it("that somebody else took over is left as it is from then on", async () => {
    const folder = emptyFolder();
    const lock = join(folder, "lock.json");
    let taken: string | undefined;
    const onProgress = ({ trialsDone }: { trialsDone: number }) => {
      if (trialsDone === 0 || taken !== undefined) return;
      taken = JSON.stringify({ ...JSON.parse(readFileSync(lock, "utf8")), pid: 4711, token: "another" });
      rmSync(lock);
      writeFileSync(lock, taken);
    };
    // Stacks of one trial each, so that some are still to come.
    const study = smallStudy({
      base: { updates: UPDATES, batch_size: 16 },
      factors: { hidden_size: [4, 5, 6], learning_rate: [1e-2] },
    });
    await expect(runStudy(study, { folder, dataset, engine, onProgress })).rejects.toThrow(
      `${folder} was taken over by process 4711`,
    );
    expect(readLedger(folder).records).toHaveLength(1);
    expect(readFileSync(lock, "utf8")).toBe(taken);
    expect(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")).sittings[0].outcome).toBe(
      "running",
    );
  });

  it("whose ledger ends in a torn line loses that trial alone, with a notice", async () => {
    const folder = emptyFolder();
    const first = await runStudy(smallStudy(), { folder, dataset, engine });
    const file = join(folder, "ledger.jsonl");
    const whole = readFileSync(file, "utf8");
    writeFileSync(file, whole.slice(0, -40));
    const notices: string[] = [];
    const again = await runStudy(smallStudy(), {
      folder,
      dataset,
      engine,
      onNotice: (notice) => notices.push(notice),
    });
    expect(again.trialsTrained).toBe(1);
    expect(results(again.records)).toEqual(results(first.records));
    expect(readLedger(folder).notices).toEqual([]);
    expect(notices).toEqual([expect.stringContaining("dropped a torn last line")]);
  });

  it("with a damaged line in the ledger is refused with the place and a remedy", async () => {
    const folder = emptyFolder();
    await runStudy(smallStudy(), { folder, dataset, engine });
    const file = join(folder, "ledger.jsonl");
    appendFileSync(file, '{"id": "0123456789abcdef", "status": "completed"}\n');
    expect(() => readLedger(folder)).toThrow(
      new RegExp(`^${file}:9 is not a trial \\(factors: .*delete the line`),
    );
    appendFileSync(file, "garbage\n");
    writeFileSync(file, readFileSync(file, "utf8").split("\n").toSpliced(8, 1).join("\n"));
    expect(() => readLedger(folder)).toThrow(`${file}:9 is not JSON`);
  });

  it.skipIf(!canMount)("on a full disk fails in words and keeps what it had", async () => {
    const folder = emptyFolder();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", folder]);
    try {
      const study = smallStudy({
        factors: { hidden_size: [4, 5, 6, 7, 8, 9, 10, 11], learning_rate: [1e-2, 3e-2] },
      });
      await expect(runStudy(study, { folder, dataset, engine })).rejects.toThrow(
        /cannot write .*ledger\.jsonl: the disk is full; free some space and run the same command again/,
      );
      const kept = readLedger(folder);
      expect(kept.notices).toEqual([]);
      expect(kept.records.length).toBeGreaterThan(0);
      expect(kept.records.length).toBeLessThan(16);
      execFileSync("mount", ["-o", "remount,size=1m", folder]);
      expect(await runStudy(study, { folder, dataset, engine })).toMatchObject({
        complete: true,
        trialsTrained: 16 - kept.records.length,
      });
    } finally {
      execFileSync("umount", [folder]);
    }
  });

  it("under a file is refused in words", async () => {
    const folder = join(emptyFolder(), "file");
    writeFileSync(folder, "");
    await expect(runStudy(smallStudy(), { folder, dataset, engine })).rejects.toThrow(
      /a file stands where a folder is needed/,
    );
    await expect(runStudy(smallStudy(), { folder: join(folder, "x"), dataset, engine })).rejects.toThrow(
      /part of the path is a file/,
    );
  });

  it.skipIf(!canMount)(
    "on a read-only disk is refused in words, and so is one where no folder can be made",
    async () => {
      const disk = emptyFolder();
      execFileSync("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", disk]);
      try {
        for (const folder of [disk, join(disk, "results"), join(disk, "results", "small")]) {
          await expect(runStudy(smallStudy(), { folder, dataset, engine })).rejects.toThrow(
            new ResultsError(
              `cannot write ${folder}: the file system is read-only; choose another folder with --out`,
            ),
          );
        }
      } finally {
        execFileSync("umount", [disk]);
      }
      const folder = "/proc/results/small";
      await expect(runStudy(smallStudy(), { folder, dataset, engine })).rejects.toThrow(
        `cannot write ${folder}: no folder can be made there; choose another folder with --out`,
      );
    },
  );

  it.skipIf(process.getuid?.() === 0)("without permission to write is refused in words", async () => {
    const folder = emptyFolder();
    chmodSync(folder, 0o555);
    await expect(runStudy(smallStudy(), { folder, dataset, engine })).rejects.toThrow(
      /no permission to write there/,
    );
  });
});

describe("held-out data", () => {
  it("that the data set lacks are named", async () => {
    const options = { folder: emptyFolder(), dataset, engine };
    await expect(runStudy(smallStudy({ evaluation: { split: "validation" } }), options)).rejects.toThrow(
      "study small asks for the split validation, which clusters does not have; known are train, test",
    );
    await expect(runStudy(smallStudy({ evaluation: { examples: 301 } }), options)).rejects.toThrow(
      "study small asks for 301 held-out examples; clusters has 300 in test",
    );
  });
});
