import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve, sep } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Engine } from "../../lib/engines/engine";
import { createEngine } from "../../lib/engines/engines";
import { studyHash } from "../../lib/studies/trials";
import { ResultsError } from "../../lib/sweep/errors";
import { lockFolder } from "../../lib/sweep/lock";
import { type Manifest, readManifest, readManifestIfThere, type Sitting } from "../../lib/sweep/manifest";
import { provenanceRows } from "../../lib/sweep/provenance";
import { runStudy } from "../../lib/sweep/run";
import { SittingLog } from "../../lib/sweep/sitting";
import { dataset, emptyFolder, smallStudy, UPDATES } from "./problem";

const REFERENCE = resolve(__dirname, "../../data/reference/kanji");

/** A manifest as this library wrote it before there were sittings. */
const FIRST_FORMAT = {
  offcurve: "0.1.0",
  study: "small",
  study_hash: studyHash(smallStudy()),
  trials: 8,
  dataset: { name: "clusters", licence: "none", sha256: {} },
  engine: { name: "onnx-cpu", description: "onnxruntime-node 1.30.0, CPU provider, 2 threads" },
  node: "v20.20.2",
  system: "linux x64",
  processor: "AMD EPYC",
  cores: 2,
  memory_bytes: 25276514304,
  started: "2026-11-22T03:34:46.100Z",
};

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine("onnx-cpu", { threads: 1 });
});

const write = (folder: string, contents: unknown) =>
  writeFileSync(
    join(folder, "manifest.json"),
    typeof contents === "string" ? contents : JSON.stringify(contents),
  );

/** Runs the small study and interrupts it once a trial is finished. */
async function interrupted(folder: string) {
  const interrupt = new AbortController();
  const onProgress = ({ trialsDone }: { trialsDone: number }) => trialsDone > 0 && interrupt.abort();
  return runStudy(smallStudy(), { folder, dataset, engine, onProgress, signal: interrupt.signal });
}

