import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { CLAIM_IDS } from "../../../lib/claims/statements";
import { inventedStudy, recordOf } from "../../claims/grids";
import { emptyFolder, type Finished, offcurve } from "../offcurve";
import { resultsFolder } from "../results-folder";

const REFERENCE = resolve(__dirname, "../../../data/reference/kanji-500");

interface Document {
  readonly study: string;
  readonly claims: readonly {
    readonly id: string;
    readonly words: string;
    readonly threshold: {
      readonly low: number | null;
      readonly high: number | null;
      readonly reason: string;
    };
    readonly results: readonly {
      readonly source: string;
      readonly verdict: string;
      readonly value: number | null;
    }[];
  }[];
}

describe("offcurve claims", () => {
  let text: Finished;
  let json: Finished;
  beforeAll(async () => {
    text = await offcurve("claims", "--out", REFERENCE);
    json = await offcurve("claims", "--out", REFERENCE, "--json");
  }, 120_000);

  it("shows the post, this run and the reference run in columns, and exits with 0 whatever the verdicts", () => {
    expect(text).toMatchObject({ status: 0, stderr: "" });
    expect(text.stdout).toMatch(/^statement +the post +this run +reference run$/m);
    expect(text.stdout).toMatch(
      /^no-better-than-smaller +reproduced: 17 times \(.*\) +not reproduced: 1\.6 times \(.*\) +not reproduced: 1\.6 times/m,
    );
    expect(text.stdout).toMatch(/^this run: \d+ reproduced, \d+ not reproduced, \d+ cannot tell$/m);
    expect(text.stdout).toMatch(/^ {2}threshold: at least 10 % \(.+\)$/m);
  });

  it("prints one JSON document with the same verdicts", () => {
    expect(json).toMatchObject({ status: 0, stderr: "" });
    const document = JSON.parse(json.stdout) as Document;
    expect(document.study).toBe("kanji-500");
    expect(document.claims.map(({ id }) => id)).toEqual(CLAIM_IDS);
    for (const { id, results, threshold } of document.claims) {
      expect(
        results.map(({ source }) => source),
        id,
      ).toEqual(["the post", "this run", "reference run"]);
      expect(threshold.reason.length, id).toBeGreaterThan(10);
      // This run is the reference run.
      expect({ ...results[1], source: "" }).toEqual({ ...results[2], source: "" });
    }
    expect(document.claims[6]).toMatchObject({
      id: "best-rate-exponent",
      threshold: { low: -0.53, high: -0.33 },
    });
    expect(document.claims[6]!.results[1]!.value).toBeCloseTo(-0.26, 2);
    expect(json.stdout).toMatch(/"r_squared"|"not_reproduced"/);
    expect(json.stdout).not.toMatch(/"[a-z]+[A-Z]\w*":/);
  });

  it("says of a study without the post's factors that nothing can be told", async () => {
    const study = {
      name: "depths",
      dataset: { name: "kanji-1000" },
      base: { hidden_size: 8 },
      factors: { learning_rate: [0.1, 0.01] },
    };
    const folder = resultsFolder(study, ({ id, factors }) => recordOf(id, factors, 3));
    const { status, stdout } = await offcurve("claims", "--out", folder);
    expect(status).toBe(0);
    expect(stdout).toContain("this run: 0 reproduced, 0 not reproduced, 12 cannot tell");
    expect(stdout).toContain("this run: the study does not sweep hidden_size, it sweeps learning_rate");
  });

  it("fails with one sentence where there are no results, and where the ledger is damaged", async () => {
    const missing = await offcurve("claims", "--out", join(emptyFolder(), "none"));
    expect(missing).toMatchObject({ status: 1, stdout: "" });
    expect(missing.stderr).toMatch(/^offcurve: .* holds no results; make some with: .*\n$/);
    const { study } = inventedStudy();
    const folder = resultsFolder(study, () => null);
    writeFileSync(join(folder, "ledger.jsonl"), '{"id": 3}\n');
    const damaged = await offcurve("claims", "--out", folder, "--json");
    expect(damaged).toMatchObject({ status: 1, stdout: "" });
    expect(damaged.stderr).toMatch(/^offcurve: .*ledger\.jsonl:1 is not a trial .*\n$/);
  });

  it("is used wrongly without a folder", async () => {
    const wrong = await offcurve("claims");
    expect(wrong).toMatchObject({ status: 2, stdout: "" });
  });
});
