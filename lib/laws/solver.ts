/**
 * Least squares and Huber's robust loss for any form of law, over the whole range of its exponent or near a known one.
 * What a fit is, and how it is said to have ended, is `fit.ts`.
 *
 * All forms are offset + factor · g(u), where g is u itself or e^(-α (u - u₀)). For a given exponent α they are lines in
 * g, which have a closed form; what is left to search is the exponent alone (variable projection: Golub and Pereyra
 * 1973). The derivative of that search is exact, for the line is at its optimum: only α moves the objective.
 */

import { EXPONENT_RANGES, type LawForm } from "./forms";

/** Points in the solver's coordinates: u = ln(h / h̄), y = loss over the mean loss. */
export interface SolverPoints {
  readonly u: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** The curve offset + factor · g(u). */
export interface Solution {
  readonly offset: number;
  readonly factor: number;
  /** α; 0 for a line in u. */
  readonly exponent: number;
  /** u₀, where g is 1; 0 for a line in u. It keeps g from overflowing. */
  readonly origin: number;
  /** Sum of squared residuals, or with Huber's loss twice its sum: the same for residuals below delta. */
  readonly objective: number;
  /** Derivative of the objective by α. */
  readonly slope: number;
}

/** Huber's delta that bends nothing: plain least squares. */
export const NO_DELTA = Number.POSITIVE_INFINITY;

/** Exponents at which a search over the whole range looks for minima, eight a decade. */
const MAGNITUDES = Array.from({ length: 33 }, (_, i) => 10 ** (i / 8 - 3));
const ROBUST_TURNS = 100;

/**
 * All minima of the objective over the range of a form's exponent, ascending by exponent; the ends of the range count
 * where the objective falls towards them.
 */
export function minimaOf(form: LawForm, points: SolverPoints, delta: number): Solution[] {
  const range = EXPONENT_RANGES[form];
  if (range === null) return [lineAt(form, points, delta, 0)];
  const exponents = [...MAGNITUDES.map((alpha) => -alpha).reverse(), 0, ...MAGNITUDES].filter(
    (alpha) => alpha >= range.low && alpha <= range.high,
  );
  const scanned = exponents.map((alpha) => lineAt(form, points, delta, alpha));
  const [first, last] = [scanned[0]!, scanned.at(-1)!];
  return [
    ...(first.slope >= 0 ? [first] : []),
    ...scanned.slice(1).flatMap((right, i) => {
      const left = scanned[i]!;
      return left.slope < 0 && right.slope >= 0 ? [between(form, points, delta, left, right)] : [];
    }),
    ...(last.slope < 0 ? [last] : []),
  ];
}

/**
 * The solution for data that resemble those of which `exponent` is the solution: the next minimum downhill.
 *
 * A floor adds a second valley, in which it is 0 and the law a plain power law; where it would be 0 at the exponent of
 * such a law, that valley is searched too, and the lower minimum taken.
 */
export function solveNear(form: LawForm, points: SolverPoints, delta: number, exponent: number): Solution {
  if (EXPONENT_RANGES[form] === null) return lineAt(form, points, delta, 0);
  const solution = downhill(form, points, delta, exponent);
  if (form !== "power_with_floor" || solution.offset === 0) return solution;
  const plain = lineAt(form, points, delta, withinRange(form, exponentInLogs(points)));
  return plain.offset > 0 ? solution : leastOf([solution, downhill(form, points, delta, plain.exponent)]);
}

/** The exponent of the power law that is a line between the logarithms. */
function exponentInLogs({ u, y }: SolverPoints): number {
  const logs = Array.from(y, (loss) => Math.log(Math.max(loss, 1e-12)));
  return -weightedLine("logarithmic", u, logs).factor;
}

function withinRange(form: LawForm, exponent: number): number {
  const { low, high } = EXPONENT_RANGES[form]!;
  return Math.min(high, Math.max(low, exponent));
}

/** The solution with the lowest objective, of several the first. */
export function leastOf(solutions: readonly Solution[]): Solution {
  return solutions.reduce((least, solution) => (solution.objective < least.objective ? solution : least));
}

/** The value of a solution at u. */
export function valueAt(form: LawForm, { offset, factor, exponent, origin }: Solution, u: number): number {
  return offset + factor * (form === "logarithmic" ? u : Math.exp(-exponent * (u - origin)));
}

/**
 * Whether a solution is a stationary point: the cosine between the residuals and each column of the Jacobian, which
 * vanishes there, is below 1e-4 (the test `gtol` of MINPACK), or nothing is left to explain.
 */
export function isStationary(
  form: LawForm,
  solution: Solution,
  points: SolverPoints,
  delta: number,
): boolean {
  const { u, y } = points;
  if (!(Math.sqrt(solution.objective / y.length) >= 1e-7)) return Number.isFinite(solution.objective);
  // ψ(r), the derivative of Huber's loss.
  const influence = Array.from(u, (value, i) =>
    Math.max(-delta, Math.min(delta, y[i]! - valueAt(form, solution, value))),
  );
  const { exponent, origin } = solution;
  const g = Array.from(u, (value) =>
    form === "logarithmic" ? value : Math.exp(-exponent * (value - origin)),
  );
  const columns = [
    ...(form === "power" ? [] : [g.map(() => 1)]),
    g,
    ...(form === "logarithmic" ? [] : [g.map((value, i) => (u[i]! - origin) * value)]),
  ];
  return columns.every((column) => {
    const product = column.reduce((sum, partial, i) => sum + partial * influence[i]!, 0);
    return Math.abs(product) <= 1e-4 * Math.hypot(...column) * Math.hypot(...influence);
  });
}

/** A line in g. */
interface GLine {
  readonly offset: number;
  readonly factor: number;
}

/** The best line in g for a given exponent. `near` is the line of a similar exponent. */
function lineAt(
  form: LawForm,
  points: SolverPoints,
  delta: number,
  exponent: number,
  near?: GLine,
): Solution {
  const { u, y } = points;
  const origin = form === "logarithmic" ? 0 : endOf(u, exponent > 0);
  const g = new Float64Array(u.length);
  for (let i = 0; i < g.length; i++) {
    g[i] = form === "logarithmic" ? u[i]! : Math.exp(-exponent * (u[i]! - origin));
  }
  const line =
    delta === NO_DELTA
      ? weightedLine(form, g, y)
      : robustLine(form, g, y, delta, near ?? weightedLine(form, g, y));
  let slope = 0;
  for (let i = 0; i < g.length; i++) {
    const residual = y[i]! - line.offset - line.factor * g[i]!;
    slope += 2 * Math.max(-delta, Math.min(delta, residual)) * line.factor * (u[i]! - origin) * g[i]!;
  }
  return {
    ...line,
    exponent,
    origin,
    objective: objectiveOf(line, g, y, delta),
    slope: form === "logarithmic" ? 0 : slope,
  };
}

function objectiveOf(
  { offset, factor }: GLine,
  g: ArrayLike<number>,
  y: ArrayLike<number>,
  delta: number,
): number {
  let objective = 0;
  for (let i = 0; i < g.length; i++) {
    const size = Math.abs(y[i]! - offset - factor * g[i]!);
    objective += size <= delta ? size ** 2 : 2 * delta * size - delta ** 2;
  }
  return objective;
}

/**
 * The line of Huber's loss, which is convex. Newton's step takes the residuals beyond delta for what they are, pulls of
 * constant strength, and ends in a few turns; where it does not descend, weights of δ / |r| do (Huber, "Robust
 * Statistics", 1981).
 */
function robustLine(
  form: LawForm,
  g: ArrayLike<number>,
  y: ArrayLike<number>,
  delta: number,
  start: GLine,
): GLine {
  const weights = new Float64Array(g.length);
  const pulls = new Float64Array(g.length);
  let line = start;
  let objective = objectiveOf(line, g, y, delta);
  const step = (weightBeyond: (size: number) => number, pull: number) => {
    for (let i = 0; i < g.length; i++) {
      const residual = y[i]! - line.offset - line.factor * g[i]!;
      const beyond = Math.abs(residual) > delta;
      weights[i] = beyond ? weightBeyond(Math.abs(residual)) : 1;
      pulls[i] = beyond ? pull * Math.sign(residual) : 0;
    }
    return weightedLine(form, g, y, weights, pulls);
  };
  for (let turn = 0; turn < ROBUST_TURNS; turn++) {
    let next = step(() => 0, delta);
    let reached = objectiveOf(next, g, y, delta);
    if (!(reached <= objective * (1 + 1e-12))) {
      next = step((size) => delta / size, 0);
      reached = objectiveOf(next, g, y, delta);
    }
    const moved = Math.abs(next.offset - line.offset) + Math.abs(next.factor - line.factor);
    [line, objective] = [next, reached];
    if (!(moved > 1e-13 * (Math.abs(line.offset) + Math.abs(line.factor)))) break;
  }
  return line;
}

/**
 * The line that minimises Σ w (y - line)² - 2 Σ pull · line: least squares unless given more. A power law has no
 * offset, and with a floor neither part is negative.
 */
function weightedLine(
  form: LawForm,
  g: ArrayLike<number>,
  y: ArrayLike<number>,
  weights?: Float64Array,
  pulls?: Float64Array,
): GLine {
  let [total, sumG, sumY] = [0, 0, 0];
  for (let i = 0; i < g.length; i++) {
    const weight = weights === undefined ? 1 : weights[i]!;
    total += weight;
    sumG += weight * g[i]!;
    sumY += weight * y[i]! + (pulls === undefined ? 0 : pulls[i]!);
  }
  const [meanG, meanY] = form === "power" ? [0, 0] : [sumG / total, sumY / total];
  let [squares, products] = [0, 0];
  for (let i = 0; i < g.length; i++) {
    const weight = weights === undefined ? 1 : weights[i]!;
    const pull = pulls === undefined ? 0 : pulls[i]!;
    squares += weight * (g[i]! - meanG) ** 2;
    products += (g[i]! - meanG) * (weight * (y[i]! - meanY) + pull);
  }
  const factor = products / squares;
  const offset = meanY - factor * meanG;
  if (form !== "power_with_floor" || (offset >= 0 && factor >= 0)) return { offset, factor };
  return factor < 0
    ? { offset: meanY, factor: 0 }
    : { ...weightedLine("power", g, y, weights, pulls), offset: 0 };
}

/** From an exponent down to the next minimum, with steps that double, then between the last two. */
function downhill(form: LawForm, points: SolverPoints, delta: number, exponent: number): Solution {
  let here = lineAt(form, points, delta, withinRange(form, exponent));
  const direction = here.slope > 0 ? -1 : 1;
  let step = Math.max(0.05 * Math.abs(exponent), 0.005);
  while (true) {
    const next = lineAt(form, points, delta, withinRange(form, here.exponent + direction * step), here);
    if (next.exponent === here.exponent) return here;
    if (next.slope * direction >= 0) {
      return direction > 0
        ? between(form, points, delta, here, next)
        : between(form, points, delta, next, here);
    }
    here = next;
    step *= 2;
  }
}

/** The minimum between two exponents, where the slope changes its sign: by false position (Dowell and Jarratt 1971). */
function between(
  form: LawForm,
  points: SolverPoints,
  delta: number,
  left: Solution,
  right: Solution,
): Solution {
  let [low, high] = [left, right];
  let [slopeLow, slopeHigh] = [low.slope, high.slope];
  let middle = leastOf([left, right]);
  for (let step = 0; step < 60 && high.exponent - low.exponent > 1e-12 * Math.abs(high.exponent); step++) {
    const share = slopeLow === slopeHigh ? 0.5 : slopeLow / (slopeLow - slopeHigh);
    const exponent = low.exponent + share * (high.exponent - low.exponent);
    if (!(exponent > low.exponent && exponent < high.exponent)) break;
    const previous = middle;
    middle = lineAt(form, points, delta, exponent, middle);
    if (middle.slope === 0) break;
    // Halving the slope of an end that stays keeps the other from creeping.
    if (middle.slope < 0) {
      [low, slopeLow] = [middle, middle.slope];
      if (previous.slope < 0) slopeHigh /= 2;
    } else {
      [high, slopeHigh] = [middle, middle.slope];
      if (previous.slope > 0) slopeLow /= 2;
    }
  }
  return middle;
}

function endOf(values: ArrayLike<number>, low: boolean): number {
  let end = values[0]!;
  for (let i = 1; i < values.length; i++) end = low ? Math.min(end, values[i]!) : Math.max(end, values[i]!);
  return end;
}
