// Where a notebook's trials come from: the results folder, the reference run, or training, in a project of a few seconds.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { provideCellSignal } from "../../lib/jupyter/cell-signal";
import { postCells } from "../../lib/notebook/reference";
import { trialsFor } from "../../lib/notebook/trials";
import { parseStudy } from "../../lib/studies/study";
import { trialsOf } from "../../lib/studies/trials";
import { readLedger } from "../../lib/sweep/ledger";

const declared = {
  name: "tiny",
  title: "Six trials",
  dataset: { name: "fashion-mnist" },
  evaluation: { split: "test", examples: 64 },
  base: { updates: 20, batch_size: 8 },
  factors: { hidden_size: [4, 6, 8], learning_rate: [1e-3, 1e-2], seed: [0] },
};
const grid = trialsOf(parseStudy(declared, "tiny"));
const home = process.cwd();
let project: string;
let said: string[];

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "offcurve-project-"));
  writeFileSync(join(project, "package.json"), '{"name": "offcurve-kit"}');
  writeFileSync(join(project, "tiny.json"), JSON.stringify(declared));
  mkdirSync(join(project, "notebooks"));
  process.chdir(join(project, "notebooks"));
  said = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
});

afterEach(() => {
  vi.restoreAllMocks();
  provideCellSignal(() => undefined);
  process.chdir(home);
  rmSync(project, { recursive: true });
});

const ledger = (folder: string) => readFileSync(join(project, folder, "ledger.jsonl"), "utf8");
const lastSaid = () => said.at(-1)!.trim();

/** Makes the results in `results/tiny` the project's reference run. */
function publish(): void {
  cpSync(join(project, "results", "tiny"), join(project, "data", "reference", "tiny"), { recursive: true });
  rmSync(join(project, "results"), { recursive: true });
}

describe("trials for a cell", () => {
  it("are those of a study object and of the values asked for", async () => {
    const where = { hidden_size: [4, 8], learning_rate: 1e-2 };
    const records = await trialsFor(parseStudy(declared), { where });
    expect(records.map(({ id }) => id)).toEqual([grid[1], grid[5]].map((trial) => trial!.id));
    expect(lastSaid()).toBe("tiny: 2 of 6 trials, from your own results.");
    await expect(trialsFor("tiny.json", { where: { depth: 9 } })).rejects.toThrow(
      "where: tiny has no trial with depth 9; its values are 3",
    );
  });

  it("are trained where the project's results lack them, once, and come in the order of the grid", async () => {
    const small = await trialsFor("tiny.json", { select: ({ config }) => config.hidden_size === 6 });
    expect(small.map(({ id }) => id)).toEqual(grid.slice(2, 4).map(({ id }) => id));
    expect(lastSaid()).toBe("tiny: 2 of 6 trials, from your own results.");

    const records = await trialsFor("tiny.json");
    expect(records.map(({ id }) => id)).toEqual(grid.map(({ id }) => id));
    expect(records.slice(2, 4)).toEqual(small);
    expect(readLedger(join(project, "results", "tiny")).records).toHaveLength(6);

    const [before, sentence] = [ledger("results/tiny"), lastSaid()];
    expect(await trialsFor("tiny.json")).toEqual(records);
    expect(ledger("results/tiny")).toBe(before);
    expect(lastSaid()).toBe(sentence);
    expect(sentence).toBe("tiny: all 6 trials, from your own results.");
  });

  it("come from the reference run of the same study without training or writing, unless asked to train", async () => {
    const reference = await trialsFor("tiny.json");
    publish();
    expect(await trialsFor("tiny.json")).toEqual(reference);
    expect(lastSaid()).toBe("tiny: all 6 trials, from the reference run that comes with the project.");
    expect(existsSync(join(project, "results"))).toBe(false);

    const select = ({ config }: (typeof grid)[number]) => config.hidden_size === 4;
    expect(await trialsFor("tiny.json", { retrain: true, select })).toHaveLength(2);
    expect(lastSaid()).toBe("tiny: 2 of 6 trials, from your own results.");
    await trialsFor("tiny.json");
    expect(lastSaid()).toBe(
      "tiny: all 6 trials, 4 from the reference run that comes with the project and 2 from your own results.",
    );
  });

  it("are not taken from a reference run of another study of the same name", async () => {
    await trialsFor("tiny.json", { select: ({ config }) => config.hidden_size === 4 });
    publish();
    const changed = { ...declared, base: { ...declared.base, updates: 24 } };
    writeFileSync(join(project, "tiny.json"), JSON.stringify(changed));
    const records = await trialsFor("tiny.json", { select: ({ config }) => config.hidden_size === 4 });
    expect(records.map(({ id }) => id)).toEqual(
      trialsOf(parseStudy(changed, "tiny"))
        .slice(0, 2)
        .map(({ id }) => id),
    );
    expect(lastSaid()).toContain("from your own results");
  });

  it("go into a folder of the reader's own, its path taken from the project, not from the notebook", async () => {
    await trialsFor("tiny.json", { select: ({ config }) => config.hidden_size === 4 });
    publish();
    await trialsFor("tiny.json", { folder: "mine", select: ({ config }) => config.hidden_size === 4 });
    expect(lastSaid()).toBe("tiny: 2 of 6 trials, from your own results.");
    expect(ledger("mine").split("\n")).toHaveLength(3);
    expect(existsSync(join(project, "results"))).toBe(false);
  });

  it("copied from the reference run into a folder of the reader's own are not called the reader's own", async () => {
    const select = ({ config }: (typeof grid)[number]) => config.hidden_size === 4;
    const reference = await trialsFor("tiny.json", { select });
    publish();
    cpSync(join(project, "data", "reference", "tiny"), join(project, "copy"), { recursive: true });
    expect(await trialsFor("tiny.json", { folder: "copy", select })).toEqual(reference);
    expect(lastSaid()).toBe("tiny: 2 of 6 trials, from the reference run that comes with the project.");
    await trialsFor("tiny.json", { folder: "copy" });
    expect(lastSaid()).toBe(
      "tiny: all 6 trials, 2 from the reference run that comes with the project and 4 from your own results.",
    );
  });

  it("that are interrupted keep what is finished, and the next call goes on from there", async () => {
    const interrupt = new AbortController();
    provideCellSignal(() => interrupt.signal);
    // The cell is interrupted when the first stack is on the disk.
    const watch = setInterval(() => {
      const file = join(project, "results", "tiny", "ledger.jsonl");
      if (existsSync(file) && readFileSync(file).length > 0) interrupt.abort(new Error("interrupted"));
    }, 1);
    await expect(trialsFor("tiny.json")).rejects.toThrow("interrupted");
    clearInterval(watch);
    const finished = ledger("results/tiny");
    const count = finished.split("\n").length - 1;
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(6);
    expect(lastSaid()).toBe(
      `tiny: stopped, ${count} of 6 missing trials trained and saved; run the cell again to go on`,
    );
    provideCellSignal(() => undefined);
    expect(await trialsFor("tiny.json")).toHaveLength(6);
    expect(ledger("results/tiny").startsWith(finished)).toBe(true);
  });
});

it("the post's grid is found from the project's folder", () => {
  process.chdir(home);
  const cells = postCells();
  expect(cells).toHaveLength(144);
  expect(
    cells.find(({ factors }) => factors.hidden_size === 8192 && factors.learning_rate === 3e-4)?.mean,
  ).toBe(5.298);
});
