/** What a run will cost, from its size and two seconds of measurement on this machine. */

import type { Engine } from "../engines/engine";
import { parameterCount } from "../model/mlp";
import { OPTIMIZERS } from "../optimizers/optimizers";
import type { ProgramSpec } from "../optimizers/program";
import type { Trial } from "../studies/trials";
import { type StandingStack, standingStacks } from "./checkpoint-stacks";
import { measureUpdate, stackUpdateFlops } from "./estimate-measure";
import { freeMemory, memoryOf, requireMemory } from "./estimate-memory";
import { trainingExamples } from "./examples";
import { stackFlops } from "./run";
import type { ProgramData } from "./stacks";

/** What trials will cost. */
export interface Estimate {
  readonly trials: number;
  readonly trialSteps: number;
  readonly flops: number;
  /** Largest memory that the process will take, in bytes; what the data set holds of its files is not in it. */
  readonly memoryBytes: number;
  readonly seconds: number;
  /** Expected time of one update of a stack, in seconds. */
  readonly secondsPerUpdate: (spec: ProgramSpec) => number;
}

/** What an estimate has to know beside trials, data and engine. */
export interface EstimateOptions {
  /** Updates that trials have done by their checkpoints, by id; none unless given. */
  readonly standing?: ReadonlyMap<string, number> | undefined;
  /** Held-out examples that the study measures on; 0 unless given. */
  readonly heldOut?: number | undefined;
}

/**
 * Estimates training the given trials.
 *
 * The time of an update is taken as a·flops + b·(elements that element-wise operations pass over), with a and b
 * from measuring the cheapest shape and one of about a third of the hidden size of the dearest.
 *
 * @param trials at least one
 * @throws ResultsError where they do not fit into this machine's memory
 */
export async function estimateRun(
  trials: readonly Trial[],
  dataset: ProgramData,
  engine: Engine,
  { standing = new Map(), heldOut = 0 }: EstimateOptions = {},
): Promise<Estimate> {
  const stacks = standingStacks(trials, standing, dataset, engine);
  const examples = { training: trainingExamples(trials), heldOut };
  requireMemory(stacks, engine, examples);
  const [cheap, middle] = programsToMeasure(stacks, (stack) => memoryOf(stack, engine, examples).total);
  const rates = ratesFrom(
    [cheap, await measureUpdate(engine, cheap)],
    [middle, await measureUpdate(engine, middle)],
  );
  const secondsPerUpdate = (spec: ProgramSpec) =>
    rates.flop * stackUpdateFlops(spec) + rates.element * elements(spec);
  const sum = (part: (stack: StandingStack) => number) =>
    stacks.reduce((total, stack) => total + part(stack), 0);
  const share = ({ updates, done }: StandingStack) => (updates - done) / updates;
  return {
    trials: trials.length,
    trialSteps: sum(({ trials, updates, done }) => trials.length * (updates - done)),
    flops: sum((stack) => stackFlops(stack) * share(stack)),
    memoryBytes: stacks.reduce((most, stack) => Math.max(most, memoryOf(stack, engine, examples).total), 0),
    seconds: sum(({ spec, updates, done }) => (updates - done) * secondsPerUpdate(spec)),
    secondsPerUpdate,
  };
}

/** The cheapest program, and the widest that is a third as wide as the widest and for which there is memory. */
function programsToMeasure(stacks: readonly StandingStack[], memory: (stack: StandingStack) => number) {
  const cost = ({ spec, updates }: StandingStack) =>
    parameterCount(spec.architecture) * spec.batchSize * updates;
  const sorted = stacks.toSorted((a, b) => cost(a) - cost(b));
  const [cheap, dear] = [sorted[0]!, sorted.at(-1)!];
  const free = freeMemory();
  const middle =
    sorted.findLast(
      (stack) =>
        stack.spec.architecture.hidden_size <= dear.spec.architecture.hidden_size / 3 &&
        memory(stack) <= free,
    ) ?? (memory(dear) <= free ? dear : cheap);
  return [cheap.spec, middle.spec] as const;
}

/** Elements that the optimiser and the activations pass over in one update of the stack. */
function elements({ architecture, optimizer, batchSize, trials }: ProgramSpec): number {
  const { classes, depth, hidden_size } = architecture;
  const state = 4 * parameterCount(architecture) * (1 + OPTIMIZERS[optimizer].moments.length);
  return trials * (state + 8 * batchSize * (classes + depth * hidden_size));
}

/** Seconds for a flop and for an element: two equations, neither answer below zero. */
function ratesFrom([a, secondsA]: [ProgramSpec, number], [b, secondsB]: [ProgramSpec, number]) {
  const [flopsA, flopsB] = [stackUpdateFlops(a), stackUpdateFlops(b)];
  const determinant = flopsA * elements(b) - flopsB * elements(a);
  const flop = (secondsA * elements(b) - secondsB * elements(a)) / determinant;
  const element = (flopsA * secondsB - flopsB * secondsA) / determinant;
  if (Number.isFinite(flop) && flop >= 0 && element >= 0) return { flop, element };
  return { flop: secondsB / flopsB, element: 0 };
}
