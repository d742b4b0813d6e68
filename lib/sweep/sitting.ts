/**
 * The sitting that is under way, in `manifest.json`: written when it begins, every few seconds while it goes on, and when it ends. So one that is
 * killed is on record, with what it had done until shortly before. What a manifest is stands in manifest.ts.
 */

import { join } from "node:path";
import type { Dataset } from "../datasets/dataset";
import type { Engine } from "../engines/engine";
import { withoutHome } from "../machine/home";
import { describeMachine, type MachineDescription } from "../machine/machine";
import { describeSource, type SourceDescription } from "../machine/source";
import type { Study } from "../studies/study";
import { studyHash, trialsOf } from "../studies/trials";
import { ResultsError } from "./errors";
import { writeWhole } from "./folder";
import type { FolderLock } from "./lock";
import { MANIFEST, MANIFEST_FORMAT, type Manifest, readManifestIfThere, type Sitting } from "./manifest";

const { version } = require("offcurve/package.json") as { version: string };

/** Time between two entries of the work done, in seconds. */
const INTERVAL = 5;

/** What a sitting has done so far. */
export interface SittingWork {
  /** Trials finished. */
  readonly trials: number;
  readonly trialSteps: number;
  readonly flops: number;
}

/** What a sitting is of, beside its study. */
export interface SittingPlace {
  readonly folder: string;
  /** Of the folder. */
  readonly lock: FolderLock;
  readonly dataset: Dataset;
  readonly engine: Engine;
}

/** It does not change while a process lives. */
let thisMachine: Promise<MachineDescription> | undefined;

/** Keeps the record of one sitting in a results folder that this process has locked. */
export class SittingLog {
  private readonly began = performance.now();
  private lastWritten = performance.now();

  private constructor(
    private readonly file: string,
    private readonly lock: FolderLock,
    private readonly manifest: Omit<Manifest, "sittings">,
    private readonly earlier: readonly Sitting[],
    private sitting: Sitting,
  ) {}

  /**
   * Puts the new sitting on record.
   *
   * @throws ResultsError where the earlier sittings were on other data, or nothing can be written
   */
  static async begin(study: Study, { folder, lock, dataset, engine }: SittingPlace): Promise<SittingLog> {
    const earlier = readManifestIfThere(folder);
    if (earlier) requireSameData(earlier, dataset, folder);
    thisMachine ??= describeMachine();
    const [machine, source] = await Promise.all([thisMachine, describeSource()]);
    const sitting = newSitting(engine, machine, source);
    const manifest = {
      ...earlier, // with fields that a later version of the format may have put there
      format: MANIFEST_FORMAT,
      study: study.name,
      study_hash: studyHash(study),
      trials: trialsOf(study).length,
      dataset: {
        name: dataset.name,
        licence: dataset.licence,
        sha256: { ...earlier?.dataset.sha256, ...dataset.checksums },
      },
    } as const;
    const log = new SittingLog(join(folder, MANIFEST), lock, manifest, earlier?.sittings ?? [], sitting);
    log.write();
    return log;
  }

  /** Notes the work done so far, and writes it down every few seconds. A failure to do so is no reason to lose a trial. */
  progress(work: SittingWork): void {
    this.take(work);
    if (performance.now() - this.lastWritten < INTERVAL * 1000) return;
    try {
      this.write();
    } catch {
      this.lastWritten = performance.now();
    }
  }

  /** @throws ResultsError where it cannot be written down */
  end(outcome: "completed" | "interrupted", work: SittingWork): void {
    this.take(work);
    this.finish(outcome);
    this.write();
  }

  /** For a sitting that an error ends; nothing where it has ended already. Never throws, so that it hides no error. */
  close(): void {
    if (this.sitting.outcome !== "running") return;
    this.finish("failed");
    try {
      this.write();
    } catch {
      // It stays on record as running, like one that was killed.
    }
  }

  private take({ trials, trialSteps, flops }: SittingWork): void {
    const seconds = Math.round(performance.now() - this.began) / 1000;
    this.sitting = { ...this.sitting, trials, trial_steps: trialSteps, flops, seconds };
  }

  private finish(outcome: "completed" | "interrupted" | "failed"): void {
    const milliseconds = Math.round(performance.now() - this.began);
    // A clock that was set back would let it end before it began; one that went on while the machine slept is right.
    const ended = Math.max(Date.now(), Date.parse(this.sitting.started) + milliseconds);
    this.sitting = {
      ...this.sitting,
      outcome,
      ended: new Date(ended).toISOString(),
      seconds: milliseconds / 1000,
    };
  }

  private write(): void {
    this.lock.requireHeld();
    const manifest: Manifest = { ...this.manifest, sittings: [...this.earlier, this.sitting] };
    writeWhole(this.file, `${JSON.stringify(manifest, null, 2)}\n`);
    this.lastWritten = performance.now();
  }
}

function newSitting(engine: Engine, machine: MachineDescription, source: SourceDescription): Sitting {
  const { revision, modifiedFiles, reason, lockFileSha256 } = source;
  return {
    started: new Date().toISOString(),
    ended: null,
    outcome: "running",
    trials: 0,
    trial_steps: 0,
    flops: 0,
    seconds: 0,
    offcurve: version,
    source: { revision, modified_files: modifiedFiles, reason },
    lock_file_sha256: lockFileSha256,
    node: machine.node,
    engine: engineWords(engine),
    machine: {
      processor: machine.processor,
      physical_cores: machine.physicalCores,
      logical_cores: machine.logicalCores,
      available_cores: machine.availableCores,
      memory_bytes: machine.memoryBytes,
      operating_system: machine.operatingSystem,
      kernel: machine.kernel,
      architecture: machine.architecture,
      gpus: machine.gpus.map(({ model, memoryBytes, driver }) => ({
        model,
        memory_bytes: memoryBytes,
        driver,
      })),
    },
  };
}

/** An engine may say where its library lies; nobody else need know whose folder that is. */
function engineWords({ name, description, version, settings = {}, threads }: Engine): Sitting["engine"] {
  const plain = Object.entries(settings).map(([key, value]) => [
    key,
    typeof value === "string" ? withoutHome(value) : value,
  ]);
  return {
    name,
    description: withoutHome(description),
    version: version === undefined ? null : withoutHome(version),
    settings: Object.fromEntries(plain) as Record<string, string | number | boolean>,
    threads,
  };
}

/** Trials of one folder are compared with each other, so they must have seen the same data. */
function requireSameData(earlier: Manifest, dataset: Dataset, folder: string): void {
  const changed = Object.entries(dataset.checksums).find(
    ([file, sha256]) => (earlier.dataset.sha256[file] ?? sha256) !== sha256,
  );
  if (changed) {
    throw new ResultsError(
      `${folder} holds trials trained on another ${changed[0]} (its SHA-256 was ${earlier.dataset.sha256[changed[0]]}, now it is ${changed[1]}); put that file back, or choose another folder with --out`,
    );
  }
}
