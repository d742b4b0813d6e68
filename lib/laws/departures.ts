/**
 * Losses held against laws of smaller sizes: how far each is off, and whether every form of law that the smaller sizes
 * leave standing says so, or only some. Fitting the laws is `candidates.ts`.
 */

import { mean } from "simple-statistics";
import type { Cell } from "../tables/cells";
import { type CandidateLaws, candidateLaws } from "./candidates";
import type { BootstrapOptions } from "./confidence";
import { studentQuantile } from "./distributions";
import type { SizeLosses } from "./fit";
import type { LawForm } from "./forms";
import type { Interval } from "./line";
import { aroundLoss, predictLoss } from "./prediction";
import { sizeRoles } from "./roles";
import { bestCaseSection, type GridFactors } from "./sections";

/**
 * `on_curve`: inside the interval of every form; `too_wide`: the same, but the interval would also hold a model that gained nothing over the
 * fitted ones, though it is at least twice as large, so that being inside says nothing; `depends`: inside that of some form, or between two;
 * `above` and `below`: worse or better than every form says; `diverged`: there is no loss.
 */
export type DepartureState = "on_curve" | "too_wide" | "depends" | "above" | "below" | "diverged";

/** The states as they are called in sentences. */
export const DEPARTURE_WORDS: Readonly<Record<DepartureState, string>> = {
  on_curve: "on the curve, whatever the form of the law",
  too_wide: "inside an interval too wide to tell",
  depends: "depends on the form of the law",
  above: "off the curve, worse than a tuned model, whatever the form of the law",
  below: "better than the curve, whatever the form of the law",
  diverged: "diverged, no loss",
};

/** What one form of law says of a size. */
export interface FormPrediction {
  readonly form: LawForm;
  /** In nats. */
  readonly expected: number;
  /** Where the mean of as many seeds should lie if this form is the true one. */
  readonly interval: Interval;
  /** Loss less expected, in nats; null where there is no loss. */
  readonly gap: number | null;
  readonly inside: boolean | null;
}

/** How far a loss is off the laws. */
export interface Departure {
  readonly size: number;
  /** Mean loss in nats; null where no trial completed. */
  readonly loss: number | null;
  /** By each admissible form. */
  readonly byForm: readonly FormPrediction[];
  /** What the chosen form expects, in nats. */
  readonly expected: number;
  /** From the lowest to the highest end of the forms' intervals: it covers whichever of them is the true form. */
  readonly interval: Interval;
  /** Loss less `expected`, in nats. */
  readonly gap: number | null;
  /** The largest gap that the noise of seeds explains, in nats; null where no size has two seeds. */
  readonly seedLimit: number | null;
  readonly state: DepartureState;
}

/**
 * Holds the losses of some trials of one size against the laws of others, be they a cell of a grid or a single run.
 *
 * The interval of a form is that of `predictLoss`, for the mean of as many seeds as the fitted sizes have; for fewer it
 * is widened by the seeds' noise, in quadrature. It is never narrower than t s / √n,
 * which the noise of n seeds alone takes, however well the fitted sizes happen to agree with the form.
 *
 * Simulated with truths of each form, the fitter not knowing which, 8 sizes, one or three seeds and a size 5 times as
 * large as the fitted ones, the hull of the intervals covers 94.7 % to 100 % of 300 draws in each of 18 cases, nominally
 * 95 %; the interval of the one form that forecast best covers 53 % to 95 % (test/laws/forms-coverage.test.ts).
 *
 * @param losses of the completed trials in nats; none where all diverged.
 */
export function departureFrom(
  laws: CandidateLaws,
  size: number,
  losses: readonly number[],
  options: BootstrapOptions = {},
): Departure {
  const { level = 0.95 } = options;
  const { noise, seeds, admissible, chosen } = laws;
  // Without a loss the interval is that of what the fitted sizes have: the mean of as many seeds.
  const count = losses.length || seeds;
  const noiseOfOne =
    noise === null ? null : studentQuantile(level, noise.degrees) * Math.sqrt(noise.variance);
  const seedLimit = noiseOfOne === null ? null : noiseOfOne / Math.sqrt(count);
  const more = (noiseOfOne ?? 0) * Math.sqrt(Math.max(0, 1 / count - 1 / seeds));
  const loss = losses.length === 0 ? null : mean([...losses]);
  const byForm = admissible.map(({ form, fit }): FormPrediction => {
    const { loss: expected, interval: own } = predictLoss(fit, size, options);
    const reach = Math.max(Math.hypot(own.high - expected, more), seedLimit ?? 0);
    const interval = aroundLoss(fit, expected, reach, level);
    return {
      form,
      expected,
      interval,
      gap: loss === null ? null : loss - expected,
      inside: loss === null ? null : loss >= interval.low && loss <= interval.high,
    };
  });
  const interval = {
    low: Math.min(...byForm.map((one) => one.interval.low)),
    high: Math.max(...byForm.map((one) => one.interval.high)),
    level,
  };
  const { expected, gap } = byForm.find(({ form }) => form === chosen.form)!;
  const state = stateOf(loss, byForm, interval, holdsNoGain(size, interval, laws.points));
  return { size, loss, byForm, expected, interval, gap, seedLimit, state };
}

