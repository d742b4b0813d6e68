/**
 * Judges the statements of the post on a source of losses: measures each, draws the grid again for its interval, and
 * holds it against its threshold. Showing the results is `claim-tables.ts`.
 *
 *     source ─ cells ─ analysis ─ laws ─ measures ┬ value    ┐
 *                 └ redrawn grids ─ measures ─────┴ interval ┴ verdict ─ sentence
 */

import { analyseGrid, type GridAnalysis } from "../laws/analysis";
import { departureFrom } from "../laws/departures";
import { FORM_NAMES } from "../laws/fit";
import type { Interval } from "../laws/line";
import { percentileInterval } from "../laws/simulation";
import { noEffectText, sizeEffect } from "../laws/size-effect";
import { type FormLaw, type GridLaws, gridLaws } from "./form-laws";
import { largestByForm, missAtLargest } from "./law-measures";
import type { Measured } from "./measured";
import { ABOUT_AN_EFFECT_OF_SIZE, MEASURES, type Measure } from "./measures";
import { type NoiseSource, type Redrawn, redrawnAnalyses } from "./redrawn";
import type { ClaimSource, Hindrance, Obstacle } from "./source";
import { CLAIMS, type Claim, type ClaimId } from "./statements";
import { CLAIM_LEVEL, CLAIM_REPLICATES, MOST_WITHOUT_VALUE, THRESHOLDS } from "./thresholds";
import {
  cannotTell,
  type Evidence,
  formatRange,
  type Judgement,
  judge,
  type Verdict,
  verdictOf,
} from "./verdict";

/** A statement judged on one source. */
export interface ClaimResult {
  readonly id: ClaimId;
  /** The statistic in the claim's unit; null where it could not be measured. */
  readonly value: number | null;
  /** Whether the value is a bound, because a best rate stands on the edge of the grid. */
  readonly bound: "exact" | "at_least" | "at_most";
  /** Of the statistic, over all forms of law where it depends on them; null where it could not be had. */
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
  /** How many of its trials are finished, in one sentence without its full stop. */
  readonly completeness: string;
  /** What is missing or diverged, in words. */
  readonly notices: readonly string[];
}

/** How the uncertainty of a measured value is found. */
export interface JudgeOptions {
  /** How often the grid is drawn again; 500 unless given. */
  readonly replicates?: number;
  /** Seed of the drawing; 0 unless given. Equal seeds give equal results. */
  readonly seed?: number;
}

/** Judges every statement. Nothing is thrown for a study of another kind: its statements cannot be told. */
export function judgeClaims(source: ClaimSource, options: JudgeOptions = {}): JudgedSource {
  const { replicates = CLAIM_REPLICATES, seed = 0 } = options;
  const { name, cells, hindrance, completeness } = source;
  // 1. The analysis of the grid, its laws in every form, and the grids drawn again.
  const analysis = hindrance === null ? analyseGrid(cells) : null;
  const grid = analysis && {
    analysis,
    laws: gridLaws(analysis),
    redrawn: redrawnAnalyses(cells, analysis, { replicates, seed }),
  };
  // 2. Each statement by itself.
  const results = new Map<ClaimId, ClaimResult>();
  for (const claim of CLAIMS) {
    const result =
      grid === null
        ? resultOf(claim.id, null, cannotTell(hindrance!))
        : judgeScaling(claim, grid, results.get("extrapolation-misses"));
    results.set(claim.id, result);
  }
  return { name, results: [...results.values()], completeness, notices: analysis?.notices ?? [] };
}

interface Grid {
  readonly analysis: GridAnalysis;
  readonly laws: GridLaws;
  readonly redrawn: Redrawn | null;
}

function judgeScaling({ id, ...claim }: Claim, grid: Grid, missResult: ClaimResult | undefined): ClaimResult {
  const hindrance = withoutEffect(id, grid) ?? withoutMiss(id, missResult);
  if (hindrance !== null) return resultOf(id, null, cannotTell(hindrance));
  const measure = MEASURES[id];
  return measure.kind === "grid"
    ? judgeGrid({ id, ...claim }, measure.of, grid)
    : judgeForms({ id, ...claim }, measure, grid);
}

