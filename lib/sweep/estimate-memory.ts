/**
 * The memory that training takes, from the sizes of what it holds. The factors of the program were measured with
 * `onnx-cpu` at widths 8 to 4096; other engines take less. Also the size of checkpoints on the disk.
 */

import { exampleBytes } from "../datasets/encoding";
import type { Engine } from "../engines/engine";
import { machineMemory } from "../machine/machine";
import { parameterCount } from "../model/mlp";
import { OPTIMIZERS } from "../optimizers/optimizers";
import type { ProgramSpec } from "../optimizers/program";
import { ResultsError } from "./errors";
import { MOST_KEPT } from "./examples";
import type { Stack } from "./stacks";
import { quantity } from "./words";

/** All in bytes. */
export interface Memory {
  /** Parameters and moments: what a call is fed, makes on its way and returns, and the copy that a stack starts from or is saved from. */
  readonly state: number;
  /** What the updates make and drop: gradients, activations, the losses. */
  readonly activations: number;
  /** Training and held-out examples, kept whole or made for each call, and those of one call. */
  readonly examples: number;
  /** Node, the libraries and the engine's runtime. */
  readonly program: number;
  readonly total: number;
}

/** The process before its first update: 90 MB of Node and TensorFlow.js, 60 MB of ONNX Runtime, the rest of the command. */
const PROGRAM_BYTES = 300e6;

/** Copies of the state alive in a call; 4.4 to 5.3 were measured at widths 1024 to 4096. */
const STATE_COPIES = 5;

/** Copies of the largest activations alive in an update; 10 were measured at width 8. */
const ACTIVATION_COPIES = 10;

/**
 * Memory while one stack trains.
 *
 * @param examples training and held-out examples that the study keeps for all its stacks
 */
export function memoryOf(
  { spec, updates }: Pick<Stack, "spec" | "updates">,
  engine: Pick<Engine, "updatesPerCall">,
  examples: { readonly training: number; readonly heldOut: number },
): Memory {
  const { inputs, classes, depth, hidden_size } = spec.architecture;
  const activations = spec.batchSize * (classes + depth * hidden_size);
  const gradients = 2 * parameterCount(spec.architecture);
  const example = exampleBytes(inputs, spec.encoding);
  const ofCall = Math.min(engine.updatesPerCall(spec), updates) * spec.batchSize;
  const kept = [examples.training, examples.heldOut]
    .map((count) => count * example)
    .filter((bytes) => bytes <= MOST_KEPT)
    .reduce((sum, bytes) => sum + bytes, 0);
  const parts = {
    state: STATE_COPIES * stateBytes(spec) * spec.trials,
    activations: 4 * spec.trials * (ACTIVATION_COPIES * activations + gradients + updates),
    examples: kept + ofCall * example,
    program: PROGRAM_BYTES,
  };
  return { ...parts, total: Object.values(parts).reduce((sum, bytes) => sum + bytes, 0) };
}

/**
 * Asked before anything is measured or trained.
 *
 * @throws ResultsError where a stack takes more memory than this machine has
 */
export function requireMemory(
  stacks: readonly Pick<Stack, "spec" | "updates">[],
  engine: Pick<Engine, "updatesPerCall">,
  examples: { readonly training: number; readonly heldOut: number },
): void {
  const has = machineMemory();
  const needs = stacks.map((stack) => ({
    size: stack.spec.architecture.hidden_size,
    bytes: memoryOf(stack, engine, examples).total,
  }));
  const large = needs.filter(({ bytes }) => bytes > has);
  if (large.length === 0) return;
  const most = large.reduce((most, { bytes }) => Math.max(most, bytes), 0);
  throw new ResultsError(
    `does not fit: ${sizesText(large.map(({ size }) => size))} would take up to ${quantity(most, "B")} of memory, and this machine has ${quantity(has, "B")}; offcurve plan shows what fits`,
  );
}

/** Hidden sizes in words, each once: "hidden size 8", "hidden sizes 8, 16". */
export function sizesText(sizes: readonly number[]): string {
  const distinct = [...new Set(sizes)];
  return distinct.length === 1 ? `hidden size ${distinct[0]}` : `hidden sizes ${distinct.join(", ")}`;
}

/** Bytes of the disk that the checkpoints of a stack take, one of them twice while it is written. */
export function checkpointBytes({ spec, updates, trials }: Stack): number {
  return (trials.length + 1) * (stateBytes(spec) + 4 * updates);
}

/** Bytes that this process may still take, as the system or its container says. */
export function freeMemory(): number {
  return process.availableMemory();
}

/** Parameters and moments of one trial. */
function stateBytes({ architecture, optimizer }: ProgramSpec): number {
  return 4 * parameterCount(architecture) * (1 + OPTIMIZERS[optimizer].moments.length);
}
