/**
 * A study's finding in one sentence: what became of the law of the small models at the largest size, at the rate tuned
 * on them and at the best rate. It heads the report, the README and the summary of a run.
 */

import type { TrialRecord } from "../sweep/record";
import { type Cell, summarizeCells } from "../tables/cells";
import { groupCells } from "../tables/levels";
import { factorNames } from "../tables/trial-frame";
import { type AnalysisOptions, analyseGrid, type GridAnalysis } from "./analysis";
import type { CandidateLaws } from "./candidates";
import { smallestGap } from "./departure-words";
import type { DepartureState } from "./departures";
import { type ExtrapolatedSize, extrapolateForms, type FormsExtrapolation } from "./extrapolation";
import { LAW_FORMS } from "./forms";
import { sizeRoles } from "./roles";
import { explainedDifference } from "./seed-noise";
import { noEffectText, sizeEffect } from "./size-effect";
import { formatError, formatList } from "./wording";

/** An analysis with its conclusions over all forms of law. */
export interface GridConclusion {
  readonly analysis: GridAnalysis;
  /** The laws at the tuned rate, and the larger sizes held against them; null where no rate could be tuned. */
  readonly fixedRate: FormsExtrapolation | null;
  /** The same at the best rate of each size. */
  readonly bestCase: FormsExtrapolation;
  /** The finding in one sentence, without its full stop. */
  readonly headline: string;
}

/** Concludes from a grid in which only size and learning rate vary. @throws as `analyseGrid` does. */
export function concludeGrid(cells: readonly Cell[], options: AnalysisOptions = {}): GridConclusion {
  const analysis = analyseGrid(cells, options);
  const { sizes, fixedRate, bestCase } = analysis;
  const fittedSizes = options.fittedSizes ?? sizeRoles(sizes).fitted;
  const heldOut = sizes.filter((size) => size > Math.max(...fittedSizes));
  const over = ({ points }: GridAnalysis["bestCase"]) =>
    extrapolateForms(points, fittedSizes, heldOut, options);
  const laws = { fixedRate: fixedRate === null ? null : over(fixedRate), bestCase: over(bestCase) };
  return { analysis, ...laws, headline: headlineOf(analysis, laws) };
}

/**
 * The finding of a study from its trials, without its full stop. Where other factors than size, rate and seed vary, it
 * counts their combinations.
 */
export function studyHeadline(records: readonly TrialRecord[]): string {
  if (records.length === 0) return "No trial is finished yet";
  const swept = factorNames(records);
  const missing = ["hidden_size", "learning_rate"].filter((name) => !swept.includes(name));
  if (missing.length > 0) return `No law of size: the study does not sweep ${formatList(missing)}`;
  const groups = groupCells(summarizeCells(records), ["hidden_size", "learning_rate"]);
  const conclusions = groups.map(({ cells }) => concludeGrid(cells));
  if (conclusions.length === 1) return conclusions[0]!.headline;
  const states = conclusions.map(({ fixedRate }) => fixedRate?.sizes.at(-1)?.state ?? null);
  const count = (...wanted: DepartureState[]) =>
    states.filter((state) => state !== null && wanted.includes(state)).length;
  const parts = [
    [count("above"), "misses the law of the small models, whatever its form,"],
    [count("on_curve"), "keeps that law"],
    [count("below"), "is better than that law"],
  ] as const;
  const open = states.length - count("above", "on_curve", "below");
  const said = [
    ...parts.filter(([number]) => number > 0).map(([number, words]) => `${words} in ${number}`),
    ...(open > 0 ? [`cannot be judged in ${open}`] : []),
  ];
  return `Of ${states.length} configurations, the largest model ${formatList(said)}`;
}

function headlineOf(
  { tuning, bestRates }: GridAnalysis,
  { fixedRate, bestCase }: Pick<GridConclusion, "fixedRate" | "bestCase">,
): string {
  if (fixedRate === null || tuning.status === "unavailable") {
    return "No law: at no learning rate did all models of the tuning sizes train without diverging";
  }
  const { laws } = fixedRate;
  if (laws.status === "unavailable") return `No law of size: ${laws.sentence}`;
  if (!sizeEffect(laws.points).falls) return `No law of size: ${noEffectText(laws.points)}`;
  const last = fixedRate.sizes.at(-1);
  if (last === undefined) return "No size was held out, so the law of the small models is untested";
  const cost = last.state === "depends" ? costOfRate(last, laws, bestCase.sizes.at(-1)) : null;
  const first = cost ?? fixedRateClause(last, tuning.status === "tuned", laws);
  const largestBest = bestRates.find(({ level }) => level === last.size);
  const onEdge = (largestBest?.edge ?? "none") !== "none";
  const second = bestCaseClause(last, bestCase.sizes.at(-1), onEdge);
  return `${first}${second}`;
}

/** What the fixed rate costs the largest size against its best one; null where the noise of seeds explains it. */
function costOfRate(
  { loss, size }: ExtrapolatedSize,
  { noise, seeds }: CandidateLaws,
  best: ExtrapolatedSize | undefined,
): string | null {
  if (loss === null || noise === null || best?.size !== size || best.loss === null) return null;
  const cost = loss - best.loss;
  return cost > explainedDifference(noise, seeds, seeds)
    ? `The rate tuned on small models costs the largest ${formatError(cost, loss)} nats; whether that breaks their law depends on its form`
    : null;
}

function fixedRateClause(
  last: ExtrapolatedSize,
  tuned: boolean,
  { allRefuted, fitted }: CandidateLaws,
): string {
  const forms = allRefuted
    ? "in every form tried, none of which fits exactly"
    : fitted.length < LAW_FORMS.length
      ? "in every form that so few sizes allow"
      : "whatever its form";
  switch (last.state) {
    case "above":
      return last.byForm.length === 1
        ? `The law of the small models misses the largest by ${formatError(last.gap!, last.expected)} nats`
        : `The law of the small models misses the largest by at least ${formatError(smallestGap(last)!, last.expected)} nats, ${forms}`;
    case "on_curve":
      return "The largest model keeps the law of the small ones";
    case "too_wide":
      return "These sizes cannot tell whether the largest model keeps the law of the small ones: the interval also holds one that gains nothing";
    case "below":
      return "The largest model is better than any law of the small ones";
    case "depends":
      return "Whether the largest model keeps the law of the small ones depends on the law's form";
    case "diverged":
      return `At the rate ${tuned ? "tuned on small models" : "given"} the largest model has no loss`;
  }
}

/** What the best rate of the largest size changes; nothing where the fixed rate has missed nothing. */
function bestCaseClause(
  fixed: ExtrapolatedSize,
  best: ExtrapolatedSize | undefined,
  onEdge: boolean,
): string {
  if (best === undefined || best.loss === null) return "; its best rate is unknown";
  const missed = fixed.state === "above" || fixed.state === "diverged";
  const tuned = "; with the best rate of each size";
  // A better rate may lie beyond the edge of the grid.
  const edge = onEdge ? ", which stands on the edge of the grid," : "";
  switch (best.state) {
    case "above":
      return `${tuned}${edge} it ${fixed.state === "above" ? "still does" : "is off the curve"}`;
    case "on_curve":
      return fixed.state === "on_curve"
        ? ""
        : `${tuned}${edge} it ${missed ? "comes back" : "keeps the law"}`;
    case "below":
      return fixed.state === "below" ? "" : `${tuned}${edge} it is better than the law`;
    case "too_wide":
    case "depends":
      return fixed.state === best.state ? "" : `${tuned}${edge} it cannot be told`;
    case "diverged":
      return "";
  }
}
