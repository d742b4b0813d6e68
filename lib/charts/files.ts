/**
 * The figures of a study on disk: one SVG file each, in the folder `figures` of its results.
 */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { resultsError } from "../sweep/errors";
import { writeWhole } from "../sweep/folder";
import type { FactorValue, TrialRecord } from "../sweep/record";
import { summarizeCells } from "../tables/cells";
import { groupCells } from "../tables/levels";
import { factorNames } from "../tables/trial-frame";
import { gridFigures } from "./figures";
import { renderSvg } from "./svg";

/** What became of the figures. */
export interface WrittenFigures {
  readonly paths: readonly string[];
  /** Why there are none, in words. */
  readonly notices: readonly string[];
}

/**
 * Draws all figures of a study's finished trials into `folder/figures`, each file whole or not at all. A study that
 * sweeps further factors gets a set of figures for each combination of them, named by it:
 * `heat-map.batch_size-64.svg`.
 *
 * @throws with the path where a file cannot be written.
 */
export async function writeFigures(folder: string, records: readonly TrialRecord[]): Promise<WrittenFigures> {
  if (records.length === 0) return { paths: [], notices: ["no figures: no trial is finished"] };
  const swept = factorNames(records);
  const missing = ["hidden_size", "learning_rate"].filter((name) => !swept.includes(name));
  if (missing.length > 0) {
    const notice = `no figures: they show hidden_size and learning_rate, and this study sweeps ${swept.join(", ")}`;
    return { paths: [], notices: [notice] };
  }
  const figures = join(folder, "figures");
  try {
    mkdirSync(figures, { recursive: true });
  } catch (error) {
    throw resultsError(error, figures);
  }
  const paths: string[] = [];
  for (const { shared, cells } of groupCells(summarizeCells(records), ["hidden_size", "learning_rate"])) {
    for (const [name, spec] of Object.entries(gridFigures(cells))) {
      const path = join(figures, `${name}${suffixOf(shared)}.svg`);
      writeWhole(path, await renderSvg(spec, { ink: "theme" }));
      paths.push(path);
    }
  }
  return { paths, notices: [] };
}

/** The held factors as part of a file name, without letters that a file system might refuse. */
function suffixOf(shared: Readonly<Record<string, FactorValue>>): string {
  return Object.entries(shared)
    .map(([name, value]) => `.${name}-${value}`.replace(/[^\w.+-]/g, "_"))
    .join("");
}
