/**
 * Judged claims side by side, one column a source: as a data frame, as Markdown, and as the words that the report and
 * the command line share.
 */

import { capitalised } from "../laws/wording";
import { frameOf, textColumn } from "../tables/columns";
import type { Frame } from "../tables/frame";
import type { ClaimResult, JudgedSource } from "./judge";
import type { Obstacle } from "./source";
import { CLAIMS, type Claim, type ClaimId } from "./statements";
import { THRESHOLDS } from "./thresholds";
import { formatBounded, formatRange, thresholdText, VERDICT_WORDS, type Verdict } from "./verdict";

/** What keeps a statement from being judged, in few words. */
export const OBSTACLE_WORDS: Readonly<Record<Obstacle, string>> = {
  too_few_trials: "too few trials",
  too_much_noise: "too much noise",
  diverged: "diverged",
  factor_missing: "factor missing",
  another_factor: "another factor varies",
  depends_on_form: "depends on the form of the law",
  nothing_missed: "no miss to recover",
  no_effect_of_size: "no effect of size",
};

/** One statement with its result in each source, in the order of the sources. */
export interface ClaimRow {
  readonly claim: Claim;
  /** The threshold in words, such as `at least 10 %`. */
  readonly threshold: string;
  /** Its ends, and why they are what they are. */
  readonly limits: { readonly low: number | null; readonly high: number | null };
  readonly reason: string;
  readonly results: readonly ClaimResult[];
}

/** The statements with their results, in the order of the post. */
export function claimRows(sources: readonly JudgedSource[]): ClaimRow[] {
  return CLAIMS.map((claim, i) => {
    const { reason, ...limits } = THRESHOLDS[claim.id];
    return {
      claim,
      threshold: thresholdText(limits, claim.format),
      limits,
      reason,
      results: sources.map(({ results }) => results[i]!),
    };
  });
}

/** The verdict in words, with the obstacle where it is none: `cannot tell (too much noise)`. */
export function verdictText({ verdict, obstacle }: ClaimResult): string {
  const words = VERDICT_WORDS[verdict];
  return obstacle === null ? words : `${words} (${OBSTACLE_WORDS[obstacle]})`;
}

/** The statistic with its interval: `71 % (40 to 78 %)`; empty where it could not be measured. */
export function valueText({ value, bound, interval }: ClaimResult, { format }: Claim): string {
  if (value === null) return "";
  const range = interval === null ? "" : ` (${formatRange(interval, format)})`;
  return `${formatBounded(value, bound, format)}${range}`;
}

/** Verdict and statistic as they stand in a cell of a table: `reproduced: 71 % (40 to 78 %)`. */
export function resultText(result: ClaimResult, claim: Claim): string {
  const value = valueText(result, claim);
  return value === "" ? verdictText(result) : `${verdictText(result)}: ${value}`;
}

/** How complete the trials of each source are, one sentence a source: `this run: 432 trials, none is missing.` */
export function completenessLines(sources: readonly JudgedSource[]): string[] {
  return sources.map(({ name, completeness }) => `${capitalised(name)}: ${completeness}.`);
}

/** How many statements have which verdict: `7 reproduced, 3 not reproduced, 2 cannot tell`. */
export function verdictCounts({ results }: JudgedSource): string {
  return (["reproduced", "not_reproduced", "cannot_tell"] as const)
    .map(
      (verdict) =>
        `${results.filter((result) => result.verdict === verdict).length} ${VERDICT_WORDS[verdict]}`,
    )
    .join(", ");
}

/** Which statements hold in a source, in whole sentences, the count first. */
export function claimFindings({ name, results }: JudgedSource): string[] {
  const total = results.length;
  const having = (verdict: Verdict) => CLAIMS.filter((_, i) => results[i]!.verdict === verdict);
  const [held, failed] = [having("reproduced"), having("not_reproduced")];
  const open = results.filter(({ verdict }) => verdict === "cannot_tell").length;
  return [
    `${held.length} of ${total} statements hold in ${name}, ${failed.length} ${failed.length === 1 ? "does" : "do"} not, and ${open} cannot be told.`,
    ...held.map(({ words }) => `Holds: ${words}.`),
    ...failed.map(({ words }) => `Does not hold: ${words}.`),
  ];
}

