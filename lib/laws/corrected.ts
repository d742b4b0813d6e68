/**
 * The post's correction, put to the test: the law of the best rate and the law of the best case, both fitted to the
 * smaller sizes, say at which rate a larger model should be trained and what loss it should then have.
 */

import { mean } from "simple-statistics";
import { bestValues } from "../tables/best";
import type { Cell } from "../tables/cells";
import { chooseForm, type FormChoice } from "./choice";
import type { BootstrapOptions } from "./confidence";
import { fitLaw, type LawFit } from "./fit";
import { type Prediction, predictLoss } from "./prediction";
import { fitRateLaw, type RateLaw, rateAt } from "./rate-law";
import { bestCaseSection, type GridFactors, gridAxes } from "./sections";

/** A size held out of both laws. */
export interface CorrectedSize {
  readonly size: number;
  /** Of the law of the best case. */
  readonly prediction: Prediction;
  /** The rate that the law of the best rate gives, and the rate of the grid nearest to it by ratio. */
  readonly lawRate: number;
  readonly nearestRate: number;
  /** Mean losses in nats at the nearest rate, at the fixed rate and at the best rate; null where no trial completed. */
  readonly corrected: number | null;
  readonly fixed: number | null;
  readonly best: number | null;
  /** Whether the loss at the nearest rate lies in the prediction interval. */
  readonly inside: boolean | null;
}

export type Correction =
  | {
      readonly status: "tested";
      readonly rateLaw: RateLaw;
      readonly choice: FormChoice;
      readonly fit: LawFit;
      readonly sizes: readonly CorrectedSize[];
    }
  | { readonly status: "unavailable"; readonly sentence: string };

/**
 * Tests the correction on all sizes above the fitted ones.
 *
 * The law of the best case has the form that predicts held-out sizes best among the fitted ones, or else is a line in
 * the logarithm of the size.
 *
 * @param fittedSizes sizes that both laws are fitted to.
 * @param fixedRate the rate tuned on small sizes, for comparison.
 */
export function testCorrection(
  cells: readonly Cell[],
  fittedSizes: readonly number[],
  fixedRate: number,
  options: GridFactors & BootstrapOptions = {},
): Correction {
  const { size: sizeName = "hidden_size", rate: rateName = "learning_rate" } = options;
  const { sizes, rates } = gridAxes(cells, options);
  const isFitted = ({ factors }: Cell) => fittedSizes.includes(factors[sizeName] as number);
  const small = cells.filter(isFitted);
  const rateLaw = fitRateLaw(bestValues(small, rateName, sizeName), options.level);
  if (rateLaw.status !== "fitted") return { status: "unavailable", sentence: rateLaw.sentence };
  const smallBest = bestCaseSection(small, options).points;
  const choice = chooseForm(smallBest);
  const fit = fitLaw(smallBest, choice.status === "chosen" ? choice.form : "logarithmic");
  if (fit.status === "too_few_points") return { status: "unavailable", sentence: fit.sentence };
  const best = bestCaseSection(cells, options).points;
  const lossAt = (size: number, rate: number) =>
    cells.find(({ factors }) => factors[sizeName] === size && factors[rateName] === rate)?.mean ?? null;
  const largestFitted = Math.max(...fittedSizes);
  return {
    status: "tested",
    rateLaw,
    choice,
    fit,
    sizes: sizes
      .filter((size) => size > largestFitted)
      .map((size): CorrectedSize => {
        const prediction = predictLoss(fit, size, options);
        const { low, high } = prediction.interval;
        const lawRate = rateAt(rateLaw, size);
        const nearestRate = nearest(rates, lawRate);
        const corrected = lossAt(size, nearestRate);
        const bestLosses = best.find((point) => point.size === size)?.losses;
        return {
          size,
          prediction,
          lawRate,
          nearestRate,
          corrected,
          fixed: lossAt(size, fixedRate),
          best: bestLosses === undefined ? null : mean([...bestLosses]),
          inside: corrected === null ? null : corrected >= low && corrected <= high,
        };
      }),
  };
}

/** The rate whose ratio to the wanted one is closest to 1. */
function nearest(rates: readonly number[], wanted: number): number {
  const distance = (rate: number) => Math.abs(Math.log(rate / wanted));
  return rates.reduce((closest, rate) => (distance(rate) < distance(closest) ? rate : closest));
}
