/**
 * Laws as they might come out, were a fitted law and its noise the truth: the parametric bootstrap behind prediction
 * intervals, and behind confidence intervals where there are no seeds to draw again.
 */

import { quantileSorted } from "simple-statistics";
import { randomStream } from "../random/stream";
import { type LawFit, refitter } from "./fit";
import { type Law, lossAt } from "./forms";
import type { Interval } from "./line";

export interface SimulatedLaw {
  readonly law: Law;
  /** The noise of one further loss in nats, drawn with the same noise level as the losses that made the law. */
  readonly noise: number;
}

/** What was simulated, by fit: one bootstrap answers for all sizes that a law is asked about. */
const simulated = new WeakMap<LawFit, { replicates: number; seed: number; laws: SimulatedLaw[] }>();

/**
 * Each replicate draws a noise level σ*² = s² ν / χ²_ν, then losses at the fitted sizes = law + σ* · normal, and fits
 * the law anew. Drawing σ* carries over how little is known of the noise from ν degrees of freedom; for a line fitted
 * by least squares it makes the percentiles those of Student's t.
 *
 * @param seed equal seeds give equal laws.
 */
export function simulateLaws(fit: LawFit, replicates: number, seed: number): readonly SimulatedLaw[] {
  const known = simulated.get(fit);
  if (known?.replicates === replicates && known.seed === seed) return known.laws;
  const laws = drawLaws(fit, replicates, seed);
  simulated.set(fit, { replicates, seed, laws });
  return laws;
}

/**
 * The noise of one loss in nats. Outliers that Huber's loss bends count in full: the robust deviation of a dozen residuals or fewer is too
 * small, and prediction intervals made of it covered 79 to 94 % instead of 95 % of losses simulated at 4 to 12 sizes, and none at 3.
 */
function noiseDeviation({ residuals, degreesOfFreedom, residualStandardDeviation }: LawFit): number {
  const squares = residuals.reduce((sum, residual) => sum + residual ** 2, 0);
  return Math.max(residualStandardDeviation, Math.sqrt(squares / degreesOfFreedom));
}

function drawLaws(fit: LawFit, replicates: number, seed: number): SimulatedLaw[] {
  const stream = randomStream("parametric bootstrap", seed);
  const refit = refitter(fit);
  const { points, degreesOfFreedom } = fit;
  const fitted = points.map((point) => lossAt(fit.law, point.size));
  const deviation = noiseDeviation(fit);
  const normals = new Float64Array(degreesOfFreedom + points.length + 1);
  return Array.from({ length: replicates }, (_, replicate) => {
    stream.normal(replicate, normals);
    const chiSquared = normals.subarray(0, degreesOfFreedom).reduce((sum, normal) => sum + normal ** 2, 0);
    const sigma = deviation * Math.sqrt(degreesOfFreedom / chiSquared);
    const noise = normals.subarray(degreesOfFreedom).map((normal) => sigma * normal);
    return { law: refit(fitted.map((loss, i) => loss + noise[i]!)), noise: noise[points.length]! };
  });
}

/** The central interval of a sample that covers a share `level` of it. */
export function percentileInterval(sample: readonly number[], level: number): Interval {
  const sorted = [...sample].sort((one, other) => one - other);
  return {
    low: quantileSorted(sorted, (1 - level) / 2),
    high: quantileSorted(sorted, (1 + level) / 2),
    level,
  };
}
