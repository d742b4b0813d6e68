/**
 * Judges the statements of the post on a source of losses: measures each, draws the grid again for its interval, and
 * holds it against its threshold. Showing the results is `claim-tables.ts`.
 *
 *     source ─ cells ─ analysis ─ measures ┬ value    ┐
 *                 └ redrawn grids ─ measures ┴ interval ┴ verdict ─ sentence
 */

import { analyseGrid, type GridAnalysis } from "../laws/analysis";
import { chooseForm } from "../laws/choice";
import { fitLaw, refitter } from "../laws/fit";
import type { Interval } from "../laws/line";
import { sizeRoles } from "../laws/roles";
import { percentileInterval } from "../laws/simulation";
import { type BestCaseLaw, missAtLargest } from "./law-measures";
import { MEASURES, type ScalingClaimId } from "./measures";
import { type NoiseSource, type Redrawn, redrawnAnalyses } from "./redrawn";
import type { ClaimSource, Obstacle, TrialCount } from "./source";
import { CLAIMS, type Claim, type ClaimId } from "./statements";
import { CLAIM_LEVEL, CLAIM_REPLICATES, MOST_WITHOUT_VALUE, THRESHOLDS } from "./thresholds";
import { cannotTell, type Evidence, type Judgement, judge, type Verdict } from "./verdict";

/** A statement judged on one source. */
export interface ClaimResult {
  readonly id: ClaimId;
  /** The statistic in the claim's unit; null where it could not be measured. */
  readonly value: number | null;
  /** Whether the value is a bound, because a best rate stands on the edge of the grid. */
  readonly bound: "exact" | "at_least" | "at_most";
  /** Of the statistic; null where it could not be had, and for a count. */
  readonly interval: Interval | null;
  readonly noise: NoiseSource | null;
  readonly verdict: Verdict;
  /** Why there is no verdict; null where there is one. */
  readonly obstacle: Obstacle | null;
  /** One sentence of why, without its full stop. */
  readonly sentence: string;
}

/** All statements judged on one source, in the order of `CLAIMS`. */
export interface JudgedSource {
  readonly name: string;
  readonly results: readonly ClaimResult[];
  /** What is missing or diverged, in words. */
  readonly notices: readonly string[];
}

export interface JudgeOptions {
  /** How often the grid is drawn again; 500 unless given. */
  readonly replicates?: number;
  /** Seed of the drawing; 0 unless given. Equal seeds give equal results. */
  readonly seed?: number;
}

/** Judges every statement. Nothing is thrown for a study of another kind: its statements cannot be told. */
export function judgeClaims(source: ClaimSource, options: JudgeOptions = {}): JudgedSource {
  const { replicates = CLAIM_REPLICATES, seed = 0 } = options;
  const { name, cells, hindrance } = source;
  // 1. The analysis of the grid, and of the grids drawn again.
  const analysis = hindrance === null ? analyseGrid(cells) : null;
  const grid = analysis && {
    analysis,
    bestCaseLaw: bestCaseLawOf(analysis),
    redrawn: redrawnAnalyses(cells, analysis, { replicates, seed }),
  };
  // 2. Each statement by itself.
  const results = new Map<ClaimId, ClaimResult>();
  for (const claim of CLAIMS) {
    const { id } = claim;
    if (id === "all-trials") results.set(id, judgeTrials(claim, source));
    else if (grid === null) results.set(id, resultOf(id, null, cannotTell(hindrance!)));
    else results.set(id, judgeScaling(claim, id, grid, results.get("extrapolation-misses")));
  }
  return { name, results: [...results.values()], notices: analysis?.notices ?? [] };
}

interface Grid {
  readonly analysis: GridAnalysis;
  readonly bestCaseLaw: BestCaseLaw | null;
  readonly redrawn: Redrawn | null;
}

/** The law of the best case of the smaller sizes, in the form that predicts held-out sizes best among them. */
function bestCaseLawOf({ bestCase, sizes }: GridAnalysis): BestCaseLaw | null {
  const { fitted } = sizeRoles(sizes);
  const points = bestCase.points.filter(({ size }) => fitted.includes(size));
  const choice = chooseForm(points);
  const fit = fitLaw(points, choice.status === "chosen" ? choice.form : "logarithmic");
  return fit.status === "too_few_points" ? null : { fit, refit: refitter(fit) };
}

