/** What a run will cost, from its size and two seconds of measurement on this machine. */

import type { Dataset } from "../datasets/dataset";
import type { Engine } from "../engines/engine";
import { parameterCount, updateFlops } from "../model/mlp";
import { OPTIMIZERS } from "../optimizers/optimizers";
import type { ProgramSpec } from "../optimizers/program";
import type { Trial } from "../studies/trials";
import { stackFlops } from "./run";
import { type Stack, stacksOf } from "./stacks";

export interface Estimate {
  readonly trials: number;
  readonly trialSteps: number;
  readonly flops: number;
  /** Largest memory that examples, state and activations will take together, in bytes. */
  readonly memoryBytes: number;
  readonly seconds: number;
  /** Expected time of one update of a stack, in seconds. */
  readonly secondsPerUpdate: (spec: ProgramSpec) => number;
}

/** What the measurement of one program may take, in seconds of wall time and in calls; two are measured. */
const MEASUREMENT_SECONDS = 0.7;
const MEASUREMENT_CALLS = 20;

/**
 * Estimates training the given trials.
 *
 * The time of an update is taken as a·flops + b·(elements that element-wise operations pass over), with a and b
 * from measuring the cheapest shape and one of about a third of the hidden size of the dearest.
 *
 * @param trials at least one
 */
export async function estimateRun(
  trials: readonly Trial[],
  dataset: Pick<Dataset, "features" | "classes">,
  engine: Engine,
): Promise<Estimate> {
  const stacks = stacksOf(trials, dataset, engine.threads);
  const cheap = stacks[0]!.spec;
  const wide = stacks.at(-1)!.spec.architecture.hidden_size / 3;
  const middle =
    stacks.findLast(({ spec }) => spec.architecture.hidden_size <= wide)?.spec ?? stacks.at(-1)!.spec;
  const rates = ratesFrom([cheap, await measure(engine, cheap)], [middle, await measure(engine, middle)]);
  const secondsPerUpdate = (spec: ProgramSpec) => rates.flop * flops(spec) + rates.element * elements(spec);
  const sum = (part: (stack: Stack) => number) => stacks.reduce((total, stack) => total + part(stack), 0);
  return {
    trials: trials.length,
    trialSteps: sum(({ trials, updates }) => trials.length * updates),
    flops: sum(stackFlops),
    memoryBytes: memoryOf(trials, stacks, dataset.features),
    seconds: sum(({ spec, updates }) => updates * secondsPerUpdate(spec)),
    secondsPerUpdate,
  };
}

const flops = (spec: ProgramSpec) => updateFlops(spec.architecture, spec.batchSize) * spec.trials;

/** Elements that the optimiser and the activations pass over in one update of the stack. */
function elements({ architecture, optimizer, batchSize, trials }: ProgramSpec): number {
  const { classes, depth, hidden_size } = architecture;
  const state = 4 * parameterCount(architecture) * (1 + OPTIMIZERS[optimizer].moments.length);
  return trials * (state + 8 * batchSize * (classes + depth * hidden_size));
}

/** Seconds for a flop and for an element: two equations, neither answer below zero. */
function ratesFrom([a, secondsA]: [ProgramSpec, number], [b, secondsB]: [ProgramSpec, number]) {
  const determinant = flops(a) * elements(b) - flops(b) * elements(a);
  const flop = (secondsA * elements(b) - secondsB * elements(a)) / determinant;
  const element = (flops(a) * secondsB - flops(b) * secondsA) / determinant;
  if (Number.isFinite(flop) && flop >= 0 && element >= 0) return { flop, element };
  return { flop: secondsB / flops(b), element: 0 };
}

/** Measures as many calls as fit, after one to warm up; the fastest counts, since all else is noise. */
async function measure(engine: Engine, spec: ProgramSpec): Promise<number> {
  const session = await engine.open(spec);
  const count = session.updatesPerCall;
  const { inputs, classes } = spec.architecture;
  const images = new Float32Array(count * spec.batchSize * inputs).map((_, i) => Math.sin(i));
  const labels = new Int32Array(count * spec.batchSize).map((_, i) => i % classes);
  const coefficients = new Float32Array(count * OPTIMIZERS[spec.optimizer].coefficients.length * spec.trials);
  await session.update(images, labels, coefficients);
  const end = performance.now() + MEASUREMENT_SECONDS * 1000;
  let fastest = Number.POSITIVE_INFINITY;
  for (let call = 0; call < MEASUREMENT_CALLS && (call === 0 || performance.now() < end); call++) {
    const started = performance.now();
    await session.update(images, labels, coefficients);
    fastest = Math.min(fastest, (performance.now() - started) / 1000 / count);
  }
  await session.close();
  return fastest;
}

function memoryOf(trials: readonly Trial[], stacks: readonly Stack[], features: number): number {
  const examples = Math.max(0, ...trials.map(({ config }) => config.updates * config.batch_size));
  // Two buffers of the state outside the program, the updated one and its gradients inside it.
  const programs = stacks.map(
    ({ spec }) =>
      4 *
      spec.trials *
      parameterCount(spec.architecture) *
      (3 * (1 + OPTIMIZERS[spec.optimizer].moments.length) + 2),
  );
  return 4 * examples * features + Math.max(0, ...programs);
}
