import { describe, expect, it } from "vitest";
import { judgeClaims } from "../../lib/claims/judge";
import { gridSource } from "../../lib/claims/source";
import { CLAIMS } from "../../lib/claims/statements";
import { VERDICT_WORDS } from "../../lib/claims/verdict";
import { postCells } from "../../lib/notebook/reference";
import { reportClaims } from "../../lib/report/claim-rows";
import { renderReport } from "../../lib/report/report";
import { reportOf } from "./contents";
import { elementsOf, unescaped } from "./elements";

describe("the claims of a report", () => {
  const post = judgeClaims(gridSource("the post", postCells()), { replicates: 60 });
  // Of half the grid another verdict follows for some claims.
  const half = judgeClaims(
    gridSource(
      "this run",
      postCells().filter(({ factors }) => (factors.learning_rate as number) <= 3e-4),
    ),
    { replicates: 60 },
  );
  const claims = reportClaims([post, half], half);

  it("have the verdict and the reason of the results that the report is about", () => {
    expect(claims.map(({ words }) => words)).toEqual(CLAIMS.map(({ words }) => `${words}.`));
    expect(claims.map(({ verdict }) => verdict)).toEqual(half.results.map(({ verdict }) => verdict));
    expect(claims.map(({ verdict }) => verdict)).not.toEqual(post.results.map(({ verdict }) => verdict));
    claims.forEach(({ why, columns }, i) => {
      expect(why.toLowerCase()).toBe(`${half.results[i]!.sentence.toLowerCase()}.`);
      expect(columns.map(({ heading, verdict }) => [heading, verdict])).toEqual([
        ["The post", post.results[i]!.verdict],
        ["This run", half.results[i]!.verdict],
      ]);
    });
  });

  it("stand before all else, counted, each with its verdict in words", async () => {
    const page = await renderReport(reportOf({ claims }));
    const badges = elementsOf(page).filter(({ attributes }) => attributes.class?.startsWith("badge"));
    const words = badges.map(({ text }) => unescaped(text).replace(/^\W*/, ""));
    const counted = Object.entries(VERDICT_WORDS).flatMap(([verdict, name]) => {
      const count = claims.filter((claim) => claim.verdict === verdict).length;
      return count > 0 ? [`${count} ${name}`] : [];
    });
    const each = claims.map(({ verdict }) => VERDICT_WORDS[verdict]);
    // Once in the table, and once where it is told how each was judged.
    expect(words).toEqual([...counted, ...each, ...each]);
    expect(page.indexOf('id="claims"')).toBeLessThan(page.indexOf('id="provenance"'));
  });
});
