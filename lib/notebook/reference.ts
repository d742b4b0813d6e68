/**
 * Results that come with the project, for readers who train nothing: the post's own grid and the finished trials of a reference run.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { PRESETS } from "../studies/presets";
import type { Study } from "../studies/study";
import { studyHash, trialsOf } from "../studies/trials";
import { ResultsError } from "../sweep/errors";
import { readStudy } from "../sweep/folder";
import { readLedger } from "../sweep/ledger";
import type { TrialRecord } from "../sweep/record";
import type { Cell } from "../tables/cells";
import { readLossTable } from "../tables/loss-table";
import { projectFolder } from "./project";

/** The study of the reference run. */
const REFERENCE_STUDY = "kanji";

/** The grid of Metz (2022), digitised from its heat map: 144 cells, each with its mean loss in nats. */
export function postCells(): Cell[] {
  return readLossTable(join(projectFolder(), "data", "reference", "metz-2022", "grid.csv"));
}

/**
 * The finished trials of the reference run of the study kanji, in the order of its grid.
 *
 * @throws ResultsError where they are not there
 */
export function referenceRecords(): TrialRecord[] {
  const study = PRESETS.find(({ name }) => name === REFERENCE_STUDY)!;
  const records = referenceOf(study);
  if (records.size === 0) {
    throw new ResultsError(
      `data/reference/${study.name} has no trials of the study ${study.name} as this version declares it; restore the folder from the repository`,
    );
  }
  return trialsOf(study).flatMap(({ id }) => records.get(id) ?? []);
}

/** The trials of a reference run of this very study, by id; none where the project has no such run. */
export function referenceOf(study: Study): Map<string, TrialRecord> {
  const folder = join(projectFolder(), "data", "reference", study.name);
  if (!existsSync(join(folder, "study.json")) || studyHash(readStudy(folder)) !== studyHash(study)) {
    return new Map();
  }
  return new Map(readLedger(folder).records.map((record) => [record.id, record]));
}
