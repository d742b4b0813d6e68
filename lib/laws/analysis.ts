/**
 * The post's argument on any grid of sizes and learning rates: tune the rate on small sizes, fit a law at that rate,
 * extrapolate it, and see what tuning every size would have given. Words for terminal and charts are made elsewhere.
 */

import { mean } from "simple-statistics";
import { type BestValue, bestValues } from "../tables/best";
import type { Cell } from "../tables/cells";
import { type BootstrapOptions, confidenceIntervals, type ParameterIntervals } from "./confidence";
import { type ExtrapolatedLaw, extrapolateLaw } from "./extrapolation";
import type { SizeLosses } from "./fit";
import { fitRateLaw, type RateLawOutcome } from "./rate-law";
import { sizeRoles } from "./roles";
import { bestCaseSection, type GridFactors, gridAxes, sectionAtRate } from "./sections";
import { formatList, formatRate } from "./wording";

/** Which factors, sizes and rate an analysis takes, and how its intervals are found. */
export interface AnalysisOptions extends GridFactors, BootstrapOptions {
  /** Sizes the law is fitted to; the smaller two thirds of the grid unless given (the post: 8 of 12). */
  readonly fittedSizes?: readonly number[];
  /** Sizes the fixed rate is tuned on; the three largest fitted sizes unless given. */
  readonly tuningSizes?: readonly number[];
  /** The fixed rate, if it is not to be tuned. */
  readonly fixedRate?: number;
  /** How the fixed rate was tuned, where that was done on other cells (`tuneRate`). */
  readonly tuning?: Tuning;
}

/** The rate at which the law is fitted. */
export type Tuning =
  | {
      readonly status: "tuned";
      readonly rate: number;
      readonly sizes: readonly number[];
      readonly sentence: string;
    }
  | { readonly status: "given"; readonly rate: number; readonly sentence: string }
  | { readonly status: "unavailable"; readonly sentence: string };

/** What a grid says of scaling. */
export interface GridAnalysis {
  readonly sizes: readonly number[];
  readonly rates: readonly number[];
  readonly bestRates: readonly BestValue[];
  readonly tuning: Tuning;
  /** Losses by size at the fixed rate, and the law; null where no rate could be fixed. */
  readonly fixedRate: AnalysedSection | null;
  /** Losses by size at the best rate of each size, and the law. */
  readonly bestCase: AnalysedSection;
  readonly rateLaw: RateLawOutcome;
  /** What is missing or diverged, in words. */
  readonly notices: readonly string[];
}

/** The losses of a section, and the law of its smaller sizes held against its larger ones. */
export interface AnalysedSection extends ExtrapolatedLaw {
  readonly points: readonly SizeLosses[];
  /** Of the law's parameters; null where there is no law. */
  readonly confidence: ParameterIntervals | null;
}

/**
 * Analyses the cells of a grid in which only size and learning rate vary; `roles.ts` has the default parts of its sizes.
 *
 * @throws where size or rate are not positive numbers, or another factor varies too.
 */
export function analyseGrid(cells: readonly Cell[], options: AnalysisOptions = {}): GridAnalysis {
  const { sizes, rates } = gridAxes(cells, options);
  const bestRates = bestValues(cells, options.rate ?? "learning_rate", options.size ?? "hidden_size");
  const fittedSizes = options.fittedSizes ?? sizeRoles(sizes).fitted;
  const tuning = options.tuning ?? tuningOf(cells, options.tuningSizes ?? fittedSizes.slice(-3), options);
  const notices: string[] = [];
  const largestFitted = Math.max(...fittedSizes);
  const predicted = sizes.filter((size) => size > largestFitted);
  const analyse = ({ points, notices: own }: ReturnType<typeof bestCaseSection>): AnalysedSection => {
    notices.push(...own);
    const law = extrapolateLaw(points, fittedSizes, predicted, options);
    const confidence = law.fit.status === "too_few_points" ? null : confidenceIntervals(law.fit, options);
    return { points, ...law, confidence };
  };
  return {
    sizes,
    rates,
    bestRates,
    tuning,
    fixedRate: tuning.status === "unavailable" ? null : analyse(sectionAtRate(cells, tuning.rate, options)),
    bestCase: analyse(bestCaseSection(cells, options)),
    rateLaw: fitRateLaw(bestRates, options.level),
    notices,
  };
}

function tuningOf(cells: readonly Cell[], sizes: readonly number[], options: AnalysisOptions): Tuning {
  const rate = options.fixedRate;
  return rate === undefined
    ? tuneRate(cells, sizes, options)
    : { status: "given", rate, sentence: `rate ${formatRate(rate)} as given` };
}

/**
 * Tunes one rate for some sizes: the one with the lowest mean of the cells' means over them, of those that were run and
 * did not diverge at each.
 *
 * @param sizes sizes of the grid; cells of others are not looked at.
 */
export function tuneRate(
  cells: readonly Cell[],
  sizes: readonly number[],
  options: GridFactors = {},
): Tuning {
  const own = cells.filter((cell) => sizes.includes(cell.factors[options.size ?? "hidden_size"] as number));
  const { rates } = gridAxes(own, options);
  const onSizes = `on ${sizes.length === 1 ? "size" : "sizes"} ${formatList(sizes)}`;
  const candidates = rates.flatMap((rate) => {
    const { points, notices } = sectionAtRate(own, rate, options);
    return notices.length > 0 || points.length < sizes.length
      ? []
      : [{ rate, loss: mean(points.map(({ losses }) => mean([...losses]))) }];
  });
  const [first, ...others] = candidates;
  if (first === undefined || sizes.length === 0) {
    return {
      status: "unavailable",
      sentence: `no learning rate could be tuned: none was run without divergence ${onSizes}`,
    };
  }
  const best = others.reduce((least, candidate) => (candidate.loss < least.loss ? candidate : least), first);
  const edge = best.rate === rates[0] || best.rate === rates.at(-1) ? ", on the edge of the grid" : "";
  return {
    status: "tuned",
    rate: best.rate,
    sizes,
    sentence: `rate ${formatRate(best.rate)}, tuned ${onSizes}${edge}`,
  };
}
