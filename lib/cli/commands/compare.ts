/** The command `compare`: whether two runs are the same numbers, and if not, whether noise explains it. */

import type { Command } from "commander";
import { type ClaimAgreement, type Comparison, compareRuns, type RunSide } from "../../claims/compare";
import { PAIR_WORDS, type Shift, type TrialComparison, type TrialPair } from "../../claims/compare-trials";
import type { FactorLevels } from "../../claims/one-sided";
import { VERDICT_WORDS } from "../../claims/verdict";
import { formatList, formatRate } from "../../laws/wording";
import type { FactorValue, TrialRecord } from "../../sweep/record";
import { counted } from "../../sweep/words";
import { printJson } from "../json";
import { path } from "../options";
import { readRunSide } from "../run-side";
import { indented, textTable } from "../text/text-table";

/** Trials that the terminal shows; the JSON document has all. */
const SHOWN = 20;

const MEASURE_WORDS: Readonly<Record<Shift["measure"], string>> = {
  loss: "training loss",
  test_loss: "held-out loss",
  test_accuracy: "held-out accuracy",
};

type Compared = Extract<Comparison, { readonly status: "compared" }>;

/** Registers `offcurve compare A B [--json]`. */
export function compareCommand(program: Command): void {
  program
    .command("compare")
    .description(
      "compare two runs trial by trial, and by their claims; exit status 0 if nothing is outside the noise of seeds",
    )
    .argument("<a>", "a results folder", path)
    .argument("<b>", "another results folder", path)
    .option("--json", "print one JSON document")
    .action((a: string, b: string, { json }: { readonly json?: boolean }) => {
      const [one, other] = [readRunSide(a), readRunSide(b)];
      const comparison = compareRuns(one, other);
      if (json) printJson({ a, b, ...toJson(comparison) });
      else process.stdout.write(`${comparisonText(comparison, one, other)}\n`);
      if (comparison.status === "different" || !comparison.agrees) process.exitCode = 1;
    });
}

function toJson(comparison: Comparison): object {
  if (comparison.status === "different") return comparison;
  const { trials, ...others } = comparison;
  const point = ({ id, factors }: TrialRecord) => ({ id, factors });
  return {
    ...others,
    trials: {
      ...trials,
      pairs: trials.pairs.map(({ one, other, ...pair }) => ({
        ...pair,
        one: resultOf(one),
        other: resultOf(other),
      })),
      onlyOne: trials.onlyOne.map(point),
      onlyOther: trials.onlyOther.map(point),
    },
  };
}

function resultOf(record: TrialRecord): object {
  if (record.status === "diverged") return { status: record.status, diverged_at: record.diverged_at };
  const { status, loss, test_loss, test_accuracy } = record;
  return { status, loss, test_loss, test_accuracy };
}

function comparisonText(comparison: Comparison, one: RunSide, other: RunSide): string {
  const heading = [one, other]
    .map(({ name, study, records }, i) => {
      const engines = [...new Set(records.map(({ engine }) => engine))].sort();
      return `${"AB"[i]}: ${name}, ${study.name}, ${counted(records.length, "trial")}${engines.length === 0 ? "" : ` with ${formatList(engines)}`}`;
    })
    .join("\n");
  if (comparison.status === "different") {
    const rows = comparison.differences.map((row) => [row.field, row.one, row.other]);
    return `${heading}\n\nThese are runs of different things, so nothing was compared:\n\n${textTable(["", "A", "B"], rows)}`;
  }
  const { trials, claims, notices } = comparison;
  return [
    heading,
    countsText(trials),
    ...(trials.pairs.some(({ state }) => state !== "identical") ? [pairsText(trials.pairs)] : []),
    ...shiftsText(trials.shifts),
    ...onlyText(trials),
    claimsText(claims),
    ...notices.map((notice) => `Note: ${notice}.`),
    conclusion(comparison),
  ].join("\n\n");
}

