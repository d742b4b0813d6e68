import { resolve } from "node:path";
import { expect, it } from "vitest";
import { findStudy } from "../../lib/studies/presets";
import { trialsOf } from "../../lib/studies/trials";
import { readStudy } from "../../lib/sweep/folder";
import { readLedger } from "../../lib/sweep/ledger";
import { bestValues } from "../../lib/tables/best";
import { summarizeCells } from "../../lib/tables/cells";

const FOLDER = resolve(__dirname, "../../data/reference/kanji");

it("the reference results are those of the default study as it is declared now, complete", () => {
  expect(readStudy(FOLDER)).toEqual(findStudy("kanji"));
  const { records, notices } = readLedger(FOLDER);
  expect(notices).toEqual([]);
  const ids = trialsOf(findStudy("kanji")).map(({ id }) => id);
  expect(records.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
});

it("the reference results have the best rate of every size inside the grid", () => {
  const best = bestValues(summarizeCells(readLedger(FOLDER).records), "learning_rate", "hidden_size");
  expect(best).toHaveLength(12);
  for (const { level, edge } of best) expect(edge, `size ${level}`).toBe("none");
});
