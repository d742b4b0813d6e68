/**
 * Running a study: the trials that its ledger lacks are stacked, trained and written down.
 *
 *     study ─ trials ─ stacks ┐
 *                             ├ engine ─ ledger
 *     data set ─── examples ──┘
 */

import type { Dataset } from "../datasets/dataset";
import type { Engine, Session } from "../engines/engine";
import { updateFlops } from "../model/mlp";
import type { ProgramSpec } from "../optimizers/program";
import type { Study } from "../studies/study";
import type { Trial } from "../studies/trials";
import { type CheckpointInterval, DEFAULT_CHECKPOINT_INTERVAL } from "./checkpoint-interval";
import { standingStacks } from "./checkpoint-stacks";
import { Checkpoints } from "./checkpoints";
import { ResultsError } from "./errors";
import { requireMemory } from "./estimate-memory";
import { SharedExamples, trainingExamples } from "./examples";
import { claimFolder } from "./folder";
import { LedgerWriter } from "./ledger";
import { lockFolder } from "./lock";
import type { TrialRecord } from "./record";
import { type Results, readResultsOf } from "./results";
import { SittingLog } from "./sitting";
import type { Stack } from "./stacks";
import { trainStack } from "./train-stack";

/** How far a run has come. */
export interface Progress {
  /** Trials finished, those of earlier runs included. */
  readonly trialsDone: number;
  readonly trialsTotal: number;
  /** The stack in training. */
  readonly stack: Stack;
  /** Trial-steps (one update of one trial) and floating-point operations of this run so far. */
  readonly trialSteps: number;
  readonly flops: number;
  /** The part of this run's work that is done, 0 to 1, by the cost given for each update. */
  readonly share: number;
}

