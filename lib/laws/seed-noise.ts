/** The noise of seeds: how much the losses of one configuration differ by nothing but their first weights. */

import { sumNthPowerDeviations } from "simple-statistics";
import { studentQuantile } from "./distributions";

/** A pooled variance, in the squared unit of the values, and its degrees of freedom. */
export interface SeedNoise {
  readonly variance: number;
  readonly degrees: number;
}

/**
 * Pools over samples whose values differ in nothing but their seed: s² = Σ (n_i - 1) s_i² / Σ (n_i - 1).
 *
 * @returns null where no sample has two values.
 */
export function seedNoise(samples: readonly (readonly number[])[]): SeedNoise | null {
  const replicated = samples.filter(({ length }) => length > 1);
  if (replicated.length === 0) return null;
  const degrees = replicated.reduce((sum, { length }) => sum + length - 1, 0);
  const squares = replicated.reduce((sum, values) => sum + sumNthPowerDeviations([...values], 2), 0);
  return { variance: squares / degrees, degrees };
}

/**
 * The largest difference between the means of `one` and `other` trials that the noise explains: that of Student's test
 * with the pooled deviation, t s √(1 / one + 1 / other). Zero where the noise is unknown.
 */
export function explainedDifference(
  noise: SeedNoise | null,
  one: number,
  other: number,
  level = 0.95,
): number {
  return noise === null
    ? 0
    : studentQuantile(level, noise.degrees) * Math.sqrt(noise.variance * (1 / one + 1 / other));
}
