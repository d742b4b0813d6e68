import { describe, expect, it } from "vitest";
import { type Comparison, compareRuns, type RunSide } from "../../lib/claims/compare";
import { CLAIM_IDS } from "../../lib/claims/statements";
import { parseStudy, type Study } from "../../lib/studies/study";
import { inventedStudy, SIZES } from "./grids";

const { study, records } = inventedStudy({ spread: 0.01 });
const SIDE: RunSide = { name: "here", study, records, checksums: { "kanji/glyphs.gz": "ab12" } };
const OPTIONS = { replicates: 10 };

/** The study with other fields, its trials left alone. */
const withStudy = (change: Partial<Study>): RunSide => ({
  ...SIDE,
  name: "there",
  study: parseStudy({ ...structuredClone(study), ...change }, "a changed study"),
});
const compared = (comparison: Comparison) => {
  if (comparison.status === "different") throw new Error(JSON.stringify(comparison.differences));
  return comparison;
};

describe("two runs of one study", () => {
  it("agree where they are the same, whatever the study is called", () => {
    const found = compared(compareRuns(SIDE, withStudy({ name: "other", title: "Another name" }), OPTIONS));
    expect(found).toMatchObject({ agrees: true, notices: [] });
    expect(found.trials.counts.identical).toBe(504);
    expect(found.claims.map(({ id }) => id)).toEqual(CLAIM_IDS);
    expect(found.claims.every(({ agrees }) => agrees)).toBe(true);
  });

  it("do not agree where one trial is outside, and say which claims come out otherwise", () => {
    // Half a nat less at the largest size undoes its miss.
    const better = records.map((record) =>
      record.status === "completed" && record.factors.hidden_size === 8192
        ? { ...record, loss: record.loss - 0.78 }
        : record,
    );
    const found = compared(compareRuns(SIDE, { ...SIDE, records: better }, OPTIONS));
    expect(found.agrees).toBe(false);
    expect(found.trials.counts).toMatchObject({ identical: 462, outside: 42 });
    expect(found.claims.filter(({ agrees }) => !agrees)).toContainEqual(
      expect.objectContaining({ id: "extrapolation-misses", one: "reproduced", other: "not_reproduced" }),
    );
  });

  it("are compared where one has sizes and a factor that the other lacks", () => {
    const larger = inventedStudy({ spread: 0.01, factors: { depth: [3, 4] } });
    const found = compared(compareRuns(SIDE, { ...SIDE, ...larger }, OPTIONS));
    expect(found.trials.pairs).toHaveLength(504);
    expect(found.trials.counts.identical).toBe(504);
    expect(found.trials.onlyOther).toHaveLength(504);
    expect(found.trials.levelsOnlyOther).toEqual([{ factor: "depth", values: [3, 4] }]);
  });

  it("do not agree where no trial is in both", () => {
    const large = records.filter(({ factors }) => (factors.hidden_size as number) > 64);
    const small = records.filter(({ factors }) => (factors.hidden_size as number) <= 64);
    const found = compared(compareRuns({ ...SIDE, records: large }, { ...SIDE, records: small }, OPTIONS));
    expect(found).toMatchObject({
      agrees: false,
      notices: ["no trial is in both, so nothing was compared"],
    });
  });

  it("are compared without checksums, with a notice", () => {
    const found = compared(compareRuns(SIDE, { ...SIDE, name: "there", checksums: null }, OPTIONS));
    expect(found).toMatchObject({
      agrees: true,
      notices: ["there has no checksums of its data, so the data were not compared"],
    });
  });
});

describe("runs of different things", () => {
  it.each<[string, Partial<Study>, object]>([
    [
      "data sets",
      { dataset: { name: "fashion-mnist" } },
      { field: "dataset", one: '{"name":"kanji-1000"}', other: '{"name":"fashion-mnist"}' },
    ],
    ["data seeds", { data_seed: 5 }, { field: "data_seed", one: "0", other: "5" }],
    [
      "evaluations",
      { evaluation: { split: "test", examples: 64 } },
      { field: "evaluation", other: '{"examples":64,"split":"test"}' },
    ],
    ["base configurations", { base: { updates: 200 } }, { field: "updates", one: "100", other: "200" }],
    [
      "seeds",
      { factors: { ...study.factors, seed: [7, 8] } },
      { field: "seed", one: "0, 1, 2", other: "7, 8" },
    ],
    [
      "sizes",
      { factors: { ...study.factors, hidden_size: SIZES.map((size) => size + 1) } },
      { field: "hidden_size" },
    ],
  ])("have other %s, which are named instead of compared", (_, change, difference) => {
    const found = compareRuns(SIDE, withStudy(change), OPTIONS);
    expect(found.status).toBe("different");
    expect(found).toMatchObject({ differences: [difference] });
  });

  it("may have the same study on other data", () => {
    const checksums = { "kanji/glyphs.gz": "cd34", "kanji/more.gz": "ef56" };
    expect(compareRuns(SIDE, { ...SIDE, checksums }, OPTIONS)).toEqual({
      status: "different",
      differences: [
        { field: "SHA-256 of kanji/glyphs.gz", one: "ab12", other: "cd34" },
        { field: "SHA-256 of kanji/more.gz", one: "no such file", other: "ef56" },
      ],
    });
  });
});
