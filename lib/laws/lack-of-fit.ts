/**
 * Whether the fitted sizes themselves refute a form of law: its misfit against the noise of seeds, and runs of
 * residuals of one sign. What follows for predictions is `candidates.ts`.
 */

import { mean, sumSimple } from "simple-statistics";
import { fisherTail } from "./distributions";
import { FORM_NAMES, type LawFit } from "./fit";
import { SOLVER_FORMS } from "./forms";
import { seedNoise } from "./seed-noise";

/**
 * A form is refuted by a p-value below this. Whoever throws out forms at 5 % throws out the true one in 5 % of all
 * studies, and no interval over the others then has its nominal coverage.
 */
export const REFUTED_BELOW = 0.01;

/** Losses are means of 32-bit floats: seeds that differ by no more than this share of a loss agree. */
const ROUNDING = 1e-7;

/** Whether a law misses its own points by more than the noise of seeds explains, or why that cannot be told. */
export type LackOfFit =
  | {
      readonly status: "tested";
      /** Misfit over noise of seeds, both as variances of a size's mean, and their degrees of freedom. */
      readonly ratio: number;
      readonly degrees: readonly [number, number];
      readonly pValue: number;
      readonly refuted: boolean;
    }
  /** There are no seeds that differ, so that nothing is known of the noise and nothing can be refuted. */
  | { readonly status: "untested"; readonly refuted: false };

/**
 * The F test of lack of fit against pure error (Draper and Smith, "Applied Regression Analysis", chapter 2): the mean
 * square of the residuals of the sizes' means, by the variance that the seeds give such a mean. For forms that are not
 * linear in their parameters it holds approximately; a parameter at its bound is not counted as fitted.
 *
 * The noise of seeds is that of the first weights alone, for all trials of a study share their batches. What the
 * batches do to one size and not to its neighbours counts as misfit.
 */
export function lackOfFit({ points, law, status, residuals }: LawFit): LackOfFit {
  const noise = seedNoise(points.map(({ losses }) => losses));
  const magnitude = mean(points.map(({ losses }) => mean([...losses])));
  if (noise === null || Math.sqrt(noise.variance) <= ROUNDING * magnitude) {
    return { status: "untested", refuted: false };
  }
  const parameters = SOLVER_FORMS[law.form].parameters - (status === "at_bound" ? 1 : 0);
  const degrees = [points.length - parameters, noise.degrees] as const;
  const misfit = sumSimple(residuals.map((residual) => residual ** 2)) / degrees[0];
  const ofMeans = noise.variance * mean(points.map(({ losses }) => 1 / losses.length));
  const ratio = misfit / ofMeans;
  const pValue = fisherTail(ratio, ...degrees);
  return { status: "tested", ratio, degrees, pValue, refuted: pValue < REFUTED_BELOW };
}

/** Stretches of residuals of one sign, ascending by size. */
export interface SignRuns {
  readonly runs: number;
  /** Probability of so few runs or fewer, were the signs in random order (Wald and Wolfowitz 1940). */
  readonly pValue: number;
}

/** Counts the runs of residuals of one sign; zeros are left out. */
export function signRuns(residuals: readonly number[]): SignRuns {
  const signs = residuals.map(Math.sign).filter((sign) => sign !== 0);
  const runs = signs.filter((sign, i) => sign !== signs[i - 1]).length;
  const above = signs.filter((sign) => sign > 0).length;
  const below = signs.length - above;
  if (above === 0 || below === 0) return { runs, pValue: 1 };
  // Ways to cut the one kind into `i` stretches and the other into `j`.
  const ways = (i: number, j: number) => choose(above - 1, i - 1) * choose(below - 1, j - 1);
  const waysOf = (count: number) => {
    const half = Math.floor(count / 2);
    return count % 2 === 0 ? 2 * ways(half, half) : ways(half + 1, half) + ways(half, half + 1);
  };
  const few = Array.from({ length: runs - 1 }, (_, i) => waysOf(i + 2));
  return { runs, pValue: sumSimple(few) / choose(signs.length, above) };
}

/** What the residuals say of a form, in one sentence. */
export function residualFinding(fit: LawFit): string {
  const form = FORM_NAMES[fit.law.form];
  const { runs, pValue: chance } = signRuns(fit.residuals);
  const order = `its residuals change sign ${runs - 1} ${runs === 2 ? "time" : "times"} over ${fit.residuals.length} sizes (p ${probability(chance)})`;
  const test = lackOfFit(fit);
  if (test.status === "untested") {
    return `Without seeds nothing can refute ${form}; ${order}.`;
  }
  const { ratio, pValue } = test;
  const size = `its misfit is ${ratio >= 10 ? Math.round(ratio) : ratio.toPrecision(2)} times the noise of seeds (p ${probability(pValue)})`;
  return `The fitted sizes ${test.refuted ? "refute" : "do not refute"} ${form}: ${size}, and ${order}.`;
}

function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  return Array.from({ length: k }, (_, i) => (n - i) / (i + 1)).reduce(
    (product, factor) => product * factor,
    1,
  );
}

/** How probable so much or more is by chance: `= 0.21`, `= 0.012`, `< 0.001`. */
function probability(value: number): string {
  return value < 0.001 ? "< 0.001" : `= ${value.toFixed(value < 0.1 ? 3 : 2)}`;
}
