// Small notebooks that the tests write for themselves.

import { join } from "node:path";
import { writeNotebook } from "../../lib/jupyter/notebook-file";
import { temporaryFolder } from "../jupyter/project";

/** Writes a notebook of these code cells and answers its file. */
export function notebookOf(...sources: string[]): string {
  const folder = temporaryFolder();
  const file = join(folder, "cells.ipynb");
  const cells = sources.map((source, i) => ({
    cell_type: "code",
    id: `cell-${i}`,
    metadata: {},
    source,
    outputs: [],
    execution_count: null,
  }));
  const metadata = { kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" } };
  writeNotebook(file, { cells, metadata, nbformat: 4, nbformat_minor: 5 });
  return file;
}