/** What the post's panels show, by the statements that say so. */
const PICTURE: readonly { readonly id: ClaimId; readonly words: string }[] = [
  { id: "extrapolation-misses", words: "the line through the small models misses the largest one" },
  { id: "best-rate-falls", words: "the best learning rate shrinks as the model grows" },
];

/** Whether two sources show the same picture, in whole sentences, the answer first. */
export function pictureFindings([one, other]: readonly [JudgedSource, JudgedSource]): string[] {
  const rows = PICTURE.map(({ id, words }) => {
    const found = [one, other].map(({ name, results }) => ({
      name,
      result: results.find((result) => result.id === id)!,
    }));
    const verdicts = new Set(found.map(({ result }) => result.verdict));
    return { words, found, isTold: !verdicts.has("cannot_tell"), isShared: verdicts.size === 1 };
  });
  const told = rows.filter(({ isTold }) => isTold);
  const shared = told.filter(({ isShared }) => isShared);
  const open = rows.length - told.length;
  const answer =
    shared.length === rows.length
      ? "Yes"
      : shared.length > 0
        ? "In part"
        : told.length > 0
          ? "No"
          : "That cannot be told";
  const holds = rows.every(({ found }) => found.every(({ result }) => result.verdict === "reproduced"));
  return [
    holds
      ? `Yes: in ${one.name} as in ${other.name}, ${rows.map(({ words }) => words).join(", and ")}.`
      : `${answer}: ${one.name} and ${other.name} agree in ${shared.length} of the ${rows.length} things that make the picture${open === 0 ? "" : `, and ${open} cannot be told`}.`,
    ...rows.flatMap(({ words, found }) =>
      found.map(
        ({ name, result }) =>
          `${capitalised(words)}? ${capitalised(name)}: ${verdictText(result)}; ${result.sentence}.`,
      ),
    ),
  ];
}

/** What is measured and asked of it: `R² of the line: at least 0.99`. */
export function askedText({ claim, threshold }: ClaimRow): string {
  return `${claim.quantity}: ${threshold}`;
}

/** The claims as a frame: `claim`, `where`, `threshold`, and one column a source, under its name. */
export function claimFrame(sources: readonly JudgedSource[]): Frame {
  const rows = claimRows(sources);
  const text = (name: string, pick: (row: ClaimRow) => string) => textColumn(name, rows.map(pick));
  return frameOf([
    text("claim", ({ claim }) => claim.words),
    text("where", ({ claim }) => claim.where),
    text("threshold", askedText),
    ...sources.map(({ name }, i) => text(name, ({ claim, results }) => resultText(results[i]!, claim))),
  ]);
}

/**
 * The completeness of the sources, and the claims as a Markdown table: claim, threshold, one column a source.
 *
 * @param ids the claims that are shown, then without the completeness; all unless given
 */
export function claimMarkdown(sources: readonly JudgedSource[], ids?: readonly ClaimId[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  const headings = ["claim", "threshold", ...sources.map(({ name }) => name)];
  const shown = claimRows(sources).filter(({ claim }) => ids?.includes(claim.id) ?? true);
  return [
    ...(ids === undefined ? [...completenessLines(sources).map(escaped), ""] : []),
    line(headings),
    `|${" --- |".repeat(headings.length)}`,
    ...shown.map((row) =>
      line([row.claim.words, askedText(row), ...row.results.map((result) => markedText(result, row.claim))]),
    ),
  ].join("\n");
}

/** As `resultText`, the verdict in bold. */
function markedText(result: ClaimResult, claim: Claim): string {
  return resultText(result, claim).replace(VERDICT_WORDS[result.verdict], (words) => `**${words}**`);
}

/** A cell of a Markdown table: a bar would end it, a line break the table. */
function escaped(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");
}