/** A statement about a loss that falls with size is about nothing where it does not. */
function withoutEffect(id: ClaimId, { laws }: Grid): Hindrance | null {
  if (!ABOUT_AN_EFFECT_OF_SIZE.has(id)) return null;
  const measure = MEASURES[id];
  const section = measure.kind === "form" ? laws[measure.section] : laws.fixedRate;
  if (section === null || section.laws.status === "unavailable") return null;
  const { falls, interval } = sizeEffect(section.laws.points);
  if (falls || interval === null) return null;
  return {
    obstacle: "no_effect_of_size",
    sentence: `${noEffectText(section.laws.points)} (${interval.low.toPrecision(2)} to ${interval.high.toPrecision(2)} nats for each factor of e), so there is no law for it to be about`,
  };
}

function withoutMiss(id: ClaimId, missResult: ClaimResult | undefined): Hindrance | null {
  const needsMiss = id === "best-rate-recovers" || id === "recovered-share" || id === "no-form-predicts";
  if (!needsMiss || missResult === undefined || missResult.verdict === "reproduced") return null;
  const missed = missResult.verdict === "not_reproduced" ? "answered with no" : "not known";
  const what =
    id === "no-form-predicts"
      ? "there is no miss that another form could have spared"
      : "there is no miss of which a share could be recovered";
  return {
    obstacle: "nothing_missed",
    sentence: `whether the line misses the largest size is ${missed}, so ${what}`,
  };
}

/** A statistic that does not depend on the form of a law. */
function judgeGrid(claim: Claim, of: (analysis: GridAnalysis) => Measured, grid: Grid): ClaimResult {
  const { id } = claim;
  const measured = of(grid.analysis);
  if ("obstacle" in measured) return resultOf(id, null, cannotTell(measured));
  const widened = id === "extrapolation-misses" || id === "best-rate-exponent";
  const drawn = intervalOf(measured.value, grid.redrawn, of);
  const bare = { ...measured, noise: grid.redrawn?.noise ?? null, widened };
  if ("obstacle" in drawn) return resultOf(id, { ...bare, interval: null }, cannotTell(drawn));
  const evidence = { ...bare, interval: hull([drawn, ...beyondSeeds(id, grid.analysis)]) };
  return resultOf(id, evidence, judge(claim, THRESHOLDS[id], evidence));
}

/**
 * A statistic that is measured by a law, in every form that the fitted sizes leave standing. Any of them may be the true
 * one, so the interval is the hull of theirs; where the closest form counts, its ends are the lowest of theirs.
 */
function judgeForms(claim: Claim, measure: Extract<Measure, { kind: "form" }>, grid: Grid): ClaimResult {
  const { id } = claim;
  const section = grid.laws[measure.section];
  if (section === null || section.laws.status === "unavailable") {
    const sentence = section === null ? grid.analysis.tuning.sentence : section.laws.sentence;
    return resultOf(id, null, cannotTell({ obstacle: "diverged", sentence }));
  }
  const { chosen } = section.laws;
  const found = section.forms.map((law) => ({ law, measured: measure.of(grid.analysis, law) }));
  const own = found.find(({ law }) => law.form === chosen.form)!.measured;
  const hindered = found.find(({ measured }) => "obstacle" in measured);
  if (hindered !== undefined) {
    const hindrance = hindered.measured as Hindrance;
    const disagree = found.some(({ measured }) => !("obstacle" in measured));
    return resultOf(
      id,
      null,
      cannotTell(disagree ? { ...hindrance, obstacle: "depends_on_form" } : hindrance),
    );
  }
  const noise = grid.redrawn?.noise ?? null;
  const widened = measure.forms === "closest";
  const measured = own as Exclude<Measured, Hindrance>;
  const judged: FormEvidence[] = [];
  for (const { law, measured: of } of found) {
    const { value, bound, detail } = of as Exclude<Measured, Hindrance>;
    const drawn = intervalOf(value, grid.redrawn, (analysis) => measure.of(analysis, law));
    if ("obstacle" in drawn) {
      return resultOf(id, { ...measured, interval: null, noise, widened }, cannotTell(drawn));
    }
    const interval = widened ? hull([drawn, ...missInterval(grid, law)]) : drawn;
    judged.push({ law, value, bound, detail, interval });
  }
  const closest = judged.reduce((least, one) => (one.value < least.value ? one : least));
  const shown = widened ? closest : judged.find(({ law }) => law.form === chosen.form)!;
  const intervals = judged.map(({ interval }) => interval);
  const interval = widened
    ? {
        low: Math.min(...intervals.map(({ low }) => low)),
        high: Math.min(...intervals.map(({ high }) => high)),
        level: CLAIM_LEVEL,
      }
    : hull(intervals);
  const evidence = {
    value: shown.value,
    bound: shown.bound,
    detail: `${detailOf(claim, judged, shown)}${section.laws.allRefuted ? "; no form fits within the noise of seeds, so the intervals may be too narrow" : ""}`,
    interval,
    noise,
    widened,
  };
  const alone = judged.map((one) => verdictOf(THRESHOLDS[id], one));
  const decided = alone.some((verdict) => verdict !== "cannot_tell") && judged.length > 1;
  return resultOf(id, evidence, judge(claim, THRESHOLDS[id], evidence, decided));
}