describe("the manifest of a run", () => {
  let manifest: Manifest;
  let text: string;
  let summary: Awaited<ReturnType<typeof runStudy>>;
  beforeAll(async () => {
    const folder = emptyFolder();
    summary = await runStudy(smallStudy(), { folder, dataset, engine });
    manifest = readManifest(folder);
    text = readFileSync(join(folder, "manifest.json"), "utf8");
  });

  it("says what was run, on which data, and what it took", () => {
    expect(manifest).toMatchObject({
      format: 2,
      study: "small",
      study_hash: studyHash(smallStudy()),
      trials: 8,
      dataset: { name: "clusters", licence: "none", sha256: {} },
    });
    expect(manifest.sittings).toHaveLength(1);
    const sitting = manifest.sittings[0]!;
    expect(sitting).toMatchObject({ outcome: "completed", trials: 8, trial_steps: 8 * UPDATES });
    expect(sitting.flops).toBe(summary.flops);
    expect(sitting.seconds).toBeGreaterThan(0);
    expect(sitting.seconds).toBeLessThanOrEqual(summary.seconds);
    const wall = (Date.parse(sitting.ended!) - Date.parse(sitting.started)) / 1000;
    expect(Math.abs(wall - sitting.seconds!)).toBeLessThan(1);
  });

  it("says with what source code, engine and machine", () => {
    const [sitting] = manifest.sittings;
    const onnx = require("onnxruntime-node/package.json") as { version: string };
    expect(sitting).toMatchObject({
      node: process.version,
      engine: { name: "onnx-cpu", version: `onnxruntime-node ${onnx.version}`, threads: 1 },
      machine: { architecture: process.arch },
    });
    expect(sitting!.engine.settings).toMatchObject({ threads: 1 });
    const project = resolve(__dirname, "../..");
    const lock = readFileSync(join(project, "package-lock.json"));
    expect(sitting!.lock_file_sha256).toBe(createHash("sha256").update(lock).digest("hex"));
    expect(sitting!.source.revision === null).toBe(sitting!.source.reason !== null);
  });

  it("does not tell who ran it, or where", () => {
    expect(text).not.toContain(homedir() + sep);
    expect(text).not.toContain(process.cwd());
    expect(text).not.toMatch(/\/tmp\//);
  });
});

describe("the sittings of a study", () => {
  it("are all on record, each with its own work", async () => {
    const folder = emptyFolder();
    const part = await interrupted(folder);
    const rest = await runStudy(smallStudy(), { folder, dataset, engine });
    const { sittings } = readManifest(folder);
    expect(sittings.map(({ outcome }) => outcome)).toEqual(["interrupted", "completed"]);
    expect(sittings.map(({ trials }) => trials)).toEqual([part.trialsTrained, rest.trialsTrained]);
    expect(sittings.map(({ flops }) => flops)).toEqual([part.flops, rest.flops]);
    expect(part.trialsTrained + rest.trialsTrained).toBe(8);
    expect(sittings[0]!.started <= sittings[0]!.ended!).toBe(true);
    expect(sittings[0]!.ended! <= sittings[1]!.started).toBe(true);
  });

  it("are none where nothing was left to train", async () => {
    const folder = emptyFolder();
    await runStudy(smallStudy(), { folder, dataset, engine });
    await runStudy(smallStudy(), { folder, dataset, engine });
    expect(readManifest(folder).sittings).toHaveLength(1);
  });

  it("are on record as running from the beginning, so that one that was killed is known", async () => {
    const folder = emptyFolder();
    const lock = await lockFolder(folder);
    await SittingLog.begin(smallStudy(), { folder, lock, dataset, engine });
    await lock.release();
    expect(readManifest(folder).sittings).toMatchObject([{ outcome: "running", ended: null, trials: 0 }]);
    await runStudy(smallStudy(), { folder, dataset, engine });
    expect(readManifest(folder).sittings.map(({ outcome }) => outcome)).toEqual(["running", "completed"]);
  });

  it("are on record as failed where an error ends them, and the error is not lost", async () => {
    const broken: Engine = {
      ...engine,
      open: async (spec) => {
        const session = await engine.open(spec);
        return Object.assign(Object.create(session), {
          update: () => Promise.reject(new Error("the device was lost")),
        });
      },
    };
    const folder = emptyFolder();
    await expect(runStudy(smallStudy(), { folder, dataset, engine: broken })).rejects.toThrow(
      "the device was lost",
    );
    const [sitting] = readManifest(folder).sittings;
    expect(sitting).toMatchObject({ outcome: "failed", trials: 0, trial_steps: 0 });
    expect(sitting!.ended).not.toBeNull();
  });

  it("go on after a manifest of the first format, which becomes the first of them", async () => {
    const folder = emptyFolder();
    write(folder, FIRST_FORMAT);
    await runStudy(smallStudy(), { folder, dataset, engine });
    expect(readManifest(folder).sittings).toMatchObject([
      {
        outcome: "unrecorded",
        started: FIRST_FORMAT.started,
        seconds: null,
        machine: { processor: "AMD EPYC" },
      },
      { outcome: "completed", trials: 8 },
    ]);
  });

  it("do not end before they began where the clock is set back meanwhile", async () => {
    const folder = emptyFolder();
    const lock = await lockFolder(folder);
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      vi.setSystemTime("2026-11-28T12:00:00Z");
      const log = await SittingLog.begin(smallStudy(), { folder, lock, dataset, engine });
      vi.setSystemTime("2026-11-28T11:00:00Z");
      log.end("completed", { trials: 8, trialSteps: 1, flops: 1 });
    } finally {
      vi.useRealTimers();
      await lock.release();
    }
    const { started, ended, seconds } = readManifest(folder).sittings[0]!;
    expect(started).toBe("2026-11-28T12:00:00.000Z");
    expect(Date.parse(ended!) - Date.parse(started)).toBe(Math.round(seconds! * 1000));
  });

  it("do not say in whose home folder the engine lies", async () => {
    const folder = emptyFolder();
    const library = join(homedir(), "lib", "libtensorflow.so");
    const telling: Engine = {
      ...engine,
      description: `TensorFlow at ${library}, CPU`,
      version: library,
      settings: { library, threads: 1 },
    };
    const lock = await lockFolder(folder);
    await SittingLog.begin(smallStudy(), { folder, lock, dataset, engine: telling });
    await lock.release();
    expect(readManifest(folder).sittings[0]!.engine).toMatchObject({
      description: "TensorFlow at ~/lib/libtensorflow.so, CPU",
      version: "~/lib/libtensorflow.so",
      settings: { library: "~/lib/libtensorflow.so", threads: 1 },
    });
  });

  it("are refused on data with another checksum, by the name of the file", async () => {
    const folder = emptyFolder();
    const [one, other] = ["1".repeat(64), "2".repeat(64)];
    const withChecksum = (sha256: string) => ({ ...dataset, checksums: { "clusters/points": sha256 } });
    await runStudy(smallStudy(), {
      folder,
      dataset: withChecksum(one),
      engine,
      select: ({ config }) => config.seed === 0,
    });
    const before = readFileSync(join(folder, "manifest.json"), "utf8");
    await expect(runStudy(smallStudy(), { folder, dataset: withChecksum(other), engine })).rejects.toThrow(
      /trained on another clusters\/points \(its SHA-256 was 1+, now it is 2+\)/,
    );
    expect(readFileSync(join(folder, "manifest.json"), "utf8")).toBe(before);
  });

  it("are refused beside the manifest of another study", async () => {
    const folder = emptyFolder();
    write(folder, { ...FIRST_FORMAT, study: "other", study_hash: "0".repeat(64) });
    await expect(runStudy(smallStudy(), { folder, dataset, engine })).rejects.toThrow(
      /study\.json and manifest\.json are of different studies; one was edited/,
    );
  });
});

