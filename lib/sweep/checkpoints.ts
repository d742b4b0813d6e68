/**
 * The checkpoints of a results folder, `checkpoints/<trial>.safetensors`: found, saved, loaded and removed. They are
 * a convenience: whatever goes wrong with them is a notice, and the training goes on or begins again without them.
 */

import { mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stateSpecs } from "../optimizers/program";
import type { Trial } from "../studies/trials";
import {
  type CheckpointEngine,
  type CheckpointOrigin,
  ForeignCheckpointError,
  loadCheckpoint,
  peekCheckpoint,
  type StackProgress,
  verifyCheckpoint,
  writeCheckpoint,
} from "./checkpoint";
import type { StandingStack } from "./checkpoint-stacks";
import { ResultsError } from "./errors";
import { DamagedFileError } from "./safetensors-header";
import { type ProgramData, type Stack, stacksOf } from "./stacks";
import { counted } from "./words";

type HasId = Pick<Trial, "id">;

/** The checkpoints of a folder that this process has locked. */
export class Checkpoints {
  private readonly folder: string;
  /** Whether the last attempt to save failed, which is said once. */
  private failing = false;

  /** @param results the results folder */
  constructor(
    results: string,
    private readonly origin: CheckpointOrigin,
    private readonly onNotice: (notice: string) => void,
  ) {
    this.folder = folderOf(results);
  }

  /**
   * The updates that trials have done by their checkpoints, by id. What is left of finished trials and of writes that
   * were cut off is removed; what cannot be used is named in a notice.
   *
   * @param missing the trials to train
   * @param known all trials of the study, and those that are in the ledger
   */
  find(
    missing: readonly Trial[],
    known: { all: readonly HasId[]; finished: readonly HasId[]; dataset: ProgramData },
  ): Map<string, number> {
    const wanted = new Map(missing.map((trial) => [trial.id, trial]));
    const [all, finished] = [idsOf(known.all), idsOf(known.finished)];
    const standing = new Map<string, number>();
    for (const name of filesOf(this.folder)) {
      const file = join(this.folder, name);
      const id = idOf(name);
      const trial = id === undefined ? undefined : wanted.get(id);
      if (name.endsWith(".tmp") || (id !== undefined && finished.has(id))) removeQuietly(file);
      else if (trial) {
        const update = this.verified(file, trial, known.dataset);
        if (update !== undefined) standing.set(trial.id, update);
      } else if (id !== undefined && !all.has(id)) {
        this.onNotice(`${file} is not used: it belongs to no trial of this study.`);
      }
    }
    removeIfEmpty(this.folder);
    return standing;
  }

  /**
   * The progress of a stack whose trials all have checkpoints at the same update.
   *
   * @throws ResultsError where a file is no longer what `find` saw
   */
  load({ spec, updates, trials, done }: StandingStack): StackProgress {
    const sizes = stateSpecs(spec).map(({ name, shape }) => ({
      name,
      size: shape.reduce((a, b) => a * b, 1),
    }));
    const seconds: number[] = [];
    const progress: StackProgress = {
      update: done,
      state: Object.fromEntries(sizes.map(({ name, size }) => [name, new Float32Array(size)])),
      losses: new Float32Array(updates * spec.trials),
      seconds,
    };
    // A stack of more trials than it was given holds copies of the last.
    for (let place = 0; place < spec.trials; place++) {
      const trial = trials[Math.min(place, trials.length - 1)]!;
      const file = this.fileOf(trial);
      try {
        seconds.push(loadCheckpoint(file, trial, place, { spec, progress, engine: this.origin.engine }));
      } catch (error) {
        throw new ResultsError(
          `${file} has changed since this run began (${(error as Error).message}); run the same command again`,
        );
      }
    }
    const size = spec.architecture.hidden_size;
    this.onNotice(
      `Going on with ${counted(trials.length, "trial")} of hidden size ${size} at update ${done} of ${updates}.`,
    );
    return progress;
  }

  /** Saves the trials of a stack, each whole or not at all. */
  save({ spec, trials }: Stack, progress: StackProgress): void {
    let file = this.folder;
    try {
      mkdirSync(this.folder, { recursive: true });
      trials.forEach((trial, place) => {
        file = this.fileOf(trial);
        writeCheckpoint(file, trial, place, { spec, progress, origin: this.origin });
      });
      this.failing = false;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      const reason = code === "ENOSPC" || code === "EDQUOT" ? "the disk is full" : message;
      if (!this.failing) {
        this.onNotice(`cannot write ${file}: ${reason}; training goes on, with what was saved before.`);
      }
      this.failing = true;
    }
  }

  /** Removes the checkpoints of trials that are in the ledger, and the folder with the last. */
  remove(trials: readonly Trial[]): void {
    for (const trial of trials) removeQuietly(this.fileOf(trial));
    removeIfEmpty(this.folder);
  }

  private verified(file: string, trial: Trial, dataset: ProgramData): number | undefined {
    try {
      return verifyCheckpoint(file, trial, loneSpec(trial, dataset), this.origin.engine);
    } catch (error) {
      const { message } = error as Error;
      const reason =
        error instanceof ForeignCheckpointError
          ? `is not used: it ${message}`
          : error instanceof DamagedFileError
            ? `is damaged: ${message}`
            : `cannot be read: ${message}`;
      this.onNotice(`${file} ${reason}. Its trial starts from the beginning.`);
      return undefined;
    }
  }

  private fileOf({ id }: Trial): string {
    return join(this.folder, `${id}.safetensors`);
  }
}

/** The updates that missing trials seem to have done, from a look at the headers alone: for an estimate. */
export function peekStanding(
  results: string,
  missing: readonly Trial[],
  dataset: ProgramData,
  engine: CheckpointEngine,
): Map<string, number> {
  const names = new Set(filesOf(folderOf(results)));
  const found = missing.flatMap((trial): [string, number][] => {
    const name = `${trial.id}.safetensors`;
    if (!names.has(name)) return [];
    const update = peekCheckpoint(join(folderOf(results), name), trial, loneSpec(trial, dataset), engine);
    return update === undefined ? [] : [[trial.id, update]];
  });
  return new Map(found);
}

/** The program that would train the trial alone, whose tensors are those of its checkpoint. */
function loneSpec(trial: Trial, dataset: ProgramData) {
  return stacksOf([trial], dataset, { threads: 1 })[0]!.spec;
}

const idsOf = (items: readonly HasId[]) => new Set(items.map(({ id }) => id));

const folderOf = (results: string) => join(results, "checkpoints");

function idOf(name: string): string | undefined {
  return /^([0-9a-f]{16})\.safetensors$/.exec(name)?.[1];
}

/** Removes a file if it can: nothing is lost by one too many, and the next run tries again. */
function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {}
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {}
}

/** Names of the files in a folder, sorted; none where there is no such folder. */
function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
