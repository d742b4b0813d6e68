/**
 * Studies invented from formulas, of which every statistic of the claims is known without the library:
 *
 *     loss(h, r) = 7 - 0.3 ln h + extra(h) + k (ln r/r*)²,   r* = best rate of size h,
 *
 * k = 0.001 below the best rate, so that small models at the rate of a larger one stay on their line, and `steep` above
 * it. Rates are apart by the factor 2^p, sizes by 2, and the best rate of size i is one step below that of size i - 1.
 */

import { parseStudy, type Study } from "../../lib/studies/study";
import { trialsOf } from "../../lib/studies/trials";
import type { TrialRecord } from "../../lib/sweep/record";

export const SIZES = Array.from({ length: 12 }, (_, i) => 4 * 2 ** i);
export const SEEDS = [0, 1, 2];
export const EASE = 1e-3;

export interface GridShape {
  /** The best rate falls as h^-p. */
  readonly p?: number;
  /** Nats for each squared e-fold above the best rate. */
  readonly steep?: number;
  /** Nats added at all rates of a size. */
  readonly extra?: (size: number) => number;
  /** Nats that the first seed lies below and the third above the second. */
  readonly spread?: number;
  /** How many steps the best rate of size i lies below the second highest rate; i unless given. */
  readonly bestStep?: (i: number) => number;
  readonly rates?: number;
  readonly diverges?: (size: number, rate: number, seed: number) => boolean;
  readonly sizes?: readonly number[];
  /** Fields of the declared study, and factors besides those of the grid. */
  readonly factors?: Readonly<Record<string, readonly (number | string)[]>>;
}

export interface InventedStudy {
  readonly study: Study;
  readonly records: TrialRecord[];
  /** Ascending. */
  readonly rates: readonly number[];
}

/** The rates of a grid, of which the second highest is 0.01. */
export function ratesOf(p: number, count: number): number[] {
  return Array.from({ length: count }, (_, j) => 0.01 * 2 ** (p * (j - (count - 2))));
}

/** The study and all its trials. */
export function inventedStudy(shape: GridShape = {}): InventedStudy {
  const { p = 0.43, steep = 0.55, extra = () => 0, spread = 0.002, bestStep = (i: number) => i } = shape;
  const { rates: count = 14, diverges = () => false, sizes = SIZES, factors = {} } = shape;
  const rates = ratesOf(p, count);
  const study = parseStudy(
    {
      name: "invented",
      dataset: { name: "kanji-1000" },
      base: { updates: 100 },
      factors: { hidden_size: sizes, learning_rate: rates, seed: SEEDS, ...factors },
    },
    "an invented study",
  );
  const records = trialsOf(study).map(({ id, factors: at }): TrialRecord => {
    const [size, rate, seed] = [at.hidden_size, at.learning_rate, at.seed] as [number, number, number];
    const steps = rates.indexOf(rate) - (count - 2 - bestStep(SIZES.indexOf(size)));
    const distance = steps * p * Math.log(2);
    const base = 7 - 0.3 * Math.log(size) + extra(size) + (steps > 0 ? steep : EASE) * distance ** 2;
    return recordOf(id, at, diverges(size, rate, seed) ? null : base + spread * (seed - 1));
  });
  return { study, records, rates };
}

/** A finished trial; without a loss a diverged one. */
export function recordOf(id: string, factors: TrialRecord["factors"], loss: number | null): TrialRecord {
  const common = { id, factors, engine: "invented", seconds: 1 };
  if (loss === null) return { ...common, curve: [[10, 6.9]], status: "diverged", diverged_at: 17 };
  return {
    ...common,
    status: "completed",
    loss,
    test_loss: loss + 0.1,
    test_accuracy: Math.exp(-loss),
    plateau: false,
    curve: [
      [50, loss + 0.5],
      [100, loss],
    ],
  };
}
