import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseStudy } from "../../lib/studies/study";
import { trialsOf } from "../../lib/studies/trials";
import { readResults, readResultsOf } from "../../lib/sweep/results";
import { filesIn, RESULTS } from "../archive/results";

/** The ledger's lines of the small results: two trials, of the rates 1e-3 and 1e-2. */
const LINES = RESULTS["ledger.jsonl"]!.toString().trimEnd().split("\n");
const STUDY = parseStudy(JSON.parse(RESULTS["study.json"]!.toString()), "small");
const [FIRST, SECOND] = trialsOf(STUDY).map(({ id }) => id);

/** A folder of the small results, some of its files replaced. */
const folderWith = (files: Readonly<Record<string, string>>) => filesIn({ ...RESULTS, ...files });

const ledgerOf = (...lines: string[]) => ({ "ledger.jsonl": lines.map((line) => `${line}\n`).join("") });

const changed = (line: string, changes: object) => JSON.stringify({ ...JSON.parse(line), ...changes });

describe("a results folder", () => {
  it("that is sound is read without a notice, each trial with the factors that its id stands for", () => {
    const { records, trials, manifest, notices } = readResults(filesIn());
    expect(records.map(({ id, factors }) => ({ id, factors }))).toEqual([
      { id: FIRST, factors: { learning_rate: 1e-3, seed: 0 } },
      { id: SECOND, factors: { learning_rate: 1e-2, seed: 0 } },
    ]);
    expect(trials).toHaveLength(2);
    expect(manifest!.study).toBe("small");
    expect(notices).toEqual([]);
  });

  it.each([
    [
      "another value",
      { learning_rate: 999, seed: 0 },
      "has learning_rate 999, where its id stands for learning_rate 0.01",
    ],
    ["a value of another type", { learning_rate: "0.01", seed: 0 }, 'has learning_rate "0.01", where'],
    ["a factor less", { learning_rate: 1e-2 }, "has no seed, where its id stands for seed 0"],
    [
      "a factor more",
      { learning_rate: 1e-2, seed: 0, depth: 3 },
      "has depth 3, where its id stands for no depth",
    ],
  ])("with %s among a trial's factors is refused, and the line named", (_, factors, words) => {
    const folder = folderWith(ledgerOf(LINES[0]!, changed(LINES[1]!, { factors })));
    expect(() => readResults(folder)).toThrow(`${join(folder, "ledger.jsonl")}:2: trial ${SECOND} ${words}`);
  });

  it("with a line of no trial of the study goes without it, and names the line", () => {
    const folder = folderWith(ledgerOf(LINES[0]!, changed(LINES[0]!, { id: "0123456789abcdef" }), LINES[1]!));
    const { records, notices } = readResults(folder);
    expect(records.map(({ id }) => id)).toEqual([FIRST, SECOND]);
    expect(notices).toEqual([
      `${join(folder, "ledger.jsonl")}:2: left out, since it is of no trial of the study small`,
    ]);
  });

  it("with many such lines names the first", () => {
    const strange = Array.from({ length: 7 }, (_, i) => changed(LINES[0]!, { id: `0123456789abcde${i}` }));
    const { records, notices } = readResults(folderWith(ledgerOf(...strange, LINES[0]!)));
    expect(records.map(({ id }) => id)).toEqual([FIRST]);
    expect(notices).toEqual([expect.stringContaining("left out the lines 1, 2, 3, 4, 5 and 2 more")]);
  });

  it("with no line of the study is refused", () => {
    const folder = folderWith(ledgerOf(changed(LINES[0]!, { id: "0123456789abcdef" })));
    expect(() => readResults(folder)).toThrow(/none of its 1 trial is one of the study small beside it/);
  });

  it("with a line repeated counts the first, and names the other", () => {
    const folder = folderWith(ledgerOf(...LINES, changed(LINES[0]!, { seconds: 7 })));
    const { records, notices } = readResults(folder);
    expect(records.map(({ seconds }) => seconds)).toEqual([1, 1]);
    expect(notices).toEqual([
      `${join(folder, "ledger.jsonl")}:3: left out, since line 1 is of the same trial, ${FIRST}`,
    ]);
  });

  it("with two results of one trial is refused, since nobody can tell which is right", () => {
    const folder = folderWith(ledgerOf(...LINES, changed(LINES[0]!, { loss: 4 })));
    expect(() => readResults(folder)).toThrow(
      `${join(folder, "ledger.jsonl")}: lines 1 and 3 give different results for the same trial, ${FIRST}`,
    );
  });

  it.each([
    ["edited by hand", "study.json", '"updates":10', '"updates":11'],
    [
      "beside the manifest of another study",
      "manifest.json",
      /"study_hash":"\w{64}"/,
      `"study_hash":"${"0".repeat(64)}"`,
    ],
  ])("with a study %s is refused", (_, name, from, to) => {
    const folder = filesIn();
    const before = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), before.replace(from, to));
    expect(readFileSync(join(folder, name), "utf8")).not.toBe(before);
    const refusal = `${folder}: study.json and manifest.json are of different studies`;
    expect(() => readResults(folder)).toThrow(refusal);
    expect(() => readResultsOf(STUDY, folder)).toThrow(refusal);
  });

  it("with a damaged manifest is refused, since its trials could be of any study", () => {
    expect(() => readResults(folderWith({ "manifest.json": "{" }))).toThrow(
      /manifest\.json is not JSON; restore it/,
    );
  });

  it("without a manifest is read", () => {
    const { "manifest.json": _, ...others } = RESULTS;
    const { records, manifest } = readResults(filesIn(others));
    expect(records).toHaveLength(2);
    expect(manifest).toBeUndefined();
  });

  it("of another study than the one asked for is refused; an empty one holds nothing yet", () => {
    const other = { ...STUDY, name: "other", base: { ...STUDY.base, updates: 11 } };
    const folder = filesIn();
    expect(() => readResultsOf(other, folder)).toThrow(
      `${folder} holds another study, small (A small study)`,
    );
    expect(readResultsOf(other, join(folder, "nowhere"))).toMatchObject({ records: [], notices: [] });
    expect(readResultsOf(other, join(folder, "nowhere")).trials).toHaveLength(2);
  });
});
