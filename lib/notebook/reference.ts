/**
 * Results that come with the project, for readers who train nothing: the post's own grid and the finished trials of the reference runs.
 */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_STUDY } from "../studies/presets";
import type { Study } from "../studies/study";
import { studyHash, trialsOf } from "../studies/trials";
import { ResultsError } from "../sweep/errors";
import { readStudy } from "../sweep/folder";
import type { TrialRecord } from "../sweep/record";
import { readResults } from "../sweep/results";
import type { Cell } from "../tables/cells";
import { readLossTable } from "../tables/loss-table";
import { projectFolder } from "./project";

/** The grid of Metz (2022), digitised from its heat map: 144 cells, each with its mean loss in nats. */
export function postCells(): Cell[] {
  return readLossTable(join(projectFolder(), "data", "reference", "metz-2022", "grid.csv"));
}

/**
 * The finished trials of the reference run of a study, the default one unless given, in the order of its grid.
 *
 * @throws ResultsError where the project has no such run
 */
export function referenceRecords(study: Study = DEFAULT_STUDY): TrialRecord[] {
  const records = referenceOf(study);
  if (records.size === 0) {
    throw new ResultsError(
      `data/reference has no trials of the study ${study.name} as this version declares it; restore the folder from the repository`,
    );
  }
  return trialsOf(study).flatMap(({ id }) => records.get(id) ?? []);
}

/** The trials of a reference run of this very study, by id; none where the project has no such run. */
export function referenceOf(study: Study): Map<string, TrialRecord> {
  const folder = referenceFolderOf(study);
  if (folder === undefined) return new Map();
  return new Map(readResults(folder).records.map((record) => [record.id, record]));
}

/** The folder of `data/reference` that holds this very study, whatever name either has. */
function referenceFolderOf(study: Study): string | undefined {
  const references = join(projectFolder(), "data", "reference");
  if (!existsSync(references)) return undefined;
  const hash = studyHash(study);
  return readdirSync(references)
    .map((name) => join(references, name))
    .find((folder) => existsSync(join(folder, "study.json")) && studyHash(readStudy(folder)) === hash);
}
