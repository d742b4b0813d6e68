/**
 * The checkpoint of one trial: everything that the rest of its course depends on, in one safetensors file. A file for
 * each trial, not for each stack, so that trials can go on in other company than they were interrupted in. Which
 * files a results folder has is `checkpoints.ts`.
 *
 *     <names of the state>   parameters and moments, [rows, columns] each
 *     losses                 [updates done]: the curve, the final loss and a divergence follow from them
 *     metadata               what the trial is, who trained it, updates done, seconds so far
 *
 * The place in the stream of examples is no state: batches belong to the number of the update.
 */

import type { Engine, State } from "../engines/engine";
import { type ProgramSpec, stateSpecs } from "../optimizers/program";
import type { Trial } from "../studies/trials";
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from "./safetensors";
import type { Header, Tensor } from "./safetensors-header";

const { version } = require("offcurve/package.json") as { version: string };

const FORMAT = "offcurve checkpoint 1";
const LOSSES = "losses";

/** Where a stack stands between two updates. */
export interface StackProgress {
  /** Updates done. */
  readonly update: number;
  /** The state of the stack's program after them. */
  readonly state: Readonly<State>;
  /** [updates, trials of the program]; the rows from `update` on mean nothing. */
  readonly losses: Float32Array;
  /** Wall time of each trial so far, in seconds. */
  readonly seconds: readonly number[];
}

/** What trains: a trial goes on only by the program and runtime that it began with, or its bits would be others. */
export type CheckpointEngine = Pick<Engine, "name" | "description" | "version">;

export interface CheckpointOrigin {
  /** Name of the study, for whoever finds the file. */
  readonly study: string;
  readonly engine: CheckpointEngine;
}

/** A sound checkpoint that this run cannot go on from. The message says why, as the end of "it …". */
export class ForeignCheckpointError extends Error {
  override readonly name = "ForeignCheckpointError";
}

/** Writes one trial of a stack: all of the file or nothing. */
export function writeCheckpoint(
  file: string,
  trial: Trial,
  place: number,
  { spec, progress, origin }: { spec: ProgramSpec; progress: StackProgress; origin: CheckpointOrigin },
): void {
  const { update, state, losses, seconds } = progress;
  const tensors = tensorsOf(spec).map(({ name, shape, size }): [string, Tensor] => [
    name,
    { shape, values: state[name]!.subarray(place * size, (place + 1) * size) },
  ]);
  const own = new Float32Array(update).map((_, i) => losses[i * spec.trials + place]!);
  tensors.push([LOSSES, { shape: [update], values: own }]);
  writeSafetensors(file, Object.fromEntries(tensors), {
    format: FORMAT,
    offcurve: version,
    study: origin.study,
    trial: trial.id,
    factors: JSON.stringify(trial.factors),
    engine: origin.engine.name,
    engine_version: origin.engine.version ?? "",
    engine_description: origin.engine.description,
    update: String(update),
    updates: String(trial.config.updates),
    seconds: String(seconds[place]!),
  });
}

/**
 * Reads the whole file to make sure that the trial can go on from it.
 *
 * @param spec a program that would train the trial
 * @returns the updates that it has done
 * @throws DamagedFileError, ForeignCheckpointError, or the file system's error
 */
export function verifyCheckpoint(
  file: string,
  trial: Trial,
  spec: ProgramSpec,
  engine: CheckpointEngine,
): number {
  const header = readSafetensors(file, () => undefined);
  requireOwn(header, trial, spec, engine);
  return Number(header.metadata.update);
}

/** The trial's updates by the header alone, for an estimate; undefined where a run on that engine cannot use it. */
export function peekCheckpoint(file: string, trial: Trial, spec: ProgramSpec, engine: CheckpointEngine) {
  try {
    const header = readSafetensorsHeader(file);
    requireOwn(header, trial, spec, engine);
    return Number(header.metadata.update);
  } catch {
    return undefined;
  }
}

/**
 * Reads one trial of a stack into its place.
 *
 * @returns its seconds so far
 * @throws as `verifyCheckpoint`
 */
export function loadCheckpoint(
  file: string,
  trial: Trial,
  place: number,
  { spec, progress, engine }: { spec: ProgramSpec; progress: StackProgress; engine: CheckpointEngine },
): number {
  const own = new Float32Array(progress.update);
  const sizes = new Map(tensorsOf(spec).map(({ name, size }) => [name, size]));
  const destinationOf = (name: string, shape: readonly number[]) => {
    const size = sizes.get(name);
    const length = shape.reduce((product, side) => product * side, 1);
    if (name === LOSSES && length === own.length) return own;
    return size === length ? progress.state[name]!.subarray(place * size, (place + 1) * size) : undefined;
  };
  const header = readSafetensors(file, destinationOf);
  requireOwn(header, trial, spec, engine, progress.update);
  own.forEach((loss, i) => {
    progress.losses[i * spec.trials + place] = loss;
  });
  return Number(header.metadata.seconds);
}

/** The tensors of the state of a single trial of the stack. */
function tensorsOf(spec: ProgramSpec) {
  return stateSpecs(spec).map(({ name, shape: [, ...shape] }) => {
    return { name, shape, size: shape.reduce((product, side) => product * side, 1) };
  });
}

function requireOwn(
  { metadata, shapes }: Header,
  trial: Trial,
  spec: ProgramSpec,
  engine: CheckpointEngine,
  update?: number,
): void {
  const refuse = (reason: string) => {
    throw new ForeignCheckpointError(reason);
  };
  if (metadata.format !== FORMAT) refuse("is not a checkpoint of a trial");
  if (metadata.trial !== trial.id) {
    refuse(`holds trial ${metadata.trial} of ${metadata.study}, which is another study or configuration`);
  }
  if (metadata.engine !== engine.name) {
    refuse(`was written by the engine ${metadata.engine}, not by ${engine.name}`);
  }
  if (metadata.engine_version !== (engine.version ?? "")) {
    refuse(`was written with ${metadata.engine_version}, and this is ${engine.version}`);
  }
  if (metadata.offcurve !== version) {
    refuse(`was written by offcurve ${metadata.offcurve}, and this is ${version}`);
  }
  const done = Number(metadata.update);
  const expected = new Map<string, readonly number[]>(
    tensorsOf(spec).map(({ name, shape }) => [name, shape]),
  );
  expected.set(LOSSES, [done]);
  const same =
    shapes.size === expected.size &&
    [...expected].every(([name, shape]) => String(shapes.get(name)) === String(shape));
  if (!same) refuse("has other tensors than the program that trains its trial here");
  if (update !== undefined && done !== update) refuse(`stands at update ${done}, not at ${update}`);
  if (!(done >= 1 && done <= trial.config.updates))
    refuse(`stands at update ${done}, which the trial has not`);
  if (!(Number(metadata.seconds) >= 0)) refuse("does not say how long its trial has taken");
}
