/** What a session is fed beside its batches: the state that trials start from, and the scalars of their updates. */

import { type InitializationOptions, initialParameter } from "../model/initialize";
import { OPTIMIZERS, type OptimizerOptions } from "../optimizers/optimizers";
import { type ProgramSpec, stateSpecs } from "../optimizers/program";
import type { State } from "./engine";

/** The initial parameters of each trial of the stack, and moments of zero. */
export function initialState(spec: ProgramSpec, trials: readonly InitializationOptions[]): State {
  const tensors = stateSpecs(spec).map(({ name, shape: [, rows, columns], parameter }) => {
    const values = new Float32Array(trials.length * rows * columns);
    trials.forEach((options, t) => {
      if (parameter) values.set(initialParameter(parameter, options), t * rows * columns);
    });
    return [name, values];
  });
  return Object.fromEntries(tensors);
}

/**
 * The scalars of some updates.
 *
 * @param trials of the stack, in its order
 * @param done updates that came before them
 * @returns [updates, coefficients of the optimiser, trials]
 */
export function coefficientTable(
  { optimizer }: ProgramSpec,
  trials: readonly OptimizerOptions[],
  updates: number,
  done = 0,
): Float32Array {
  const { coefficients, coefficientsAt } = OPTIMIZERS[optimizer];
  const table = new Float32Array(updates * coefficients.length * trials.length);
  trials.forEach((options, t) => {
    for (let k = 0; k < updates; k++) {
      coefficientsAt(options, done + k + 1).forEach((value, c) => {
        table[(k * coefficients.length + c) * trials.length + t] = value;
      });
    }
  });
  return table;
}
