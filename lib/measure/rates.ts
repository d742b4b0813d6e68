/** What follows from measured rates: the part of what the device can do, and the hours of a study. */

import { parameterCount, updateFlops } from "../model/mlp";
import { OPTIMIZERS } from "../optimizers/optimizers";
import type { Study } from "../studies/study";
import { trialsOf } from "../studies/trials";
import { type Problem, specOf } from "./problem";

/** Operations of the matrix products of one trial-step. */
export function stepFlops(problem: Problem, hiddenSize: number): number {
  const { architecture, batchSize } = specOf(problem, hiddenSize, 1);
  return updateFlops(architecture, batchSize);
}

/**
 * The least that one trial-step moves to and from memory, in bytes, where the state of a stack does not fit a cache: parameters and moments are
 * read and written once by the update, gradients written and read once, and the weights read by the products forward and backward. Adam: 40
 * bytes for each parameter.
 */
export function stepBytes(problem: Problem, hiddenSize: number): number {
  const { architecture, optimizer } = specOf(problem, hiddenSize, 1);
  const state = 1 + OPTIMIZERS[optimizer].moments.length;
  return 4 * parameterCount(architecture) * (2 * state + 2 + 2);
}

/**
 * Hours of training a study, from trial-steps per second at each of its hidden sizes.
 *
 * @returns undefined where a size was not measured
 */
export function studyHours(study: Study, rates: ReadonlyMap<number, number>): number | undefined {
  let seconds = 0;
  for (const { config } of trialsOf(study)) {
    const rate = rates.get(config.hidden_size);
    if (rate === undefined) return undefined;
    seconds += config.updates / rate;
  }
  return seconds / 3600;
}

/** The hidden sizes of a study, ascending. */
export function studySizes(study: Study): number[] {
  return [...new Set(trialsOf(study).map(({ config }) => config.hidden_size))].sort((a, b) => a - b);
}
