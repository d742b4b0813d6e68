/** The command `claims`: which statements of the post hold in a study, beside the post and the reference run. */

import type { Command } from "commander";
import {
  type ClaimRow,
  claimRows,
  completenessLines,
  resultText,
  verdictCounts,
} from "../../claims/claim-tables";
import { type JudgedSource, judgeClaims } from "../../claims/judge";
import { gridSource, trialSource } from "../../claims/source";
import { postCells } from "../../notebook/reference";
import { printJson } from "../json";
import { path } from "../options";
import { referenceSource } from "../reference-source";
import { resultsOf } from "../results";
import { indented, textTable } from "../text/text-table";

/** Registers `offcurve claims --out DIR [--json]`. */
export function claimsCommand(program: Command): void {
  program
    .command("claims")
    .description("judge the post's claims on a study, next to the post's own numbers and the reference run")
    .requiredOption("--out <dir>", "the results folder of the study", path)
    .option("--json", "print one JSON document")
    .action(({ out, json }: { readonly out: string; readonly json?: boolean }) => {
      const { study, records } = resultsOf(out);
      const sources = [
        gridSource("the post", postCells()),
        trialSource("this run", study, records),
        referenceSource(),
      ].map((source) => judgeClaims(source));
      if (json) printJson(toJson(study.name, sources));
      else process.stdout.write(`${study.title}\n\n${claimsText(sources)}\n`);
    });
}

function toJson(study: string, sources: readonly JudgedSource[]): unknown {
  return {
    study,
    claims: claimRows(sources).map(({ claim, threshold, results, ...row }) => ({
      ...claim,
      threshold: { ...row.limits, words: threshold, reason: row.reason },
      results: results.map(({ id: _, ...result }, i) => ({ source: sources[i]!.name, ...result })),
    })),
    completeness: sources.map(({ name, completeness }) => ({ source: name, completeness })),
    notices: sources.map(({ name, notices }) => ({ source: name, notices })),
  };
}

function claimsText(sources: readonly JudgedSource[]): string {
  const rows = claimRows(sources);
  const table = textTable(
    ["statement", ...sources.map(({ name }) => name)],
    rows.map(({ claim, results }) => [claim.id, ...results.map((result) => resultText(result, claim))]),
  );
  const notes = sources.flatMap(({ name, notices }) => notices.map((notice) => `${name}: ${notice}`));
  return [
    "Statements of Metz (2022), each held against a threshold stated in advance; in brackets the 95 % interval",
    completenessLines(sources).join("\n"),
    table,
    sources.map((source) => `${source.name}: ${verdictCounts(source)}`).join("\n"),
    ...rows.map((row) => explained(row, sources)),
    ...(notes.length === 0 ? [] : [`To note\n${indented(notes.join("\n"))}`]),
  ].join("\n\n");
}

/** What a statement says and where, what was asked of it, and why each source has its verdict. */
function explained({ claim, threshold, reason, results }: ClaimRow, sources: readonly JudgedSource[]) {
  return [
    `${claim.id}: ${claim.words} (${claim.where})`,
    indented(
      [
        `measured: ${claim.statistic}`,
        `threshold: ${threshold} (${reason})`,
        ...results.map((result, source) => `${sources[source]!.name}: ${result.sentence}`),
      ].join("\n"),
    ),
  ].join("\n");
}
