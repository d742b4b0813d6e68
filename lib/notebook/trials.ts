/**
 * The trials that a notebook's cell works on: found in the results folder or the reference run, trained where they are in neither.
 */

import { relative } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Dataset } from "../datasets/dataset";
import { loadDataset } from "../datasets/load";
import { createEngine, DEFAULT_ENGINE, ENGINE_NAMES } from "../engines/engines";
import { cellSignal } from "../jupyter/cell-signal";
import { updateFlops } from "../model/mlp";
import type { Study } from "../studies/study";
import type { Trial } from "../studies/trials";
import { trialsWhere, type Where } from "../studies/where";
import { estimateRun } from "../sweep/estimate";
import type { TrialRecord } from "../sweep/record";
import { readResultsOf } from "../sweep/results";
import { runStudy } from "../sweep/run";
import { shapeOf } from "../sweep/stacks";
import { counted } from "../sweep/words";
import { type ProgressBar, progress } from "./progress";
import { namedStudy, projectFolder, resultsFolder } from "./project";
import { referenceOf } from "./reference";

/** A run of more floating-point operations than this, about a minute, is measured first, so that the bar can tell how long it takes. */
const MEASURED_FLOPS = 5e12;

/** Which trials, and where they come from. */
export interface TrialsOptions {
  /** Results folder, a relative path taken from the project's folder; empty or absent: `results/` and the study's name. */
  readonly folder?: string | undefined;
  /** Values of configuration fields that the wanted trials have, such as `{ schedule: "cosine" }`; any unless given. */
  readonly where?: Where | undefined;
  /** Which of these trials are wanted; all unless given. */
  readonly select?: ((trial: Trial) => boolean) | undefined;
  /** True to train here what otherwise would be taken from the reference run; false unless given. */
  readonly retrain?: boolean | undefined;
}

/**
 * The results of a study's trials, in the order of its grid.
 *
 * Trials in the results folder count first. Where that is the default one, trials of the reference run in `data/reference` fill in. Only
 * what is in neither is trained, with a bar that is replaced in place; an interrupt of the kernel stops the training at its next update,
 * with the finished trials kept. At the end one sentence says whose results they are. It depends on the results alone, so that the
 * cell's output is the same whether this execution trained them or found them.
 *
 * @param asked a study, the name of one of the kit's, or a JSON file that declares one
 * @throws StudyError where there is no such study, or `where` names a field or a value that it does not have
 * @throws ResultsError where the folder is in use, cannot be written, or holds another study or damaged results
 * @throws the signal's reason where the cell was interrupted
 */
export async function trialsFor(asked: Study | string, options: TrialsOptions = {}): Promise<TrialRecord[]> {
  const study = namedStudy(asked);
  const folder = resultsFolder(study, options.folder ?? "");
  const { trials: all, records, notices } = readResultsOf(study, folder);
  const wanted = trialsWhere(study, options.where ?? {}).filter(options.select ?? (() => true));
  for (const notice of notices) console.error(notice.replaceAll(folder, relative(projectFolder(), folder)));
  const found = new Map(records.map((record) => [record.id, record]));
  const reference = referenceOf(study);
  const filling = options.folder || options.retrain ? new Map<string, TrialRecord>() : reference;
  const bar = progress(study.name);

  const missing = wanted.filter(({ id }) => !found.has(id) && !filling.has(id));
  if (missing.length > 0) {
    const engine = records[0]?.engine ?? DEFAULT_ENGINE;
    for (const record of await train(study, folder, missing, engine, bar)) found.set(record.id, record);
  }
  const results = wanted.map(({ id }) => found.get(id) ?? filling.get(id)!);
  bar.done(provenance(results, reference, all.length));
  return results;
}

/** Trains the missing trials and answers their records. */
async function train(
  study: Study,
  folder: string,
  missing: readonly Trial[],
  engineName: string,
  bar: ProgressBar,
): Promise<TrialRecord[]> {
  const signal = cellSignal();
  const trials = (count: number) => `${count} of ${missing.length} missing trials`;
  let finished = 0;
  bar.update(0, trials(0));
  try {
    const dataset = await loadDataset(study.dataset);
    const engine = await createEngine(ENGINE_NAMES.find((name) => name === engineName) ?? DEFAULT_ENGINE);
    const estimate =
      flopsOf(missing, dataset) > MEASURED_FLOPS ? await estimateRun(missing, dataset, engine) : undefined;
    const ids = new Set(missing.map(({ id }) => id));
    const { complete, records } = await runStudy(study, {
      folder,
      dataset,
      engine,
      signal,
      select: ({ id }) => ids.has(id),
      cost: estimate?.secondsPerUpdate,
      onProgress({ trialsDone, share, stack }) {
        finished = trialsDone;
        const left = estimate === undefined ? "" : `, ${minutes(estimate.seconds * (1 - share))} left`;
        const size = stack.spec.architecture.hidden_size;
        bar.update(share, `${trials(trialsDone)}, now size ${size} × ${stack.trials.length}${left}`);
      },
    });
    finished = records.length;
    if (!complete) throw signal?.reason;
    return records;
  } catch (error) {
    bar.done(`stopped, ${trials(finished)} trained and saved; run the cell again to go on`);
    throw error;
  }
}

function flopsOf(trials: readonly Trial[], dataset: Dataset): number {
  return trials.reduce((sum, { config }) => {
    const { spec, updates } = shapeOf(config, dataset);
    return sum + updates * updateFlops(spec.architecture, spec.batchSize);
  }, 0);
}

/**
 * Whose results these are. Copies of reference trials in any results folder count as what they are: a trial that was
 * trained again differs from its reference at least in the time it took.
 */
function provenance(
  records: readonly TrialRecord[],
  reference: ReadonlyMap<string, TrialRecord>,
  total: number,
): string {
  const given = records.filter((record) => isDeepStrictEqual(record, reference.get(record.id))).length;
  const own = records.length - given;
  const source =
    own === 0
      ? "from the reference run that comes with the project"
      : given === 0
        ? "from your own results"
        : `${given} from the reference run that comes with the project and ${own} from your own results`;
  const diverged = records.filter(({ status }) => status === "diverged").length;
  const all = counted(total, "trial");
  const count = records.length < total ? `${records.length} of ${all}` : total === 1 ? all : `all ${all}`;
  return `${count}, ${source}${diverged === 0 ? "" : `; ${diverged} diverged`}.`;
}

function minutes(seconds: number): string {
  return seconds < 60 ? "less than a minute" : `about ${Math.ceil(seconds / 60)} min`;
}