interface FormEvidence extends Pick<Evidence, "value" | "bound" | "detail"> {
  readonly law: FormLaw;
  readonly interval: Interval;
}

/** What the value is made of, and what the other forms say. */
function detailOf({ format }: Claim, judged: readonly FormEvidence[], shown: FormEvidence): string {
  const others = judged.filter((one) => one !== shown);
  const rest = others.map(
    ({ law, interval }) => `${formatRange(interval, format)} by ${FORM_NAMES[law.form]}`,
  );
  return rest.length === 0
    ? shown.detail
    : `${shown.detail}; ${formatRange(shown.interval, format)} by that form, ${rest.join(", ")}`;
}

/** The percentile interval over the grids drawn again, widened to hold the value itself, which noise may move one way. */
function intervalOf(
  value: number,
  redrawn: Redrawn | null,
  of: (analysis: GridAnalysis) => Measured,
): Interval | Hindrance {
  if (redrawn === null) {
    const sentence = "there are neither seeds nor a law to know the noise from";
    return { obstacle: "too_few_trials", sentence };
  }
  const values = redrawn.analyses.flatMap((drawn) => {
    const again = of(drawn);
    return "obstacle" in again ? [] : [again.value];
  });
  const without = 1 - values.length / redrawn.analyses.length;
  if (without > MOST_WITHOUT_VALUE) {
    const sentence = `with other seeds it could not be measured ${Math.round(100 * without)} % of the time: too much noise`;
    return { obstacle: "too_much_noise", sentence };
  }
  const { low, high } = percentileInterval(values, CLAIM_LEVEL);
  return { low: Math.min(low, value), high: Math.max(high, value), level: CLAIM_LEVEL };
}

/**
 * What the form of a law misses, which other seeds do not show: of the line's miss its prediction interval, of the
 * exponent of the best rate the interval from the scatter about its law.
 */
function beyondSeeds(id: ClaimId, analysis: GridAnalysis): Interval[] {
  if (id === "best-rate-exponent" && analysis.rateLaw.status === "fitted") {
    return [analysis.rateLaw.exponentInterval];
  }
  const miss = id === "extrapolation-misses" ? missAtLargest(analysis) : null;
  if (miss === null || "obstacle" in miss) return [];
  const [low, high] = [miss.miss - miss.halfWidth, miss.miss + miss.halfWidth].map(
    (end) => end / miss.promised,
  ) as [number, number];
  return [{ low, high, level: CLAIM_LEVEL }];
}

/** The miss of one form at the largest size by its prediction interval, as a share of the improvement it promises. */
function missInterval({ analysis, laws }: Grid, law: FormLaw): Interval[] {
  const candidates = laws.fixedRate?.laws;
  const last = analysis.fixedRate?.points.at(-1);
  if (candidates?.status !== "fitted" || last === undefined) return [];
  const found = largestByForm(analysis, law);
  if ("obstacle" in found) return [];
  const { observed, promised } = found;
  const { byForm } = departureFrom(candidates, last.size, last.losses, { level: CLAIM_LEVEL });
  const { low, high } = byForm.find(({ form }) => form === law.form)!.interval;
  return [{ low: (observed - high) / promised, high: (observed - low) / promised, level: CLAIM_LEVEL }];
}

function hull(intervals: readonly Interval[]): Interval {
  return {
    low: Math.min(...intervals.map(({ low }) => low)),
    high: Math.max(...intervals.map(({ high }) => high)),
    level: CLAIM_LEVEL,
  };
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