/** Whether an interval also holds a model that is no better than the largest fitted one, though it is at least twice as large. */
function holdsNoGain(size: number, { high }: Interval, fitted: readonly SizeLosses[]): boolean {
  const last = fitted.at(-1)!;
  return size >= 2 * last.size && high >= mean([...last.losses]);
}

function stateOf(
  loss: number | null,
  byForm: readonly FormPrediction[],
  hull: Interval,
  tooWide: boolean,
): DepartureState {
  if (loss === null) return "diverged";
  if (loss > hull.high) return "above";
  if (loss < hull.low) return "below";
  if (!byForm.every(({ inside }) => inside)) return "depends";
  return tooWide ? "too_wide" : "on_curve";
}

/** The laws of tuned models: those of the best rate of each of the smaller sizes. */
export interface Curve {
  readonly status: "fitted";
  readonly laws: CandidateLaws;
  /** Losses of the best cell of each size, fitted or held out. */
  readonly points: readonly SizeLosses[];
  readonly fittedSizes: readonly number[];
  readonly notices: readonly string[];
}

/** The curve of tuned models, or why there is none. */
export type CurveOutcome =
  | Curve
  | {
      readonly status: "unavailable";
      readonly points: readonly SizeLosses[];
      readonly notices: readonly string[];
      readonly sentence: string;
    };

/**
 * Fits the curve to the best cells of the smaller sizes only: a large run is judged by small ones.
 *
 * @param options `fittedSizes` are the smaller two thirds of the sizes unless given.
 */
export function bestCaseCurve(
  cells: readonly Cell[],
  options: GridFactors & { readonly fittedSizes?: readonly number[] } = {},
): CurveOutcome {
  const { points, notices } = bestCaseSection(cells, options);
  const sizes = cells.map(({ factors }) => factors[options.size ?? "hidden_size"] as number);
  const fittedSizes = options.fittedSizes ?? sizeRoles(sizes).fitted;
  const laws = candidateLaws(points.filter(({ size }) => fittedSizes.includes(size)));
  return laws.status === "unavailable"
    ? { status: "unavailable", points, notices, sentence: `no curve of tuned models: ${laws.sentence}` }
    : {
        status: "fitted",
        laws,
        points,
        fittedSizes: laws.points.map(({ size }) => size),
        notices,
      };
}

/** A cell and its departure. */
export interface CellDeparture extends Departure {
  readonly rate: number;
  readonly cell: Cell;
  /** Whether the size is one of those that the curve was fitted to, so that it was judged by the others of them. */
  readonly fitted: boolean;
}

/**
 * The departures of all cells of a grid, in their order; none where there is no curve.
 *
 * A size that the curve was fitted to would be judged by itself. It is judged by the laws of the other fitted sizes,
 * in the same forms; where too few are left for a law, by the curve as it is.
 */
export function departures(
  curve: CurveOutcome,
  cells: readonly Cell[],
  options: GridFactors & BootstrapOptions = {},
): CellDeparture[] {
  if (curve.status === "unavailable") return [];
  const { size: sizeName = "hidden_size", rate: rateName = "learning_rate" } = options;
  const judges = new Map<number, CandidateLaws>();
  return cells.map((cell) => {
    const size = cell.factors[sizeName] as number;
    const fitted = curve.fittedSizes.includes(size);
    const laws = judges.get(size) ?? (fitted ? lawsWithout(curve.laws, size) : curve.laws);
    judges.set(size, laws);
    return {
      ...departureFrom(laws, size, cell.values, options),
      rate: cell.factors[rateName] as number,
      cell,
      fitted,
    };
  });
}

/** The admissible laws fitted to the other sizes. */
function lawsWithout(laws: CandidateLaws, size: number): CandidateLaws {
  const others = candidateLaws(laws.points.filter((point) => point.size !== size));
  if (others.status === "unavailable") return laws;
  const admissible = others.fitted.filter(({ form }) => laws.admissible.some((law) => law.form === form));
  if (admissible.length === 0) return laws;
  const chosen = admissible.find(({ form }) => form === laws.chosen.form) ?? admissible[0]!;
  return { ...others, admissible, chosen, noise: laws.noise, allRefuted: laws.allRefuted };
}
