/**
 * The command `fit`: laws of a table of losses that anyone may have measured.
 */

import type { Command } from "commander";
import { chooseForm, type FormChoice } from "../../laws/choice";
import { confidenceIntervals } from "../../laws/confidence";
import type { Departure } from "../../laws/departures";
import {
  type Extrapolation,
  extrapolateForms,
  extrapolateTo,
  type FormsExtrapolation,
} from "../../laws/extrapolation";
import { noBetterFinding } from "../../laws/findings";
import { FORM_WORDS, fitLaw, type LawFit, type SizeLosses } from "../../laws/fit";
import { LAW_FORMS } from "../../laws/forms";
import { bestCaseSection, gridAxes, type Section, sectionAtRate } from "../../laws/sections";
import { noEffectText, sizeEffect } from "../../laws/size-effect";
import {
  capitalised,
  formatInterval,
  formatLaw,
  formatList,
  formatLoss,
  formatMiss,
  formatRate,
  formatRates,
  formatRSquared,
} from "../../laws/wording";
import { bestValues } from "../../tables/best";
import type { Cell } from "../../tables/cells";
import { loadLossTable } from "../../tables/loss-table";
import { UsageError } from "../errors";
import { printJson } from "../json";
import { textTable } from "../text/text-table";

interface FitArguments {
  readonly table: string;
  readonly where?: Readonly<Record<string, string>>;
  readonly atRate?: number;
  readonly sizes?: readonly [number, number];
  readonly predict?: number;
  readonly json?: boolean;
}

/** Registers `offcurve fit --table FILE.csv [--where COLUMN=VALUE] [--at-rate R] [--sizes A..B] [--predict H] [--json]`. */
export function fitCommand(program: Command): void {
  program
    .command("fit")
    .description("fit laws to your own table of losses, and predict the loss of a larger size")
    .requiredOption("--table <file>", "CSV with the columns hidden_size, learning_rate, loss (nats)")
    .option(
      "--where <column=value>",
      "take only the rows with this value in this column; may be repeated",
      (text: string, before: Readonly<Record<string, string>> = {}) => ({ ...before, ...condition(text) }),
    )
    .option(
      "--at-rate <rate>",
      "fit the losses at this learning rate; without it the best loss of each size",
      (text) => positive("--at-rate", text),
    )
    .option("--sizes <range>", "fit only the sizes from A to B, written A..B", sizeRange)
    .option("--predict <size>", "predict the loss at this size", (text) => positive("--predict", text))
    .option("--json", "print one JSON document")
    .action((given: FitArguments) => {
      const table = loadLossTable(given.table, { where: given.where ?? {} });
      const section = sectionOf(table.cells, given.atRate);
      const notices = [
        ...table.notices,
        ...section.notices,
        ...(given.atRate === undefined ? divergedRates(table.cells) : []),
      ];
      const points = inRange(section.points, given.sizes);
      const choice = chooseForm(points);
      const fittedSizes = points.map(({ size }) => size);
      const over =
        given.predict === undefined ? null : extrapolateForms(section.points, fittedSizes, [given.predict]);
      const fits = fitAll(points, section.points, given.predict, over?.sizes[0]);
      if (given.json)
        printJson({ ...toJson(given, points, fits, choice, notices), overForms: over?.sizes[0] ?? null });
      else process.stdout.write(`${toText(given, points, fits, choice, notices, over)}\n`);
    });
}

interface ReportedFit {
  readonly fit: LawFit;
  readonly extrapolation: Extrapolation | null;
}

/** The rates that are no size's best because a trial diverged at them. */
function divergedRates(cells: readonly Cell[]): string[] {
  const diverged = bestValues(cells, "learning_rate", "hidden_size").filter((row) => row.diverged.length > 0);
  const places = diverged.map(
    ({ level, diverged: rates }) =>
      `${formatList(rates.map((rate) => formatRate(rate as number)))} at size ${level}`,
  );
  return places.length === 0 ? [] : [`rates at which a trial diverged do not count: ${places.join(", ")}`];
}

function sectionOf(cells: readonly Cell[], atRate: number | undefined): Section {
  if (atRate === undefined) return bestCaseSection(cells);
  const { rates } = gridAxes(cells);
  const rate = rates.find((other) => Math.abs(other - atRate) <= 1e-12 * atRate);
  if (rate === undefined) {
    const [asked, ...known] = formatRates([atRate, ...rates]);
    throw new UsageError(
      `--at-rate ${asked} is not in the table; its learning rates are ${known.join(", ")}`,
    );
  }
  return sectionAtRate(cells, rate);
}

function inRange(
  points: readonly SizeLosses[],
  range: readonly [number, number] | undefined,
): readonly SizeLosses[] {
  if (range === undefined) return points;
  const [from, to] = range;
  const chosen = points.filter(({ size }) => size >= from && size <= to);
  if (chosen.length === 0) {
    const sizes = points.map(({ size }) => size).join(", ");
    throw new UsageError(`--sizes ${from}..${to} holds no size with a loss; there are ${sizes}`);
  }
  return chosen;
}

