// The notebooks on studies of other shapes than the kit's own: a third factor, few sizes, one rate. The code of all runs in one kernel a
// study, one after the other, since starting kernels is slow.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CellFailed, executeNotebook } from "../../lib/jupyter/execute-notebook";
import { type NotebookCell, readNotebook, writeNotebook } from "../../lib/jupyter/notebook-file";
import { root } from "../jupyter/project";

const source = join(root, "notebooks", "metz-2022");
const all = readdirSync(source).filter((file) => file.endsWith(".ipynb"));
let folder: string;

beforeAll(() => {
  mkdirSync(join(root, "results"), { recursive: true });
  folder = mkdtempSync(join(root, "results", "test-studies-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const base = {
  dataset: { name: "fashion-mnist" },
  evaluation: { split: "test", examples: 64 },
  base: { updates: 20, batch_size: 16 },
};

/** Executes the code of these notebooks on a study of these factors and answers what the cells show, by notebook and cell. */
async function shownOf(
  name: string,
  factors: object,
  options: { where?: object; notebooks?: string[] },
): Promise<Record<string, string>> {
  const study = join(folder, `${name}.json`);
  writeFileSync(study, JSON.stringify({ name, ...base, factors }));
  const notebooks = options.notebooks ?? all;
  const cells = notebooks.flatMap((file): NotebookCell[] =>
    readNotebook(join(source, file))
      .cells.filter(({ cell_type, id }) => cell_type === "code" && id !== "parameters")
      .map((cell) => ({ ...cell, id: `${file.slice(0, 2)}-${cell.id}`, outputs: [] })),
  );
  const first = readNotebook(join(source, "06-off-the-curve.ipynb"));
  const parameters = first.cells.find(({ id }) => id === "parameters")!;
  const file = join(folder, `${name}.ipynb`);
  writeNotebook(file, { ...first, cells: [parameters, ...cells] });
  await executeNotebook(file, {
    parameters: { study, results: join(folder, name), where: options.where ?? {} },
    cellTimeout: 120,
  });
  return Object.fromEntries(
    readNotebook(file).cells.map(({ id, outputs = [] }) => [
      id!,
      outputs
        .map(({ text, data }) => {
          const { "text/markdown": markdown, "text/plain": plain } = (data ?? {}) as Record<string, unknown>;
          return String(text ?? markdown ?? plain);
        })
        .join("\n"),
    ]),
  );
}

const sizes = [4, 6, 8, 12, 16, 24];

it("a third factor: the part that `where` selects, in every notebook", async () => {
  const factors = {
    hidden_size: sizes,
    learning_rate: [2e-3, 1e-2, 5e-2],
    schedule: ["constant", "cosine"],
    seed: [0, 1],
  };
  const shown = await shownOf("schedules", factors, { where: { schedule: "cosine" } });
  for (const id of ["01-sizes", "02-rate", "03-rate", "04-trials", "05-trials", "06-curve"]) {
    expect(shown[id]).toContain("schedules: 6 sizes × 3 learning rates × 2 seeds, schedule cosine\n");
  }
  expect(shown["04-trials"]).toContain("36 of 72 trials");
  expect(shown["04-count"]).toBe("6 × 3 × 2 = 36; rows: 36\n");
  for (const notebook of all) expect(shown[`${notebook.slice(0, 2)}-found`]).toMatch(/^(- )?[A-Z0-9]/);
}, 300_000);

it("a single learning rate: every notebook says what can be said at it", async () => {
  const shown = await shownOf("one-rate", { hidden_size: sizes, learning_rate: [1e-2], seed: [0, 1] }, {});
  expect(shown["01-sizes"]).toContain("one-rate: 6 sizes × 1 learning rate × 2 seeds\n");
  for (const notebook of all) expect(shown[`${notebook.slice(0, 2)}-found`]).toMatch(/^(- )?[A-Z0-9]/);
}, 300_000);

it("three sizes: the notebooks that need a law of size say that they need four, the others run", async () => {
  const factors = { hidden_size: [4, 8, 16], learning_rate: [2e-3, 1e-2, 5e-2], seed: [0, 1] };
  const needing = all.filter((file) => /^0[236]/.test(file));
  const others = all.filter((file) => !needing.includes(file));
  const shown = await shownOf("three-sizes", factors, { notebooks: others });
  for (const notebook of others) expect(shown[`${notebook.slice(0, 2)}-found`]).toMatch(/^(- )?[A-Z0-9]/);
  for (const file of needing) {
    const failure = await shownOf("three-sizes", factors, { notebooks: [file] }).catch((error) => error);
    expect(failure).toBeInstanceOf(CellFailed);
    expect(failure.message).toContain(
      "three-sizes has 3 sizes here (4, 8, 16), and this needs 4 or more; sweep more values of hidden_size",
    );
  }
}, 400_000);
