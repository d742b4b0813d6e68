// The command `report` as a process of its own, with a small study and a small notebook in place of the project's.

import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writeNotebook } from "../../../lib/jupyter/notebook-file";
import { root, temporaryFolder } from "../../jupyter/project";
import { emptyFolder, offcurve, studyFile } from "../offcurve";

const PARAMETERS = 'let study = "kanji";\nlet results = "";';

/** A folder of one notebook with these code cells, in the project, where the kernel finds its packages. */
function notebooksOf(...sources: string[]): string {
  const folder = temporaryFolder();
  const cells = [
    { cell_type: "markdown", id: "words", metadata: {}, source: "# 1. Small\n\nOf $h$ and <b>markup</b>." },
    ...[PARAMETERS, ...sources].map((source, i) => ({
      cell_type: "code",
      id: `cell-${i}`,
      metadata: i === 0 ? { tags: ["parameters"] } : {},
      source,
      outputs: [],
      execution_count: null,
    })),
  ];
  const metadata = { kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" } };
  writeNotebook(join(folder, "01-small.ipynb"), { cells, metadata, nbformat: 4, nbformat_minor: 5 });
  return folder;
}

const READING = `import { show, trialsFor } from "offcurve";
const trials = await trialsFor(study, { folder: results });
console.log("read " + trials.length + " trials");
await show([{ size: 8, loss: 1.5 }]);`;

describe("offcurve report", () => {
  const results = join(emptyFolder(), "tiny");
  beforeAll(async () => {
    const study = studyFile({ title: "<img src=x onerror=alert(1)>" });
    expect(await offcurve("run", "--study", study, "--out", results)).toMatchObject({ status: 0 });
  }, 300_000);

  const report = (notebooks: string, file: string) =>
    offcurve("report", "--out", results, "--notebooks", notebooks, file);

  it("executes the notebooks on the results and writes one file, which names neither folder", async () => {
    const before = readdirSync(results);
    const file = join(emptyFolder(), "report.html");
    const notebooks = notebooksOf(READING);
    const { status, stdout, stderr } = await report(notebooks, file);
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${file}\n` });
    expect(stderr).toContain("01-small.ipynb, notebook 1 of 1");
    const html = readFileSync(file, "utf8");
    expect(html).toMatch(/<h1>No law of size: [^<]*<\/h1>/);
    expect(html).not.toContain("<img src=x");
    expect(html).toContain("read 40 trials");
    expect(html).toMatch(/<h2[^>]*>1\. Small<\/h2>/);
    expect(html).toContain("SHA-256 of the study");
    expect(html).toContain("cannot tell");
    for (const path of [results, notebooks, root, "offcurve-report-"]) expect(html).not.toContain(path);
    expect(readdirSync(results)).toEqual(before);
    expect(readFileSync(join(notebooks, "01-small.ipynb"), "utf8")).not.toContain("40 trials");
  }, 300_000);

  it("shows a notebook up to the cell that fails, says which, and leaves out what is not the folder's own", async () => {
    const file = join(emptyFolder(), "report.html");
    const failing = 'console.log("before");\nthrow new RangeError("no such size");';
    const notebooks = notebooksOf("const fine = 1;", failing, 'console.log("after");');
    writeFileSync(join(notebooks, "scratch.ipynb"), "not a notebook");
    writeFileSync(join(notebooks, "reading-order.json"), '["01-small.ipynb"]');
    const { status, stdout, stderr } = await report(notebooks, file);
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${file}\n` });
    expect(stderr.split("\n").slice(-3)).toEqual([
      "scratch.ipynb is not named in reading-order.json: the report leaves it out",
      "01-small.ipynb, cell 3: RangeError: no such size; the report shows that notebook up to there",
      "",
    ]);
    const html = readFileSync(file, "utf8");
    expect(html).toMatch(
      /before[\s\S]*RangeError: no such size[\s\S]*This notebook stopped here with an error/,
    );
    expect(html).toContain("01-small.ipynb stopped with an error");
    expect(html).not.toContain("after&quot;");
    expect(html).toMatch(/<h2[^>]*>1\. Small<\/h2>/);
  }, 300_000);

  it("says which notebooks it can execute where a folder has none", async () => {
    const folder = temporaryFolder();
    writeNotebook(join(folder, "own.ipynb"), { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 });
    const { status, stderr } = await report(folder, join(emptyFolder(), "report.html"));
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^offcurve: there is no notebook in .* with the parameters study and results, which/,
    );
  }, 300_000);

  it("does not train what is missing", async () => {
    const part = join(emptyFolder(), "part");
    cpSync(results, part, { recursive: true });
    const ledger = readFileSync(join(part, "ledger.jsonl"), "utf8").split("\n");
    writeFileSync(join(part, "ledger.jsonl"), `${ledger.slice(0, 30).join("\n")}\n`);
    const { status, stderr } = await offcurve("report", "--out", part, join(part, "report.html"));
    expect(status).toBe(1);
    expect(stderr).toBe(
      `offcurve: ${part} has 30 of the 40 trials of tiny; train the others with: npx offcurve run --study ${part}/study.json --out ${part}\n`,
    );
    expect(existsSync(join(part, "report.html"))).toBe(false);
  });

  it("takes no outputs that were made from something else", async () => {
    const file = join(emptyFolder(), "report.html");
    const small = ["report", "--out", results, "--no-execute", "--notebooks"];
    const unexecuted = await offcurve(...small, notebooksOf(READING), file);
    expect(unexecuted).toMatchObject({ status: 1, stdout: "" });
    expect(unexecuted.stderr).toContain("01-small.ipynb, cell 1: was not executed");
    const other = await offcurve(...small, join(root, "notebooks"), file);
    expect(other.status).toBe(1);
    expect(other.stderr).toContain("other parameters than the study tiny by default");
    expect(existsSync(file)).toBe(false);
  });

  it("says before any work where it cannot write, and where there are no results", async () => {
    const nowhere = join(emptyFolder(), "none", "report.html");
    const writing = await offcurve("report", "--out", results, nowhere);
    expect(writing).toMatchObject({ status: 1, stdout: "" });
    expect(writing.stderr).toMatch(/^offcurve: cannot write .*there is no folder/);
    const reading = await offcurve("report", "--out", emptyFolder(), join(emptyFolder(), "report.html"));
    expect(reading.stderr).toMatch(/^offcurve: .* holds no results/);
    expect((await offcurve("report", "--out", results)).status).toBe(2);
  });
});