/** Each form by least squares and by Huber's loss; those with too few sizes are left out. */
function fitAll(
  points: readonly SizeLosses[],
  all: readonly SizeLosses[],
  predict: number | undefined,
  over: Departure | undefined,
): ReportedFit[] {
  const outcomes = LAW_FORMS.flatMap((form) =>
    (["squares", "huber"] as const).map((kind) => fitLaw(points, form, { objective: { kind } })),
  );
  const fits = outcomes.filter((outcome) => outcome.status !== "too_few_points");
  if (fits.length === 0) throw new Error(outcomes[0]!.sentence);
  return fits.map((fit) => ({
    fit,
    extrapolation: predict === undefined ? null : judgedAs(over, fit, extrapolateTo(fit, predict, all)),
  }));
}

/** With the interval by which all forms together judge the size, which counts its own number of seeds. */
function judgedAs(
  over: Departure | undefined,
  { law, objective }: LawFit,
  found: Extrapolation,
): Extrapolation {
  const form = objective.kind === "squares" ? over?.byForm.find((one) => one.form === law.form) : undefined;
  return form === undefined
    ? found
    : { ...found, prediction: { ...found.prediction, interval: form.interval }, inside: form.inside };
}

function toJson(
  given: FitArguments,
  points: readonly SizeLosses[],
  fits: readonly ReportedFit[],
  choice: FormChoice,
  notices: readonly string[],
): object {
  return {
    table: given.table,
    atRate: given.atRate ?? null,
    sizes: points.map(({ size }) => size),
    fits: fits.map(({ fit, extrapolation }) => ({
      form: fit.law.form,
      objective: fit.objective.kind,
      status: fit.status,
      sentence: fit.sentence,
      parameters: fit.law.parameters,
      confidence: confidenceIntervals(fit),
      rSquared: fit.rSquared,
      residualStandardDeviation: fit.residualStandardDeviation,
      delta: fit.delta,
      minima: fit.minima,
      extrapolation,
    })),
    choice,
    notices,
  };
}

function toText(
  given: FitArguments,
  points: readonly SizeLosses[],
  fits: readonly ReportedFit[],
  choice: FormChoice,
  notices: readonly string[],
  over: FormsExtrapolation | null,
): string {
  const where =
    given.atRate === undefined ? "the best rate of each size" : `rate ${formatRate(given.atRate)}`;
  const predicted =
    given.predict === undefined ? [] : [`at ${given.predict}`, "95 % interval", "observed", "miss"];
  const rows = fits.map(({ fit, extrapolation }) => [
    FORM_WORDS[fit.law.form],
    fit.objective.kind === "squares" ? "least squares" : "Huber",
    formatLaw(fit.law),
    formatRSquared(fit.rSquared, 4),
    ...(extrapolation === null ? [] : predictionCells(extrapolation)),
    fit.sentence,
  ]);
  return [
    `Laws of the loss in nats at ${where}, fitted to ${points.length} sizes from ${points[0]!.size} to ${points.at(-1)!.size}`,
    "",
    textTable(["form", "objective", "law", "R²", ...predicted, "how the fit ended"], rows),
    "",
    ...(sizeEffect(points).falls || points.length < 3
      ? [`${capitalised(choice.sentence)}.`]
      : [`No law of size: ${noEffectText(points)}.`]),
    ...(over === null ? [] : overForms(over)),
    ...notices.map((notice) => `Note: ${notice}.`),
  ].join("\n");
}

/** What the forms together say of the predicted size. */
function overForms({ laws, sizes }: FormsExtrapolation): string[] {
  return [
    ...sizes.flatMap((size) => [`${capitalised(size.sentence)}.`, ...noBetterFinding(size)]),
    `${capitalised(laws.sentence)}.`,
  ];
}

function predictionCells({ prediction, observed, miss }: Extrapolation): string[] {
  const width = prediction.interval.high - prediction.interval.low;
  return [
    formatLoss(prediction.loss, width),
    formatInterval(prediction.interval),
    observed === null ? "" : formatLoss(observed, width),
    miss === null ? "" : formatMiss(miss, prediction.loss),
  ];
}

function condition(text: string): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`--where must be written COLUMN=VALUE, got "${text}"`);
  return { [text.slice(0, at).trim()]: text.slice(at + 1).trim() };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && Number.isFinite(value))) {
    throw new UsageError(`${option} must be a positive number, got "${text}"`);
  }
  return value;
}

function sizeRange(text: string): readonly [number, number] {
  const match = /^([^.]+(?:\.\d+)?)\.\.(.+)$/.exec(text);
  if (match === null) throw new UsageError(`--sizes must be written A..B, for example 4..512, got "${text}"`);
  const range = [positive("--sizes", match[1]!), positive("--sizes", match[2]!)] as const;
  if (range[0] > range[1])
    throw new UsageError(`--sizes must go from the smaller to the larger size, got "${text}"`);
  return range;
}
