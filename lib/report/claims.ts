/** The claims of the source with their verdicts, and the rows of provenance: the first and the last part of a report. */

import { VERDICT_WORDS, type Verdict } from "../claims/verdict";
import type { ReportClaim, ReportRow } from "./contents";
import { escaped, unbroken } from "./escape";

/** A verdict is told by a sign and its words; colour only adds to them. */
const SIGNS: Readonly<Record<Verdict, { readonly sign: string; readonly name: string }>> = {
  reproduced: { sign: "✓", name: "yes" },
  not_reproduced: { sign: "✗", name: "no" },
  cannot_tell: { sign: "?", name: "open" },
};

/** The claims as a table, each with its verdict here and its value in every set of results; a count of the verdicts above. */
export function claimTableHtml(claims: readonly ReportClaim[]): string {
  if (claims.length === 0) return "<p>No claim was checked.</p>\n";
  const headings = ["Claim", "Verdict", ...claims[0]!.columns.map(({ heading }) => heading)];
  const rows = claims.map(({ words, verdict, columns }) => {
    const values = columns.map(
      ({ heading, value, verdict: own }) =>
        `<td data-heading="${escaped(heading)}">${mark(own)} ${unbroken(value)}</td>`,
    );
    return `<tr><th scope="row">${unbroken(words)}</th><td>${badge(verdict, VERDICT_WORDS[verdict])}</td>${values.join("")}</tr>`;
  });
  return [
    tally(claims),
    '<div class="table claim-table" tabindex="0" role="region" aria-label="The claims"><table>',
    `<thead><tr>${headings.map((heading) => `<th scope="col">${escaped(heading)}</th>`).join("")}</tr></thead>`,
    `<tbody>${rows.join("\n")}</tbody>`,
    "</table></div>\n",
  ].join("\n");
}

/** The claims as a list: why each was judged so, and how it was measured. */
export function claimsHtml(claims: readonly ReportClaim[]): string {
  if (claims.length === 0) return "<p>No claim was checked.</p>\n";
  return ['<ol class="claims">', ...claims.map(claimHtml), "</ol>\n"].join("\n");
}

function tally(claims: readonly ReportClaim[]): string {
  const counts = Object.keys(SIGNS)
    .map(
      (verdict) => [verdict as Verdict, claims.filter((claim) => claim.verdict === verdict).length] as const,
    )
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `<li>${badge(verdict, `${count} ${VERDICT_WORDS[verdict]}`)}</li>`);
  return `<ul class="tally" aria-label="Verdicts">${counts.join("")}</ul>`;
}

function claimHtml({ words, place, measure, verdict, why, columns }: ReportClaim): string {
  const values = columns.map(
    ({ heading, value, verdict: own }) =>
      `<div><dt>${escaped(heading)}</dt><dd>${mark(own)} ${unbroken(value)}</dd></div>`,
  );
  return [
    "<li>",
    `<div class="verdict">${badge(verdict, VERDICT_WORDS[verdict])}</div>`,
    `<p class="words">${unbroken(words)}</p>`,
    `<p class="why">${unbroken(why)}</p>`,
    ...(values.length === 0 ? [] : [`<dl class="values">${values.join("")}</dl>`]),
    `<p class="place">Measured: ${unbroken(measure)}. In the post: ${unbroken(place)}.</p>`,
    "</li>",
  ].join("\n");
}

function badge(verdict: Verdict, words: string): string {
  const { sign, name } = SIGNS[verdict];
  return `<span class="badge ${name}"><span aria-hidden="true">${sign}</span> ${escaped(words)}</span>`;
}

/** The sign of a verdict inside a table of values, with its words for readers who do not see it. */
function mark(verdict: Verdict): string {
  const { sign, name } = SIGNS[verdict];
  return `<span class="mark ${name}"><span aria-hidden="true">${sign}</span><span class="unseen">${VERDICT_WORDS[verdict]}: </span></span>`;
}

/** Labels and their values. */
export function rowsHtml(rows: readonly ReportRow[]): string {
  if (rows.length === 0) return "<p>Nothing is known of where these results come from.</p>\n";
  const lines = rows.map(
    ({ label, value }) => `<div><dt>${escaped(label)}</dt><dd>${escaped(value)}</dd></div>`,
  );
  return `<dl class="rows">\n${lines.join("\n")}\n</dl>\n`;
}
