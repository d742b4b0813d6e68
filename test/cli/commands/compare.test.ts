import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Trial } from "../../../lib/studies/trials";
import type { TrialRecord } from "../../../lib/sweep/record";
import { recordOf } from "../../claims/grids";
import { emptyFolder, offcurve } from "../offcurve";
import { resultsFolder } from "../results-folder";

const REFERENCE = resolve(__dirname, "../../../data/reference/kanji");

const STUDY = {
  name: "small",
  dataset: { name: "kanji-1000" },
  factors: { hidden_size: [4, 8, 16, 32, 64, 128], learning_rate: [1e-3, 3e-3, 1e-2], seed: [0, 1, 2] },
};

/** A loss with its optimum at 3e-3, and seeds 0.02 nats apart. */
function trained({ id, factors }: Trial): TrialRecord {
  const [size, rate, seed] = [factors.hidden_size, factors.learning_rate, factors.seed] as number[];
  return recordOf(
    id,
    factors,
    7 - 0.3 * Math.log(size!) + 0.2 * Math.log(rate! / 3e-3) ** 2 + 0.02 * (seed! - 1),
  );
}

const isFirst = ({ factors }: Trial) => factors.hidden_size === 4 && factors.learning_rate === 1e-3;

describe("offcurve compare", () => {
  const folder = resultsFolder(STUDY, trained);

  it("finds a run identical to itself and exits with 0", async () => {
    const found = await offcurve("compare", folder, folder);
    expect(found).toMatchObject({ status: 0, stderr: "" });
    expect(found.stdout).toMatch(/^54 trials are in both$/m);
    expect(found.stdout).toMatch(/^ +54 +identical to the bit$/m);
    expect(found.stdout).toContain("Every claim has the same verdict");
    expect(found.stdout).toMatch(/Nothing is outside the noise of seeds\.\n$/);
  });

  it("lists what is outside, the worst first, and exits with 1", async () => {
    const other = resultsFolder(STUDY, (trial) => {
      if (!isFirst(trial)) return trained(trial);
      const { seed } = trial.factors;
      return recordOf(trial.id, trial.factors, seed === 0 ? null : seed === 1 ? 9 : 7.1);
    });
    const found = await offcurve("compare", folder, other);
    expect(found.status).toBe(1);
    const rows = found.stdout.split("\n").filter((line) => /outside the noise of seeds$/.test(line));
    expect(rows.map((row) => row.trim().split(/ {2,}/).slice(0, 3))).toEqual([
      ["3", "outside the noise of seeds"],
      ["4", "1e-3", "0"],
      ["4", "1e-3", "1"],
      ["4", "1e-3", "2"],
    ]);
    expect(found.stdout).toContain("1 of them diverged on one side and completed on the other");
    expect(found.stdout).toContain("diverged at 17");
    expect(found.stdout).toMatch(/3 of 54 trials are outside the noise of seeds\.\n$/);
  });

  it("prints one JSON document", async () => {
    const other = resultsFolder({ ...STUDY, factors: { ...STUDY.factors, seed: [0, 1] } }, (trial) =>
      isFirst(trial) ? recordOf(trial.id, trial.factors, null) : trained(trial),
    );
    const found = await offcurve("compare", folder, other, "--json");
    expect(found.status).toBe(1);
    const document = JSON.parse(found.stdout);
    expect(document).toMatchObject({
      a: folder,
      b: other,
      status: "compared",
      agrees: false,
      trials: {
        counts: { identical: 34, within_rounding: 0, within_seeds: 0, outside: 2 },
        diverged_on_one_side: 2,
        levels_only_one: [{ factor: "seed", values: [2] }],
        levels_only_other: [],
        noise_known: true,
      },
    });
    expect(document.trials.pairs).toHaveLength(36);
    expect(document.trials.pairs[0]).toMatchObject({
      state: "outside",
      one: { status: "completed" },
      other: { status: "diverged", diverged_at: 17 },
      excess: null,
    });
    expect(document.trials.only_one).toHaveLength(18);
    expect(document.claims).toHaveLength(12);
    expect(found.stdout).not.toMatch(/"[a-z]+[A-Z]\w*":/);
  });

  it("names data and configurations that differ, and exits with 1", async () => {
    const updates = resultsFolder({ ...STUDY, base: { updates: 200 } }, trained);
    const found = await offcurve("compare", folder, updates);
    expect(found).toMatchObject({ status: 1, stderr: "" });
    expect(found.stdout).toContain("These are runs of different things, so nothing was compared");
    expect(found.stdout).toMatch(/^updates +1000 +200$/m);

    const copy = emptyFolder();
    for (const file of ["study.json", "ledger.jsonl"]) copyFileSync(join(REFERENCE, file), join(copy, file));
    const manifest = readFileSync(join(REFERENCE, "manifest.json"), "utf8");
    writeFileSync(join(copy, "manifest.json"), manifest.replace(/b50ea44a[0-9a-f]{56}/, "0".repeat(64)));
    const data = await offcurve("compare", REFERENCE, copy, "--json");
    expect(data.status).toBe(1);
    expect(JSON.parse(data.stdout)).toMatchObject({
      status: "different",
      differences: [
        {
          field: "SHA-256 of kanji-1000/glyphs-idx4-ubyte.gz",
          one: expect.stringMatching(/^b50ea44a/),
          other: "0".repeat(64),
        },
      ],
    });
  });

  it("fails with one sentence where a side has no results or a damaged manifest", async () => {
    const none = await offcurve("compare", folder, join(emptyFolder(), "none"));
    expect(none).toMatchObject({ status: 1, stdout: "" });
    expect(none.stderr).toMatch(/^offcurve: .*none holds no results; .*\n$/);
    const damaged = resultsFolder(STUDY, trained);
    writeFileSync(join(damaged, "manifest.json"), "{");
    const found = await offcurve("compare", damaged, folder);
    expect(found).toMatchObject({ status: 1, stdout: "" });
    expect(found.stderr).toMatch(/^offcurve: .*manifest\.json is not JSON.*\n$/);
  });

  it("is used wrongly with one side", async () => {
    expect(await offcurve("compare", folder)).toMatchObject({ status: 2, stdout: "" });
  });
});
