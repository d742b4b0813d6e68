/**
 * Confidence intervals of a law's parameters by the bootstrap. The interval for an unseen size is `prediction.ts`.
 */

import { mean, sampleStandardDeviation } from "simple-statistics";
import { randomStream } from "../random/stream";
import { type LawFit, refitter } from "./fit";
import type { Law } from "./forms";
import type { Interval } from "./line";
import { percentileInterval, simulateLaws } from "./simulation";

/** How an interval is found by drawing the data again. */
export interface BootstrapOptions {
  /** Nominal coverage; 0.95 unless given. */
  readonly level?: number;
  /** How often the data are drawn again and fitted; 1000 unless given. */
  readonly replicates?: number;
  /** Seed of the drawing; 0 unless given. Equal seeds give equal intervals. */
  readonly seed?: number;
}

/** Intervals by parameter name. */
export interface ParameterIntervals {
  /** How the intervals were made: from seeds drawn again, or where some size has a single loss from simulated noise. */
  readonly method: "bootstrap_over_seeds" | "parametric_bootstrap";
  readonly replicates: number;
  readonly intervals: Readonly<Record<string, Interval>>;
}

/**
 * Percentile intervals of the parameters of a fitted law.
 *
 * With at least two losses at every size the seeds are drawn again with replacement within each size: the intervals
 * then say how far the law would move with other seeds, and nothing about whether it is the right form. Means of n
 * losses drawn so vary by (n - 1) / n too little, which with three seeds would cost a third of the variance; their
 * deviations are therefore enlarged by √(n / (n - 1)) (Rao and Wu 1988). Means of more than a hundred losses are drawn from
 * the normal distribution that they then have. With a single loss somewhere, the intervals
 * come from losses simulated with the residuals' noise (`simulation.ts`); for a line these are Student's t intervals.
 */
export function confidenceIntervals(fit: LawFit, options: BootstrapOptions = {}): ParameterIntervals {
  const { level = 0.95, replicates = 1000, seed = 0 } = options;
  const overSeeds = fit.points.every(({ losses }) => losses.length > 1);
  const laws = overSeeds
    ? bootstrapLaws(fit, replicates, seed)
    : simulateLaws(fit, replicates, seed).map(({ law }) => law);
  const names = Object.keys(fit.law.parameters);
  return {
    method: overSeeds ? "bootstrap_over_seeds" : "parametric_bootstrap",
    replicates,
    intervals: Object.fromEntries(
      names.map((name) => [
        name,
        percentileInterval(
          laws.map((law) => parameter(law, name)),
          level,
        ),
      ]),
    ),
  };
}

/** From so many losses on, the mean of losses drawn again is normal to within the percentiles' own error. */
const MANY_LOSSES = 100;

/** The laws of losses whose seeds were drawn again within each size. */
function bootstrapLaws(fit: LawFit, replicates: number, seed: number): Law[] {
  const { points } = fit;
  const stream = randomStream("bootstrap over seeds", seed);
  const refit = refitter(fit);
  const centers = points.map(({ losses }) => mean([...losses]));
  const errors = points.map(({ losses }) => sampleStandardDeviation([...losses]) / Math.sqrt(losses.length));
  const normals = new Float64Array(points.length);
  return Array.from({ length: replicates }, (_, replicate) => {
    stream.normal(replicate, normals);
    return refit(
      points.map(({ losses }, i) => {
        const center = centers[i]!;
        if (losses.length > MANY_LOSSES) return center + errors[i]! * normals[i]!;
        const chosen = new Int32Array(losses.length);
        stream.integers(replicate * points.length + i, losses.length, chosen);
        const drawn = mean(Array.from(chosen, (index) => losses[index]!));
        return center + Math.sqrt(losses.length / (losses.length - 1)) * (drawn - center);
      }),
    );
  });
}

function parameter(law: Law, name: string): number {
  return (law.parameters as Readonly<Record<string, number>>)[name]!;
}
