import { beforeAll, describe, expect, it } from "vitest";
import { judgeClaims } from "../../lib/claims/judge";
import { trialSource } from "../../lib/claims/source";
import { studyHeadline } from "../../lib/laws/headline";
import { referenceRecords } from "../../lib/notebook/reference";
import { reportClaims } from "../../lib/report/claim-rows";
import { type Opening, openingOf } from "../../lib/report/opening";
import { renderReport } from "../../lib/report/report";
import { DEFAULT_STUDY, findStudy } from "../../lib/studies/presets";
import { reportOf } from "./contents";
import { unescaped } from "./elements";

/** A page's text without its tags. */
const textOf = (html: string) => unescaped(html.replace(/<[^>]*>/g, ""));

describe("the first screen of a report", () => {
  const records = referenceRecords();
  const judged = judgeClaims(trialSource("this run", DEFAULT_STUDY, records), { replicates: 60 });
  let opening: Opening;
  let page: string;
  beforeAll(async () => {
    opening = openingOf(DEFAULT_STUDY, records, judged);
    page = await renderReport(reportOf({ ...opening, claims: reportClaims([judged], judged) }));
  }, 120_000);

  it("has the finding as its title and its heading", () => {
    expect(opening.finding).toBe(studyHeadline(records));
    expect(textOf(/<title>(.*?)<\/title>/s.exec(page)![1]!)).toBe(`${opening.finding} (tiny)`);
    expect(textOf(/<h1>(.*?)<\/h1>/s.exec(page)![1]!)).toBe(opening.finding);
  });

  it("shows the one chart of it, then the table of claims, and only then the rest", () => {
    const places = [
      "<h1",
      "<figure",
      '<dl class="facts"',
      "<nav",
      "<table",
      'id="judged"',
      'id="provenance"',
    ];
    const found = places.map((place) => page.indexOf(place));
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found).not.toContain(-1);
    expect(page.slice(0, page.indexOf("<nav")).match(/<figure/g)).toHaveLength(1);
  });

  it("says on what it was found, how sure it is, and what could change it", () => {
    const fact = new Map(opening.facts.map(({ label, value }) => [label, value]));
    expect(fact.get("On what")).toBe(
      "432 trials on the data set kanji-1000: 12 hidden sizes × 12 learning rates × 3 seeds, 500 updates each. All of them ran to the end.",
    );
    const count = (verdict: string) => judged.results.filter((result) => result.verdict === verdict).length;
    expect(fact.get("How sure")).toContain("size 768 has 4.92 nats");
    expect(fact.get("How sure")).toContain(
      `${count("reproduced")} are reproduced in this run, ${count("not_reproduced")} are not, and ${count("cannot_tell")} cannot be told.`,
    );
    expect(fact.get("What could change it")).toContain("none of them was varied here");
    const noisy = judged.results.filter(({ obstacle }) => obstacle === "too_much_noise").length;
    expect(noisy).toBeGreaterThan(1);
    expect(fact.get("What could change it")).toContain(
      `More seeds than 3: ${noisy} claims are lost in their noise.`,
    );
  });

  it("has a finding of every study, and a chart where there is a law to draw", () => {
    const smoke = findStudy("smoke");
    const empty = openingOf(smoke, [], judgeClaims(trialSource("this run", smoke, [])));
    expect(empty).toMatchObject({ finding: "No trial is finished yet", chart: undefined });
    const oneSize = records.filter(({ factors }) => factors.hidden_size === 8);
    const narrow = { ...DEFAULT_STUDY, factors: { ...DEFAULT_STUDY.factors, hidden_size: [8] } };
    const alone = openingOf(narrow, oneSize, judgeClaims(trialSource("this run", narrow, oneSize)));
    expect(alone.finding).toMatch(/^No law of size/);
  });
});
