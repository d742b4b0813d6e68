/** The noise of seeds: how much the losses of one configuration differ by nothing but their first weights. */

import { sampleVariance } from "simple-statistics";
import type { SizeLosses } from "./fit";
import { studentQuantile } from "./student-t";

export interface SeedNoise {
  /** Standard deviation in nats of the losses of one size that differ in their seed, pooled; null without replicates. */
  readonly deviation: number | null;
  /** Degrees of freedom of that deviation. */
  readonly degrees: number;
}

/** Pools over the sizes: s² = Σ (n_i - 1) s_i² / Σ (n_i - 1). */
export function seedNoise(points: readonly SizeLosses[]): SeedNoise {
  const replicated = points.filter(({ losses }) => losses.length > 1);
  const degrees = replicated.reduce((sum, { losses }) => sum + losses.length - 1, 0);
  const squares = replicated.reduce(
    (sum, { losses }) => sum + (losses.length - 1) * sampleVariance([...losses]),
    0,
  );
  return { deviation: degrees === 0 ? null : Math.sqrt(squares / degrees), degrees };
}

/**
 * The largest difference between the means of `one` and `other` trials that the noise explains, in nats: that of
 * Student's test with the pooled deviation. Zero where the noise is unknown.
 */
export function explainedDifference(
  { deviation, degrees }: SeedNoise,
  one: number,
  other: number,
  level = 0.95,
): number {
  return deviation === null
    ? 0
    : studentQuantile(level, degrees) * deviation * Math.sqrt(1 / one + 1 / other);
}