/** Where, on what and with which engine a study runs. */
export interface RunOptions {
  readonly folder: string;
  readonly dataset: Dataset;
  readonly engine: Engine;
  /** Which trials of the study to train; defaults to all. */
  readonly select?: ((trial: Trial) => boolean) | undefined;
  /** Ends the run after the update in flight; finished trials are kept, and those in training are saved. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How often stacks in training are saved, so that a killed run can go on inside them; defaults to every 10 minutes.
   * What was saved is found whatever this says.
   */
  readonly checkpointEvery?: CheckpointInterval | undefined;
  /** Relative cost of an update of a stack, by which progress is measured; defaults to its floating-point operations. */
  readonly cost?: ((spec: ProgramSpec) => number) | undefined;
  /** Told whenever the engine has done some updates of a stack. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Told what a reader should know, such as a line of the ledger that was dropped. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/** What a run has done. */
export interface RunSummary {
  /** True where every selected trial is in the ledger. */
  readonly complete: boolean;
  /** The records of the selected trials, in the order of the study's grid. */
  readonly records: TrialRecord[];
  readonly trialsTotal: number;
  /** Trials that this run trained, their steps and floating-point operations. */
  readonly trialsTrained: number;
  readonly trialSteps: number;
  readonly flops: number;
  /** Wall time of this run, and the part of it inside the engine (compilation included), in seconds. */
  readonly seconds: number;
  readonly engineSeconds: number;
}

/**
 * Trains what is missing and keeps the folder's ledger.
 *
 * @throws ResultsError where the folder is in use, cannot be written, or holds other results
 */
export async function runStudy(study: Study, options: RunOptions): Promise<RunSummary> {
  const { folder, dataset, engine, signal, onProgress, onNotice } = options;
  const every = options.checkpointEvery ?? DEFAULT_CHECKPOINT_INTERVAL;
  const started = performance.now();
  const heldOut = heldOutExamples(study, dataset);

  // 1. The folder: ours alone, of this study, with what is already there.
  claimFolder(folder, study);
  const lock = await lockFolder(folder, { onNotice });
  const programs = new OpenProgram(engine);
  let ledger: LedgerWriter | undefined;
  let sitting: SittingLog | undefined;
  try {
    const { trials: allTrials, records, notices } = readResultsOf(study, folder);
    for (const notice of notices) onNotice?.(notice);
    const trials = allTrials.filter(options.select ?? (() => true));
    const wanted = new Set(trials.map(({ id }) => id));
    const found = new Map(records.filter(({ id }) => wanted.has(id)).map((record) => [record.id, record]));
    requireSameEngine(records, engine, folder);
    ledger = new LedgerWriter(folder);

    // 2. The work: the trials that are missing, in stacks.
    const missing = trials.filter(({ id }) => !found.has(id));
    const checkpoints = new Checkpoints(folder, { study: study.name, engine }, (text) => onNotice?.(text));
    const standing = checkpoints.find(missing, { all: allTrials, finished: records, dataset });
    const stacks = standingStacks(missing, standing, dataset, engine);
    const trainExamples = trainingExamples(missing);
    requireMemory(stacks, engine, { training: trainExamples, heldOut: heldOut.count });
    const cost =
      options.cost ??
      (({ architecture, batchSize, trials }) => updateFlops(architecture, batchSize) * trials);
    const costTotal = stacks.reduce(
      (total, { spec, updates, done }) => total + (updates - done) * cost(spec),
      0,
    );
    const work = { trialSteps: 0, flops: 0, cost: 0 };
    const training = new SharedExamples(dataset.stream("train", study.data_seed), dataset, trainExamples);
    if (stacks.length > 0) sitting = await SittingLog.begin(study, { folder, lock, dataset, engine });

    // 3. The training: one program stays open for all stacks of one shape and size.
    let engineSeconds = 0;
    let trialsTrained = 0;
    for (const stack of stacks) {
      if (signal?.aborted) break;
      const stepFlops = updateFlops(stack.spec.architecture, stack.spec.batchSize) * stack.trials.length;
      const report = (updates: number) => {
        work.trialSteps += updates * stack.trials.length;
        work.flops += updates * stepFlops;
        work.cost += updates * cost(stack.spec);
        const { trialSteps, flops } = work;
        sitting?.progress({ trials: trialsTrained, trialSteps, flops });
        const share = costTotal > 0 ? work.cost / costTotal : 1; // 0 where only held-out examples are left to measure
        onProgress?.({ trialSteps, flops, share, trialsDone: found.size, trialsTotal: trials.length, stack });
      };
      report(0);
      const opening = performance.now();
      const session = await programs.open(stack);
      engineSeconds += (performance.now() - opening) / 1000;
      const result = await trainStack(stack, {
        session,
        engine,
        training,
        heldOut: heldOut.examples,
        heldOutCount: heldOut.count,
        signal,
        resume: stack.done > 0 ? () => checkpoints.load(stack) : undefined,
        saving:
          every === "never" ? undefined : { every, save: (progress) => checkpoints.save(stack, progress) },
        onUpdates: report,
      });
      if (!result) break;
      lock.requireHeld();
      ledger.append(result.records);
      checkpoints.remove(stack.trials);
      for (const record of result.records) found.set(record.id, record);
      trialsTrained += stack.trials.length;
      report(0);
      engineSeconds += result.engineSeconds;
    }

    const complete = trials.every(({ id }) => found.has(id));
    sitting?.end(complete ? "completed" : "interrupted", { trials: trialsTrained, ...work });
    return {
      complete,
      records: trials.flatMap(({ id }) => found.get(id) ?? []),
      trialsTotal: trials.length,
      trialsTrained,
      trialSteps: work.trialSteps,
      flops: work.flops,
      seconds: (performance.now() - started) / 1000,
      engineSeconds,
    };
  } finally {
    sitting?.close();
    await programs.close();
    ledger?.close();
    await lock.release();
  }
}

/** The trials of a study that are not finished. */
export function missingTrials({ trials, records }: Pick<Results, "trials" | "records">): Trial[] {
  const found = new Set(records.map(({ id }) => id));
  return trials.filter(({ id }) => !found.has(id));
}

/** Floating-point operations of training a stack, copies that only fill it not counted. */
export function stackFlops({ spec, updates, trials }: Stack): number {
  return updateFlops(spec.architecture, spec.batchSize) * updates * trials.length;
}

function heldOutExamples({ evaluation, data_seed, name }: Study, dataset: Dataset) {
  if (!dataset.splits.includes(evaluation.split)) {
    throw new ResultsError(
      `study ${name} asks for the split ${evaluation.split}, which ${dataset.name} does not have; known are ${dataset.splits.join(", ")}`,
    );
  }
  const stream = dataset.stream(evaluation.split, data_seed);
  const count = evaluation.examples;
  if (stream.size !== undefined && count > stream.size) {
    throw new ResultsError(
      `study ${name} asks for ${count} held-out examples; ${dataset.name} has ${stream.size} in ${evaluation.split}`,
    );
  }
  return { count, examples: new SharedExamples(stream, dataset, count) };
}

function requireSameEngine(records: readonly TrialRecord[], engine: Engine, folder: string): void {
  const other = records.find((record) => record.engine !== engine.name);
  if (other) {
    throw new ResultsError(
      `${folder} holds trials of the engine ${other.engine}; go on with --engine ${other.engine}, or choose another folder with --out`,
    );
  }
}

/** Keeps the program of the last stack, which the next stack of the same shape uses again. */
class OpenProgram {
  private key = "";
  private session: Session | undefined;

  constructor(private readonly engine: Engine) {}

  async open({ spec }: Stack): Promise<Session> {
    const key = JSON.stringify(spec);
    if (this.session && key === this.key) return this.session;
    await this.close();
    this.key = key;
    this.session = await this.engine.open(spec);
    return this.session;
  }

  async close(): Promise<void> {
    await this.session?.close();
    this.session = undefined;
  }
}
