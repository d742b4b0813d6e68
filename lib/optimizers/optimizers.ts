/**
 * The optimisers, on stacked parameters. Each states which moments it keeps of a parameter, which scalars an
 * update needs, and the update itself. The scalars are computed in float64 for every trial and update, schedule
 * and bias correction included, and reach the program as tensors: one program serves all trials of one shape.
 */

import type * as tf from "@tensorflow/tfjs";
import type { OptimizerName, TrialConfig } from "../studies/config";
import { type ScheduleOptions, scheduleFactor } from "./schedules";

/** The fields of a trial's configuration that an update depends on. */
export type OptimizerOptions = ScheduleOptions &
  Pick<TrialConfig, "learning_rate" | "batch_size" | "beta1" | "beta2" | "epsilon" | "momentum">;

export interface Optimizer {
  /** Names of the tensors kept of each parameter from one update to the next; they start at zero. */
  readonly moments: readonly string[];
  /** Names of the scalars of an update. */
  readonly coefficients: readonly string[];
  /** The scalars of one trial at an update counted from 1, in the order of `coefficients`. */
  coefficientsAt(options: OptimizerOptions, update: number): number[];
  /**
   * The parameter and its moments after the update.
   *
   * @param state parameter, then its moments, each [trials, rows, columns]
   * @param gradient of the loss summed over the batch, [trials, rows, columns]
   * @param coefficients each [trials, 1, 1]
   */
  update(state: readonly tf.Tensor[], gradient: tf.Tensor, coefficients: readonly tf.Tensor[]): tf.Tensor[];
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1) with the moments kept as plain decaying sums of the summed gradient G = n·g
 * over a batch of n. The factors that this leaves out meet in two scalars per update,
 *
 *     m ← β₁·m + G,   v ← β₂·v + G²,   θ ← θ − a·m / (√v + e)
 *     a = α·(1−β₁)/(1−β₁ᵗ) · c,   e = n·ε·c,   c = √((1−β₂ᵗ)/(1−β₂)),
 *
 * which is the same update in fewer passes over memory, and those passes are what Adam costs.
 */
const adam: Optimizer = {
  moments: ["mean", "square"],
  coefficients: ["beta1", "beta2", "rate", "epsilon"],
  coefficientsAt(options, update) {
    const { beta1, beta2, epsilon, batch_size } = options;
    const correction = Math.sqrt((1 - beta2 ** update) / (1 - beta2));
    const rate = (scheduledRate(options, update) * correction * (1 - beta1)) / (1 - beta1 ** update);
    return [beta1, beta2, rate, batch_size * epsilon * correction];
  },
  update([parameter, mean, square], gradient, [beta1, beta2, rate, epsilon]) {
    const newMean = mean!.mul(beta1!).add(gradient);
    const newSquare = square!.mul(beta2!).add(gradient.mul(gradient));
    const step = newMean.div(newSquare.sqrt().add(epsilon!)).mul(rate!);
    return [parameter!.sub(step), newMean, newSquare];
  },
};

/** Gradient descent: θ ← θ − (α/n)·G. */
const sgd: Optimizer = {
  moments: [],
  coefficients: ["rate"],
  coefficientsAt: (options, update) => [scheduledRate(options, update) / options.batch_size],
  update: ([parameter], gradient, [rate]) => [parameter!.sub(gradient.mul(rate!))],
};

/** Heavy-ball momentum (Polyak 1964), as deep learning writes it: b ← μ·b + G, θ ← θ − (α/n)·b. */
const momentum: Optimizer = {
  moments: ["velocity"],
  coefficients: ["momentum", "rate"],
  coefficientsAt: (options, update) => [
    options.momentum,
    scheduledRate(options, update) / options.batch_size,
  ],
  update([parameter, velocity], gradient, [decay, rate]) {
    const newVelocity = velocity!.mul(decay!).add(gradient);
    return [parameter!.sub(newVelocity.mul(rate!)), newVelocity];
  },
};

function scheduledRate(options: OptimizerOptions, update: number): number {
  return options.learning_rate * scheduleFactor(options, update);
}

export const OPTIMIZERS: Record<OptimizerName, Optimizer> = { adam, sgd, momentum };
