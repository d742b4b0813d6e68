/** Judged claims in the form in which a report shows them. */

import { claimRows, valueText, verdictText } from "../claims/claim-tables";
import type { JudgedSource } from "../claims/judge";
import type { ReportClaim } from "./contents";

/**
 * The claims with the verdicts of one source, and what all sources say of each.
 *
 * @param sources the columns, in the order in which they are shown
 * @param own the source that the report is about, one of them
 */
export function reportClaims(sources: readonly JudgedSource[], own: JudgedSource): ReportClaim[] {
  const index = sources.indexOf(own);
  return claimRows(sources).map(({ claim, threshold, reason, results }) => {
    const { verdict, sentence } = results[index]!;
    return {
      words: `${claim.words}.`,
      place: claim.where,
      measure: `${claim.statistic}. Threshold: ${threshold} (${reason})`,
      verdict,
      why: `${capitalised(sentence)}.`,
      columns: results.map((result, i) => ({
        heading: capitalised(sources[i]!.name),
        value: valueText(result, claim) || verdictText(result),
        verdict: result.verdict,
      })),
    };
  });
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
