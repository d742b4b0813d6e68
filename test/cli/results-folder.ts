/** Results folders of invented trials, as a run would leave them. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseStudy } from "../../lib/studies/study";
import { type Trial, trialsOf } from "../../lib/studies/trials";
import type { TrialRecord } from "../../lib/sweep/record";
import { emptyFolder } from "./offcurve";

/** A folder with the declared study and a ledger of its trials; a trial that is null has not been run. */
export function resultsFolder(declared: object, run: (trial: Trial) => TrialRecord | null): string {
  const folder = emptyFolder();
  const study = parseStudy(declared, "an invented study");
  writeFileSync(join(folder, "study.json"), JSON.stringify(study));
  const records = trialsOf(study).flatMap((trial) => run(trial) ?? []);
  writeFileSync(
    join(folder, "ledger.jsonl"),
    records.map((record) => `${JSON.stringify(record)}\n`).join(""),
  );
  return folder;
}
