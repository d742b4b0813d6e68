/**
 * The best-case law as an instrument: how far a loss is off the curve of tuned models, whether the noise of seeds can
 * explain that, and whether the law is sure enough of itself to say so.
 */

import { mean } from "simple-statistics";
import type { Cell } from "../tables/cells";
import { chooseForm, type FormChoice } from "./choice";
import type { BootstrapOptions } from "./confidence";
import { studentQuantile } from "./distributions";
import { fitLaw, type LawFit, type SizeLosses } from "./fit";
import type { Interval } from "./line";
import { predictLoss } from "./prediction";
import { bestCaseSection, type GridFactors } from "./sections";
import { seedNoise } from "./seed-noise";

/** The curve of tuned models. */
export interface Curve {
  readonly fit: LawFit;
  readonly choice: FormChoice;
  /** Losses of the best cell of each size. */
  readonly points: readonly SizeLosses[];
  /** Losses a size, where they differ the fewest. */
  readonly seeds: number;
  /** Standard deviation in nats of the losses of one size that differ in their seed, pooled; null without replicates. */
  readonly seedDeviation: number | null;
  /** Degrees of freedom of that deviation. */
  readonly seedDegrees: number;
  /** Nominal coverage of all its intervals. */
  readonly level: number;
  readonly notices: readonly string[];
}

/**
 * `within_seeds`: other seeds could explain it; `within_law`: beyond that, but the law's interval still holds it;
 * `above` and `below`: off the curve; `diverged`: there is no loss.
 */
export type DepartureState = "within_seeds" | "within_law" | "above" | "below" | "diverged";

/** How far a loss is off the curve. */
export interface Departure {
  readonly size: number;
  /** Mean loss in nats; null where no trial completed. */
  readonly loss: number | null;
  /** The curve's loss, and the interval in which the mean of as many seeds should lie. */
  readonly expected: number;
  readonly interval: Interval;
  /** Loss less expected, in nats. */
  readonly gap: number | null;
  /** The largest gap that the noise of seeds explains, in nats; null where no size has two seeds. */
  readonly seedLimit: number | null;
  readonly state: DepartureState;
}

/** The states as they are called in sentences. */
export const DEPARTURE_WORDS: Readonly<Record<DepartureState, string>> = {
  within_seeds: "within the noise of seeds",
  within_law: "beyond the noise of seeds, within the law's interval",
  above: "off the curve, worse than a tuned model",
  below: "off the curve, better than the law says",
  diverged: "diverged, no loss",
};

/**
 * Fits the curve to the best cell of every size, in the form that predicts held-out sizes best, or else as a line in
 * the logarithm of the size.
 *
 * @throws where fewer than three sizes have a rate without diverged trials.
 */
export function bestCaseCurve(cells: readonly Cell[], options: GridFactors & BootstrapOptions = {}): Curve {
  const { points, notices } = bestCaseSection(cells, options);
  const choice = chooseForm(points);
  const fit = fitLaw(points, choice.status === "chosen" ? choice.form : "logarithmic");
  if (fit.status === "too_few_points") throw new Error(`no curve of tuned models: ${fit.sentence}`);
  const noise = seedNoise(points.map(({ losses }) => losses));
  return {
    fit,
    choice,
    points,
    seeds: Math.min(...points.map(({ losses }) => losses.length)),
    seedDeviation: noise === null ? null : Math.sqrt(noise.variance),
    seedDegrees: noise?.degrees ?? 0,
    level: options.level ?? 0.95,
    notices,
  };
}

/**
 * Holds the losses of some trials of one size against the curve, be they a cell of the grid or a single run.
 *
 * The noise of seeds explains a gap up to t s / √n. The law's interval is that of `predictLoss`, which is for the mean
 * of as many seeds as the fitted sizes have; for fewer it is widened by the seeds' noise, in quadrature.
 *
 * @param losses of the completed trials in nats; none where all diverged.
 */
export function departureFrom(
  curve: Curve,
  size: number,
  losses: readonly number[],
  options: BootstrapOptions = {},
): Departure {
  const { seedDeviation, seedDegrees, seeds, level } = curve;
  const prediction = predictLoss(curve.fit, size, { ...options, level });
  const expected = prediction.loss;
  const t = seedDeviation === null ? 0 : studentQuantile(level, seedDegrees);
  const noise = t * (seedDeviation ?? 0);
  const more = losses.length === 0 ? 0 : noise * Math.sqrt(Math.max(0, 1 / losses.length - 1 / seeds));
  const interval = {
    low: expected - Math.hypot(expected - prediction.interval.low, more),
    high: expected + Math.hypot(prediction.interval.high - expected, more),
    level,
  };
  const seedLimit = seedDeviation === null ? null : noise / Math.sqrt(Math.max(1, losses.length));
  const common = { size, expected, interval, seedLimit };
  if (losses.length === 0) return { ...common, loss: null, gap: null, state: "diverged" };
  const loss = mean([...losses]);
  const gap = loss - expected;
  return { ...common, loss, gap, state: stateOf(gap, loss, interval, seedLimit) };
}

function stateOf(gap: number, loss: number, { low, high }: Interval, limit: number | null): DepartureState {
  if (limit !== null && Math.abs(gap) <= limit) return "within_seeds";
  if (loss >= low && loss <= high) return "within_law";
  return gap > 0 ? "above" : "below";
}

/** A cell and its departure. */
export interface CellDeparture extends Departure {
  readonly rate: number;
  readonly cell: Cell;
}

/** The departures of all cells of a grid, in their order. */
export function departures(
  curve: Curve,
  cells: readonly Cell[],
  options: GridFactors & BootstrapOptions = {},
): CellDeparture[] {
  const { size: sizeName = "hidden_size", rate: rateName = "learning_rate" } = options;
  return cells.map((cell) => ({
    ...departureFrom(curve, cell.factors[sizeName] as number, cell.values, options),
    rate: cell.factors[rateName] as number,
    cell,
  }));
}
