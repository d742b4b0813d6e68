/**
 * What a study found, as text for the terminal: the best learning rates, the law at the fixed rate, how far its
 * extrapolation missed, and the law of the learning rate. Everything is computed in `laws`.
 */

import type { AnalysedSection, GridAnalysis } from "../../laws/analysis";
import type { Extrapolation, FormsExtrapolation } from "../../laws/extrapolation";
import { extrapolationFindings } from "../../laws/findings";
import { concludeGrid, type GridConclusion, studyHeadline } from "../../laws/headline";
import {
  formatError,
  formatInterval,
  formatLaw,
  formatLoss,
  formatMiss,
  formatParameter,
  formatRate,
  formatRates,
  formatRSquared,
} from "../../laws/wording";
import type { FactorValue, TrialRecord } from "../../sweep/record";
import type { BestValue } from "../../tables/best";
import { summarizeCells } from "../../tables/cells";
import { groupCells } from "../../tables/levels";
import { factorNames } from "../../tables/trial-frame";
import { indented, textTable } from "./text-table";

/**
 * The summary of a study's finished trials, with one part for each combination of the factors besides size, rate and
 * seed, and its finding in one sentence at the end. Of a study that sweeps no size or no rate it says so.
 */
export function summarizeStudy(records: readonly TrialRecord[]): string {
  if (records.length === 0) return "No trial is finished yet.";
  const swept = factorNames(records);
  if (!swept.includes("hidden_size") || !swept.includes("learning_rate")) {
    return `No laws: they need the factors hidden_size and learning_rate, and this study sweeps ${swept.join(", ")}.`;
  }
  const groups = groupCells(summarizeCells(records), ["hidden_size", "learning_rate"]);
  const parts = groups.map(({ shared, cells }) => {
    const conclusion = concludeGrid(cells);
    return { text: [...headingOf(shared), renderConclusion(conclusion)].join("\n\n"), conclusion };
  });
  const headline = parts.length === 1 ? parts[0]!.conclusion.headline : studyHeadline(records);
  return [...parts.map(({ text }) => text), `${headline}.`].join("\n\n");
}

function headingOf(shared: Readonly<Record<string, FactorValue>>): string[] {
  const held = Object.entries(shared).map(([name, value]) => `${name} ${value}`);
  return held.length === 0 ? [] : [`== ${held.join(", ")} ==`];
}

/** An analysis and what follows from it, in words and tables. */
export function renderConclusion({ analysis, ...over }: GridConclusion): string {
  const { tuning, fixedRate, bestCase, notices } = analysis;
  const fixed =
    fixedRate === null || tuning.status === "unavailable"
      ? section("The law at a fixed rate", tuning.sentence)
      : section(`The law at ${tuning.sentence}`, renderLaw(fixedRate, over.fixedRate));
  return [
    section("Best learning rate of each size", renderBestRates(analysis.bestRates, analysis.rates)),
    fixed,
    section("The law of the best case over all rates", renderLaw(bestCase, over.bestCase)),
    section("The law of the best learning rate", renderRateLaw(analysis)),
    ...(notices.length === 0 ? [] : [section("To note", notices.join("\n"))]),
  ].join("\n\n");
}

/** The best learning rates as a table; `rates` are all rates of the grid. */
export function renderBestRates(best: readonly BestValue[], rates: readonly number[]): string {
  const labels = formatRates(rates);
  const label = (rate: FactorValue) => labels[rates.indexOf(rate as number)] ?? String(rate);
  return textTable(
    ["size", "best rate", "loss (nats)", "as good within the standard error", "remark"],
    best.map((row) => [
      String(row.level),
      row.best === null ? "none" : label(row.best),
      row.mean === null
        ? ""
        : `${formatLoss(row.mean, 1e-3)}${row.standardError === null ? "" : ` ± ${formatError(row.standardError, row.mean, 1e-3)}`}`,
      row.ties.map(label).join(" "),
      [
        ...(row.edge === "none" ? [] : [`at the ${row.edge} edge of the grid: a bound, no optimum`]),
        ...(row.diverged.length === 0 ? [] : [`diverged at ${row.diverged.map(label).join(" ")}`]),
      ].join("; "),
    ]),
  );
}

function renderLaw(
  { fit, fittedSizes, extrapolations, confidence }: AnalysedSection,
  over: FormsExtrapolation | null,
): string {
  if (fit.status === "too_few_points") return fit.sentence;
  const range = `${fittedSizes.length} sizes h from ${fittedSizes[0]} to ${fittedSizes.at(-1)}`;
  const intervals = Object.entries(confidence?.intervals ?? {}).map(([name, { low, high, level }]) => {
    const value = (fit.law.parameters as Readonly<Record<string, number>>)[name]!;
    return `${name} = ${formatParameter(value)} (${level * 100} % confidence interval ${formatParameter(low, value)} to ${formatParameter(high, value)})`;
  });
  return [
    `loss = ${formatLaw(fit.law)} nats, R² ${formatRSquared(fit.rSquared, 4)}, on ${range}; ${fit.sentence}`,
    ...intervals,
    ...(extrapolations.length === 0 ? [] : ["", renderExtrapolations(extrapolations)]),
    ...(over === null ? [] : ["", ...extrapolationFindings(over)]),
  ].join("\n");
}

function renderExtrapolations(extrapolations: readonly Extrapolation[]): string {
  const { level } = extrapolations[0]!.prediction.interval;
  const table = textTable(
    ["size", "predicted", `${level * 100} % interval`, "observed", "miss (nats)", ""],
    extrapolations.map(({ prediction, observed, miss, inside }) => [
      String(prediction.size),
      formatLoss(prediction.loss),
      formatInterval(prediction.interval),
      observed === null ? "" : formatLoss(observed),
      miss === null ? "" : formatMiss(miss, prediction.loss),
      inside === null ? "no completed trial" : inside ? "inside the interval" : "outside the interval",
    ]),
  );
  return `By that line:\n${table}`;
}

function renderRateLaw({ rateLaw }: GridAnalysis): string {
  const excluded = rateLaw.excluded.map(({ size, reason }) => `size ${size} left out: ${reason}`);
  if (rateLaw.status !== "fitted") return [rateLaw.sentence, ...excluded].join("\n");
  const { exponent, exponentInterval, coefficient, rSquared, points } = rateLaw;
  const { low, high, level } = exponentInterval;
  return [
    `rate = ${formatRate(coefficient)} h^${exponent.toFixed(3)}, from ${points.length} sizes, ${rSquared === null ? "all with the same best rate, so R² is undefined" : `R² ${formatRSquared(rSquared)}`}`,
    `exponent ${exponent.toFixed(3)} (${level * 100} % confidence interval ${low.toFixed(3)} to ${high.toFixed(3)})`,
    ...excluded,
  ].join("\n");
}

function section(heading: string, body: string): string {
  return `${heading}\n${indented(body)}`;
}