function countsText({ pairs, counts, divergedOnOneSide }: TrialComparison): string {
  const lines = (["identical", "within_rounding", "within_seeds", "outside"] as const).map(
    (state) => `${String(counts[state]).padStart(String(pairs.length).length)}  ${PAIR_WORDS[state]}`,
  );
  const diverged =
    divergedOnOneSide === 0
      ? ""
      : `\n${divergedOnOneSide} of them diverged on one side and completed on the other`;
  return `${pairs.length === 1 ? "1 trial is" : `${pairs.length} trials are`} in both\n${indented(lines.join("\n"))}${diverged}`;
}

function pairsText(pairs: readonly TrialPair[]): string {
  const differing = pairs.filter(({ state }) => state !== "identical");
  const names = Object.keys(differing[0]!.factors);
  const rows = differing
    .slice(0, SHOWN)
    .map(({ factors, one, other, differences, excess, state }) => [
      ...names.map((name) => factorText(name, factors[name])),
      lossText(one),
      lossText(other),
      differences.loss === null ? "" : signed(differences.loss),
      Number.isFinite(excess) ? excess.toPrecision(2) : "",
      PAIR_WORDS[state],
    ]);
  const table = textTable([...names, "loss A", "loss B", "B - A (nats)", "share of the noise", ""], rows);
  const rest = differing.length - rows.length;
  return `The farthest apart first; of training loss, held-out loss and accuracy the worst as a share of what the noise of seeds allows\n${indented(table)}${rest > 0 ? `\n  and ${rest} more (--json lists all)` : ""}`;
}

function shiftsText(shifts: readonly Shift[]): string[] {
  return shifts
    .filter(({ outside }) => outside)
    .map(
      ({ measure, mean, standardErrors }) =>
        `All trials together are shifted: the ${MEASURE_WORDS[measure]} of B is ${signed(mean)} on average, ${Math.abs(standardErrors).toFixed(1)} standard errors, more than the noise of seeds explains.`,
    );
}

function onlyText({ onlyOne, onlyOther, levelsOnlyOne, levelsOnlyOther }: TrialComparison): string[] {
  return [...onlySide("A", onlyOne, levelsOnlyOne), ...onlySide("B", onlyOther, levelsOnlyOther)];
}

function onlySide(side: string, trials: readonly TrialRecord[], levels: readonly FactorLevels[]): string[] {
  if (trials.length === 0) return [];
  const listed = levels.map(
    ({ factor, values }) => `${factor} ${values.map((value) => factorText(factor, value)).join(", ")}`,
  );
  const where = listed.length === 0 ? "" : `; factors or values that only ${side} has: ${listed.join("; ")}`;
  return [`${trials.length === 1 ? "1 trial is" : `${trials.length} trials are`} in ${side} only${where}.`];
}

function claimsText(claims: readonly ClaimAgreement[]): string {
  const rows = claims.map(({ id, one, other, agrees }) => [
    id,
    VERDICT_WORDS[one],
    VERDICT_WORDS[other],
    agrees ? "" : "differs",
  ]);
  const differing = claims.filter(({ agrees }) => !agrees).length;
  const sentence =
    differing === 0
      ? "Every claim has the same verdict"
      : `${differing} of ${claims.length} claims differ in their verdict`;
  return `${sentence}\n${indented(textTable(["claim", "A", "B", ""], rows))}`;
}

function conclusion({ agrees, trials }: Compared): string {
  if (trials.pairs.length === 0) return "Nothing was compared.";
  if (agrees) return "Nothing is outside the noise of seeds.";
  const { outside } = trials.counts;
  return outside === 0
    ? "No single trial is outside the noise of seeds, but all together are."
    : `${outside} of ${counted(trials.pairs.length, "trial")} ${outside === 1 ? "is" : "are"} outside the noise of seeds.`;
}

function factorText(name: string, value: FactorValue | undefined): string {
  if (typeof value === "number" && /(^|_)rate$/.test(name)) return formatRate(value, 6);
  return value === undefined ? "" : String(value);
}

function lossText(record: TrialRecord): string {
  return record.status === "completed" ? record.loss.toFixed(5) : `diverged at ${record.diverged_at}`;
}

function signed(difference: number): string {
  return `${difference < 0 ? "-" : "+"}${Math.abs(difference).toPrecision(3)}`;
}
