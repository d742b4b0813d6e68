// Where the tests find the project and its fixture notebooks, and a place for what they write. Notebooks must lie inside the project: the
// kernel looks for packages above them.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Notebook } from "../../lib/jupyter/notebook-file";

export const root = join(__dirname, "..", "..");
export const fixtures = join(root, "test", "fixtures", "notebooks");

/** The path of fixture notebook `name`. */
export function fixture(name: string): string {
  return join(fixtures, `${name}.ipynb`);
}

/** A folder inside the project that is gone after the test. */
export function temporaryFolder(): string {
  const parent = join(root, "results");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The notebook in `file` as the JSON it holds: texts are lists of lines. */
export function readJson(file: string): Notebook {
  return JSON.parse(readFileSync(file, "utf8"));
}
