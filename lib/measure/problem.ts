/** What is measured: one training problem at several hidden sizes, and how many trials of a size are trained together. */

import type { ByteEncoding } from "../datasets/encoding";
import { datasetShape } from "../datasets/shape";
import type { ProgramSpec } from "../optimizers/program";
import { DEFAULT_CONFIG, type TrialConfig } from "../studies/config";
import { type StackEngine, shapeOf, stackSize } from "../sweep/stacks";

/** A perceptron's task, but for its hidden size. */
export interface Problem {
  readonly inputs: number;
  readonly classes: number;
  readonly batchSize: number;
  /** Hidden layers. */
  readonly depth: number;
  /** Where images come as bytes, what a model is fed of them. */
  readonly encoding?: ByteEncoding | undefined;
}

/** The task of the default study. */
export const KANJI_PROBLEM = problemOn("kanji-1000");
export const KANJI_SIZES: readonly number[] = [8, 64, 512, 2048];

/** The task of the post: ImageNet at 32×32 pixels. */
export const GPU_PROBLEM = problemOn("imagenet-32");
export const GPU_SIZES: readonly number[] = [64, 512, 2048, 4096, 8192];

function problemOn(dataset: string): Problem {
  const { features, classes, encoding } = datasetShape({ name: dataset });
  return { inputs: features, classes, batchSize: 128, depth: 3, encoding };
}

/** Trials that the studies of the kit have of one size: no stack is larger. */
export const TRIALS_OF_A_SIZE = 36;

/**
 * Above the usual 1e-8, with which a gradient that is zero but for its rounding moves a parameter by a good part of the learning rate, and
 * engines would be compared by their rounding errors.
 */
const EPSILON = 1e-4;

export function configOf({ batchSize, depth }: Problem, hiddenSize: number, seed = 0): TrialConfig {
  const shape = { hidden_size: hiddenSize, depth, batch_size: batchSize };
  return { ...DEFAULT_CONFIG, ...shape, seed, learning_rate: 1e-3, epsilon: EPSILON };
}

export function specOf(problem: Problem, hiddenSize: number, trials: number): ProgramSpec {
  const data = { features: problem.inputs, classes: problem.classes, encoding: problem.encoding };
  return { ...shapeOf(configOf(problem, hiddenSize), data).spec, trials };
}

/** The stack that a study would train on an engine. */
export function usualStack(problem: Problem, hiddenSize: number, engine: StackEngine): number {
  return Math.min(TRIALS_OF_A_SIZE, stackSize(specOf(problem, hiddenSize, 1), engine));
}