function judgeScaling(
  claim: Claim,
  id: ScalingClaimId,
  grid: Grid,
  missResult: ClaimResult | undefined,
): ClaimResult {
  const { analysis, bestCaseLaw, redrawn } = grid;
  const measured = MEASURES[id](analysis, bestCaseLaw);
  if ("obstacle" in measured) return resultOf(id, null, cannotTell(measured));
  if ((id === "best-rate-recovers" || id === "recovered-share") && missResult?.verdict !== "reproduced") {
    const sentence = `whether the line misses the largest size is ${missResult?.verdict === "not_reproduced" ? "answered with no" : "not known"}, so there is no miss of which a share could be recovered`;
    return resultOf(id, null, cannotTell({ obstacle: "nothing_missed", sentence }));
  }
  const widened = id === "extrapolation-misses" || id === "best-rate-exponent";
  const bare = { ...measured, interval: null, noise: redrawn?.noise ?? null, widened };
  if (redrawn === null) {
    const sentence = "there are neither seeds nor a law to know the noise from";
    return resultOf(id, bare, cannotTell({ obstacle: "too_few_trials", sentence }));
  }
  const values = redrawn.analyses.flatMap((drawn) => {
    const again = MEASURES[id](drawn, bestCaseLaw);
    return "obstacle" in again ? [] : [again.value];
  });
  const without = 1 - values.length / redrawn.analyses.length;
  if (without > MOST_WITHOUT_VALUE) {
    const sentence = `with other seeds it could not be measured ${Math.round(100 * without)} % of the time: too much noise`;
    return resultOf(id, bare, cannotTell({ obstacle: "too_much_noise", sentence }));
  }
  const evidence = { ...bare, interval: intervalOf(id, measured.value, values, analysis) };
  return resultOf(id, evidence, judge(claim, THRESHOLDS[id], evidence));
}

/**
 * The percentile interval over the grids drawn again, widened to hold the value itself, which noise may move to one
 * side only (an R² of 1 can only fall); for the miss also to its prediction interval, for the exponent to that from the
 * scatter about the law: these hold what the form of a law misses, which other seeds do not show.
 */
function intervalOf(
  id: ScalingClaimId,
  value: number,
  values: readonly number[],
  analysis: GridAnalysis,
): Interval {
  const { low, high } = percentileInterval(values, CLAIM_LEVEL);
  const [lows, highs] = [
    [low, value],
    [high, value],
  ];
  if (id === "best-rate-exponent" && analysis.rateLaw.status === "fitted") {
    lows.push(analysis.rateLaw.exponentInterval.low);
    highs.push(analysis.rateLaw.exponentInterval.high);
  }
  const miss = id === "extrapolation-misses" ? missAtLargest(analysis) : null;
  if (miss !== null && !("obstacle" in miss)) {
    lows.push((miss.miss - miss.halfWidth) / miss.promised);
    highs.push((miss.miss + miss.halfWidth) / miss.promised);
  }
  return { low: Math.min(...lows), high: Math.max(...highs), level: CLAIM_LEVEL };
}

/** The number of trials is a count, and a trial that diverged has been run. */
function judgeTrials(claim: Claim, { trials, cells }: ClaimSource): ClaimResult {
  if (trials === null) {
    const sentence = `the source has one mean for each of its ${cells.length} cells, and its trials cannot be counted`;
    return resultOf(claim.id, null, cannotTell({ obstacle: "means_only", sentence }));
  }
  const { declared, finished, diverged } = trials;
  const evidence = {
    value: finished,
    bound: "exact",
    interval: null,
    noise: null,
    widened: false,
    detail: trialDetail(trials),
  } as const;
  const judgement = judge(claim, THRESHOLDS["all-trials"], evidence);
  if (finished === declared) return resultOf(claim.id, evidence, judgement);
  const sentence = `${declared - finished} of ${declared} trials are missing${diverged === 0 ? "" : `, and ${diverged} diverged`}; finish the run`;
  return resultOf(claim.id, evidence, { verdict: "not_reproduced", obstacle: null, sentence });
}

function trialDetail({ declared, diverged }: TrialCount): string {
  return `none of ${declared} is missing${diverged === 0 ? "" : `, ${diverged} of them diverged`}`;
}

function resultOf(
  id: ClaimId,
  evidence: Omit<Evidence, "detail"> | null,
  { verdict, obstacle, sentence }: Judgement,
): ClaimResult {
  return {
    id,
    value: evidence?.value ?? null,
    bound: evidence?.bound ?? "exact",
    interval: evidence?.interval ?? null,
    noise: evidence?.noise ?? null,
    verdict,
    obstacle,
    sentence,
  };
}
