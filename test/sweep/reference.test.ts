// The results that come with the project: reference runs of studies of the kit, and the exploration that chose the default study.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { mean } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { fitLine } from "../../lib/laws/line";
import { bestCaseSection } from "../../lib/laws/sections";
import { updateFlops } from "../../lib/model/mlp";
import { DEFAULT_STUDY, findStudy } from "../../lib/studies/presets";
import { valuesOf } from "../../lib/studies/study";
import { trialsOf } from "../../lib/studies/trials";
import { readStudy } from "../../lib/sweep/folder";
import { readLedger } from "../../lib/sweep/ledger";
import { bestValues } from "../../lib/tables/best";
import { summarizeCells } from "../../lib/tables/cells";

const REFERENCE = resolve(__dirname, "../../data/reference");
const runs = readdirSync(REFERENCE).filter((name) => existsSync(join(REFERENCE, name, "study.json")));

it("the default study has a reference run", () => {
  expect(runs).toContain(DEFAULT_STUDY.name);
});

describe.each(runs)("the reference run %s", (name) => {
  const folder = join(REFERENCE, name);

  it("is of the study of that name as it is declared now, complete", () => {
    expect(readStudy(folder)).toEqual(findStudy(name));
    const { records, notices } = readLedger(folder);
    expect(notices).toEqual([]);
    const ids = trialsOf(findStudy(name)).map(({ id }) => id);
    expect(records.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  it("has the best rate of every size inside the grid", () => {
    const best = bestValues(summarizeCells(readLedger(folder).records), "learning_rate", "hidden_size");
    expect(best).toHaveLength(12);
    for (const { level, edge } of best) expect(edge, `size ${level}`).toBe("none");
  });
});

it("the best case of kanji-500 is as straight as the rule asks", () => {
  const { points } = bestCaseSection(summarizeCells(readLedger(join(REFERENCE, "kanji-500")).records));
  const sizes = points.map(({ size }) => Math.log(size));
  const losses = points.map((point) => mean([...point.losses]));
  const { slope, intercept, rSquared } = fitLine(sizes, losses);
  const fall = -slope * (sizes.at(-1)! - sizes[0]!);
  const largest = Math.max(...losses.map((loss, i) => Math.abs(loss - intercept - slope * sizes[i]!)));
  expect(rSquared).toBeGreaterThanOrEqual(0.998);
  expect(largest / fall).toBeLessThanOrEqual(0.03);
});

interface Budget {
  readonly batchSize: number;
  readonly updates: number;
  readonly widest?: { readonly smallest: number; readonly largest: number; readonly flops: number };
}

it("the budget that wins by the rule is that of kanji-500, and costs what the library counts", () => {
  const script = join(REFERENCE, "budget", "choose.mjs");
  const budgets: Budget[] = JSON.parse(
    execFileSync(process.execPath, [script, "--json"], { encoding: "utf8" }),
  );
  const { batchSize, updates, widest } = budgets[0]!;
  const study = findStudy("kanji-500");
  expect({ batch_size: batchSize, updates }).toEqual(study.base);
  const sizes = valuesOf(study, "hidden_size");
  expect([widest!.smallest, widest!.largest]).toEqual([sizes[0], sizes.at(-1)]);

  const shape = { inputs: 256, classes: 1000, depth: 3, activation: "relu", layer_norm: false } as const;
  const even = sizes.map((_, i) => sizes[0]! * (sizes.at(-1)! / sizes[0]!) ** (i / (sizes.length - 1)));
  const flops = even.reduce((sum, hidden_size) => sum + updateFlops({ ...shape, hidden_size }, batchSize), 0);
  expect(widest!.flops).toBeCloseTo(36 * updates * flops, -6);
});