describe("reading a manifest", () => {
  it("understands those of the first format: the reference run's", () => {
    const first = JSON.parse(readFileSync(join(REFERENCE, "manifest.json"), "utf8"));
    const manifest = readManifest(REFERENCE);
    expect(manifest).toMatchObject({ format: 2, study: "kanji", trials: 432, dataset: first.dataset });
    if (first.format === undefined) {
      expect(manifest.sittings).toMatchObject([
        {
          started: first.started,
          ended: null,
          outcome: "unrecorded",
          trials: null,
          source: { revision: null, reason: "not recorded by this version" },
          engine: { ...first.engine, threads: null },
          machine: { processor: first.processor, available_cores: 2, operating_system: "linux", gpus: null },
        },
      ]);
    }
  });

  it("finds none in a folder without one, and says what writes it", () => {
    const folder = emptyFolder();
    expect(readManifestIfThere(folder)).toBeUndefined();
    expect(() => readManifest(folder)).toThrow(/has no manifest\.json; offcurve run --out .* writes it/);
  });

  it("names the file and what is wrong in it", () => {
    const folder = emptyFolder();
    const file = join(folder, "manifest.json");
    const message = (contents: unknown) => {
      write(folder, contents);
      try {
        readManifest(folder);
        return "read";
      } catch (error) {
        expect(error).toBeInstanceOf(ResultsError);
        return (error as Error).message;
      }
    };
    const whole = { ...readManifest(REFERENCE) };
    expect(message(whole)).toBe("read");
    expect(message("{")).toBe(
      `${file} is not JSON; restore it from a copy, or delete it to begin a new one without the earlier sittings`,
    );
    expect(message({ ...whole, format: 3 })).toContain(
      "has format 3, and this version of offcurve reads up to 2",
    );
    expect(message({ ...whole, study_hash: "x" })).toContain("(study_hash: not a SHA-256");
    expect(message({ ...whole, sittings: [] })).toContain("(sittings: ");
    const sitting = { ...whole.sittings[0]!, started: "yesterday" };
    expect(message({ ...whole, sittings: [sitting] })).toContain("(sittings.0.started: not a date");
    expect(message("null")).toContain("is not a manifest (the document: ");
  });

  it("gives a manifest or a sentence about it, whatever the document is", () => {
    const folder = emptyFolder();
    const whole = readManifest(REFERENCE) as unknown as Record<string, unknown>;
    const [sitting] = whole.sittings as Record<string, unknown>[];
    const damaged = fc.oneof(
      fc.json(),
      fc
        .tuple(fc.constantFrom(...Object.keys(whole)), fc.jsonValue())
        .map(([key, value]) => JSON.stringify({ ...whole, [key]: value })),
      fc
        .tuple(fc.constantFrom(...Object.keys(sitting!)), fc.jsonValue())
        .map(([key, value]) => JSON.stringify({ ...whole, sittings: [{ ...sitting, [key]: value }] })),
    );
    fc.assert(
      fc.property(damaged, (contents) => {
        write(folder, contents);
        let manifest: Manifest;
        try {
          manifest = readManifest(folder);
        } catch (error) {
          expect(error).toBeInstanceOf(ResultsError);
          expect((error as Error).message).toContain(join(folder, "manifest.json"));
          return;
        }
        expect(provenanceRows(manifest).every(({ label, value }) => label !== "" && value !== "")).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe("provenance in words", () => {
  const sitting: Sitting = {
    started: "2026-11-22T03:34:46.100Z",
    ended: "2026-11-22T04:34:46.100Z",
    outcome: "completed",
    trials: 400,
    trial_steps: 400_000,
    flops: 2.5e14,
    seconds: 3600,
    offcurve: "0.1.0",
    source: { revision: "a".repeat(40), modified_files: [], reason: null },
    lock_file_sha256: "b".repeat(64),
    node: "v20.20.2",
    engine: {
      name: "onnx-cuda",
      description: "onnxruntime-node 1.30.0, CUDA provider",
      version: "onnxruntime-node 1.30.0",
      settings: { tf32: false, device_id: 0 },
      threads: 1,
    },
    machine: {
      processor: "AMD EPYC 9654",
      physical_cores: 96,
      logical_cores: 192,
      available_cores: 16,
      memory_bytes: 128 * 2 ** 30,
      operating_system: "Debian GNU/Linux 12",
      kernel: "Linux 6.1.0",
      architecture: "x64",
      gpus: [{ model: "NVIDIA H200", memory_bytes: 143771 * 2 ** 20, driver: "570.86.10" }],
    },
  };
  const manifest = (...sittings: Sitting[]): Manifest => ({
    format: 2,
    study: "kanji",
    study_hash: "c".repeat(64),
    trials: 432,
    dataset: { name: "kanji-1000", licence: "several", sha256: { "kanji-1000/glyphs": "d".repeat(64) } },
    sittings,
  });

  it("has a row for each thing that a stranger asks", () => {
    expect(provenanceRows(manifest(sitting))).toEqual([
      { label: "Study", value: "kanji, 432 trials" },
      { label: "SHA-256 of the study", value: "c".repeat(64) },
      { label: "Data set", value: "kanji-1000" },
      { label: "Licence of the data", value: "several" },
      { label: "SHA-256 of kanji-1000/glyphs", value: "d".repeat(64) },
      { label: "Source code", value: `offcurve 0.1.0, revision ${"a".repeat(40)}, unmodified` },
      { label: "SHA-256 of package-lock.json", value: "b".repeat(64) },
      { label: "Node", value: "v20.20.2" },
      { label: "Operating system", value: "Debian GNU/Linux 12, Linux 6.1.0, x64" },
      {
        label: "Processor",
        value: "AMD EPYC 9654, 96 physical cores, 192 logical, 16 in use at most, 128 GiB of memory",
      },
      { label: "Graphics processors", value: "NVIDIA H200, 140 GiB of memory, driver 570.86.10" },
      {
        label: "Engine",
        value: "onnx-cuda: onnxruntime-node 1.30.0, CUDA provider; 1 thread; tf32 false, device id 0",
      },
      {
        label: "Run",
        value:
          "began 2026-11-22 03:34 UTC; took 1 h 00 min; 400 trials finished, 400 ktrial-steps, 250 TFLOP",
      },
    ]);
  });

  it("says which sittings a change of circumstances concerns, and adds up their work", () => {
    const second: Sitting = {
      ...sitting,
      trials: 32,
      trial_steps: 32_000,
      flops: 5e13,
      seconds: 60,
      outcome: "interrupted",
      source: { revision: "a".repeat(40), modified_files: ["lib/sweep/run.ts"], reason: null },
    };
    const rows = provenanceRows(manifest(sitting, second, { ...sitting, outcome: "running", ended: null }));
    const labels = rows.map(({ label }) => label);
    expect(labels.slice(5)).toEqual([
      "Source code, sittings 1, 3",
      "Source code, sitting 2",
      "SHA-256 of package-lock.json",
      "Node",
      "Operating system",
      "Processor",
      "Graphics processors",
      "Engine",
      "Sitting 1",
      "Sitting 2",
      "Sitting 3",
      "All sittings",
    ]);
    expect(rows[6]!.value).toMatch(/, modified in 1 file: lib\/sweep\/run\.ts$/);
    expect(rows.at(-3)!.value).toContain("took 1 min 00 s, interrupted");
    expect(rows.at(-2)!.value).toContain("killed, or not ended when this was written: at least 1 h 00 min");
    expect(rows.at(-1)!.value).toBe("at least 2 h 01 min; 832 trials finished, 832 ktrial-steps, 550 TFLOP");
  });

  it("claims no figure that was not recorded", () => {
    const rows = provenanceRows(readManifest(REFERENCE));
    const run = rows.find(({ label }) => label === "Run" || label === "All sittings")!;
    if (readManifest(REFERENCE).sittings[0]!.outcome === "unrecorded") {
      expect(run.value).toMatch(/not recorded/);
      expect(run.value).not.toMatch(/FLOP|trial-steps/);
    }
    expect(rows.every(({ value }) => !/null|undefined|NaN/.test(value))).toBe(true);
  });
});
