// The notebooks as they are committed, without running them: what a reader finds in each, and what tools need.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatNotebook, hasTag, readNotebook } from "../../lib/jupyter/notebook-file";
import { declaredParameters } from "../../lib/jupyter/parameters";
import { notebooksIn, READING_ORDER } from "../../lib/jupyter/reading-order";
import { DEFAULT_STUDY } from "../../lib/studies/presets";
import { root } from "../jupyter/project";

const folder = join(root, "notebooks", "metz-2022");
const names = [
  "01-tune-small",
  "02-a-law",
  "03-extrapolation",
  "04-the-432-trials",
  "05-the-learning-rate-law",
  "06-off-the-curve",
  "07-the-verdicts",
];

it("there are seven, read in this order", () => {
  expect(readdirSync(folder).filter((file) => file.endsWith(".ipynb"))).toEqual(
    names.map((name) => `${name}.ipynb`),
  );
  const { listed } = notebooksIn(join(root, "notebooks"));
  expect(listed.slice(0, 7)).toEqual(names.map((name) => `metz-2022/${name}.ipynb`));
  expect(listed).toEqual(JSON.parse(readFileSync(join(root, "notebooks", READING_ORDER), "utf8")));
});

describe.each(names)("%s", (name) => {
  const file = join(folder, `${name}.ipynb`);
  const notebook = readNotebook(file);
  const { cells } = notebook;
  const code = cells.filter((cell) => cell.cell_type === "code");

  it("is written as Jupyter writes it", () => {
    expect(formatNotebook(notebook)).toBe(readFileSync(file, "utf8"));
  });

  it("opens with its question, and asks it again before it answers", () => {
    expect(cells[0]).toMatchObject({ cell_type: "markdown", id: "question" });
    expect(cells[0]!.source.split("\n")[2]).toMatch(/^\*\*Question\.\*\* .*\?/);
    expect(cells.at(-3)!.source).toMatch(/^## The answer\n\n.*\?$/s);
  });

  it("has one parameters cell, before any other code, with study, results and where", () => {
    expect(code.map((cell) => hasTag(cell, "parameters"))).toEqual([true, ...code.slice(1).map(() => false)]);
    expect(declaredParameters(code[0]!.source).slice(0, 3)).toEqual([
      { name: "study", value: JSON.stringify(DEFAULT_STUDY.name) },
      { name: "results", value: '""' },
      { name: "where", value: "{}" },
    ]);
  });

  it("explains every code cell first", () => {
    for (const [i, cell] of cells.entries()) {
      if (cell.cell_type === "code")
        expect([cell.id, cells[i - 1]?.cell_type]).toEqual([cell.id, "markdown"]);
    }
  });

  it("has short cells that import nothing but the library", () => {
    for (const { source } of code) expect(source.split("\n").length).toBeLessThanOrEqual(20);
    const imported = code.flatMap(({ source }) =>
      [...source.matchAll(/from "(.*?)"/g)].map(([, from]) => from),
    );
    expect(imported).toEqual(["offcurve"]);
  });

  it("names its cells, each name once", () => {
    const ids = cells.map(({ id }) => id);
    expect(new Set(ids).size).toBe(cells.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][a-z-]*$/);
  });

  it("ends with what was found, then a link to the next", () => {
    expect(cells.slice(-3).map(({ id }) => id)).toEqual(["found-words", "found", "next"]);
    const next = names[(names.indexOf(name) + 1) % names.length];
    expect(cells.at(-1)!.source).toContain(`](${next}.ipynb)`);
  });

  it("links only to files that are there", () => {
    const links = cells.flatMap(({ source }) =>
      [...source.matchAll(/\]\((?!https:)(.*?)\)/g)].map(([, to]) => to!),
    );
    for (const link of links) expect([link, existsSync(join(folder, link))]).toEqual([link, true]);
  });
});
