/** The command `run`: trains a study, or what is missing of it, and writes its tables and figures. */

import { stdin, stderr as terminal } from "node:process";
import { createInterface } from "node:readline/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import { writeFigures } from "../../charts/files";
import { loadDataset } from "../../datasets/load";
import { datasetShape } from "../../datasets/shape";
import { createEngine, DEFAULT_ENGINE, ENGINE_NAMES, type EngineName } from "../../engines/engines";
import { DEFAULT_STUDY, findStudy } from "../../studies/presets";
import type { Study } from "../../studies/study";
import {
  type CheckpointInterval,
  DEFAULT_CHECKPOINT_INTERVAL,
  parseCheckpointInterval,
} from "../../sweep/checkpoint-interval";
import { peekStanding } from "../../sweep/checkpoints";
import { estimateRun } from "../../sweep/estimate";
import { freeMemory } from "../../sweep/estimate-memory";
import { requireWritable } from "../../sweep/folder";
import { type Results, readResults, readResultsOf } from "../../sweep/results";
import { missingTrials, type Progress, type RunSummary, runStudy } from "../../sweep/run";
import { counted, duration, quantity } from "../../sweep/words";
import { writeTrials } from "../../tables/files";
import { AUTO, chosenEngine } from "../engine-choice";
import { interruptible } from "../interruption";
import { path, wholeNumber } from "../options";
import { costSentence } from "../text/cost";
import { ProgressDisplay } from "../text/run-progress";
import { summarizeStudy } from "../text/summary";

/** Above this a run is started only when asked for. */
const ASK_ABOVE_SECONDS = 3600;

interface RunArguments {
  readonly study: string;
  readonly out?: string;
  readonly engine: EngineName | typeof AUTO;
  readonly threads?: number;
  readonly checkpointEvery?: CheckpointInterval;
  readonly yes?: boolean;
}

/** Registers `offcurve run [--study NAME|FILE] [--out DIR] [--engine NAME] [--threads N] [--checkpoint-every N] [--yes]`. */
export function runCommand(program: Command): void {
  program
    .command("run")
    .description(
      "train a study, or the trials that its results folder still lacks, then write tables and figures and fit its laws",
    )
    .option(
      "--study <name>",
      "a study of the kit (see: offcurve studies) or a JSON file that declares one",
      DEFAULT_STUDY.name,
    )
    .option("--out <dir>", "results folder (default: results/ and the study's name)", path)
    .addOption(
      new Option("--engine <name>", "what executes the training; auto takes the fastest that works here")
        .choices([...ENGINE_NAMES, AUTO])
        .default(DEFAULT_ENGINE),
    )
    .option("--threads <n>", "threads of the engine (default: one for each core)", wholeNumber)
    .addOption(
      new Option(
        "--checkpoint-every <interval>",
        "save the trials in training every so much time (10min, 90s, 2h) or so many updates (500), or never",
      )
        .argParser(interval)
        .default(DEFAULT_CHECKPOINT_INTERVAL, "10min"),
    )
    .option("--yes", "start without asking, however long it will take")
    .action(run);
}

async function run(args: RunArguments): Promise<void> {
  const { study: nameOrFile, out } = args;
  const study = findStudy(nameOrFile);
  const folder = out ?? `results/${study.name}`;
  const before = readResultsOf(study, folder);
  const total = before.trials.length;
  if (missingTrials(before).length === 0) {
    for (const notice of before.notices) terminal.write(`${notice}\n`);
    const all = total === 1 ? "The 1 trial is" : `All ${total} trials are`;
    say(`${study.title}\n${all} in ${folder} already.`);
  } else {
    const summary = await train(study, folder, before, args);
    if (!summary) return;
    sayTraining(summary);
    if (!summary.complete) {
      const command = `npx offcurve run${optionsOf(args)}`;
      terminal.write(
        `Interrupted: ${summary.records.length} of ${counted(total, "trial")} are in ${folder}. Go on with: ${command}\n`,
      );
      return;
    }
  }
  await report(folder);
}

/** The options that another call needs to go on. */
function optionsOf({ study, out, engine, threads }: RunArguments): string {
  const options = [
    study === DEFAULT_STUDY.name ? [] : ["--study", study],
    out === undefined ? [] : ["--out", out],
    engine === DEFAULT_ENGINE ? [] : ["--engine", engine],
    threads === undefined ? [] : ["--threads", String(threads)],
  ];
  return options
    .flat()
    .map((word) => ` ${word}`)
    .join("");
}

/** @returns undefined where the reader chose not to start */
async function train(
  study: Study,
  folder: string,
  before: Results,
  { engine: asked, threads, checkpointEvery, yes }: RunArguments,
): Promise<RunSummary | undefined> {
  requireWritable(folder);
  const missing = missingTrials(before);
  const dataset = await loadDataset(study.dataset);
  const engineName = asked === AUTO ? await chosenEngine(folder, before.records, say) : asked;
  const engine = await createEngine(engineName, threads === undefined ? {} : { threads });
  const standing = peekStanding(folder, missing, dataset, engine);
  const heldOut = study.evaluation.examples;
  const estimate = await estimateRun(missing, dataset, engine, { standing, heldOut });
  say(`${study.title}\nData: ${dataset.title}. Engine: ${engine.description}.`);
  const memoryBytes = estimate.memoryBytes + datasetShape(study.dataset).memoryBytes; // the data are loaded
  say(costSentence({ ...estimate, memoryBytes }, { total: before.trials.length, begun: standing.size }));
  const free = freeMemory();
  if (estimate.memoryBytes > free) {
    const [more, left] = [estimate.memoryBytes, free].map((bytes) => quantity(bytes, "B"));
    say(`Of that memory ${more} are still to be taken, and ${left} are free now.`);
  }
  if (estimate.seconds > ASK_ABOVE_SECONDS && !yes && !(await agreed())) return undefined;

  const progress = new ProgressDisplay(estimate.seconds);
  const options = {
    folder,
    dataset,
    engine,
    checkpointEvery,
    cost: estimate.secondsPerUpdate,
    onProgress: (state: Progress) => progress.show(state),
    onNotice: (notice: string) => progress.note(notice),
  };
  const onInterrupt = () => {
    const saving = checkpointEvery === "never" ? "" : " and saving the trials in training";
    progress.note(`Finishing the update in flight${saving}; interrupt again to stop at once.`);
  };
  try {
    return await interruptible((signal) => runStudy(study, { ...options, signal }), onInterrupt);
  } finally {
    progress.stop();
  }
}

async function report(folder: string): Promise<void> {
  const { records } = readResults(folder);
  const tables = writeTrials(folder, records);
  const figures = await writeFigures(folder, records);
  say(`\n${summarizeStudy(records)}\n`);
  for (const notice of figures.notices) say(notice);
  say(`Written: ${[...tables, ...figures.paths].join(", ")}`);
}

async function agreed(): Promise<boolean> {
  if (!stdin.isTTY)
    throw new Error("this takes more than an hour and nobody is there to ask; start it with --yes");
  const dialogue = createInterface({ input: stdin, output: terminal });
  const answer = await dialogue.question("Start? [y/N] ");
  dialogue.close();
  return /^y(es)?$/i.test(answer.trim());
}

function sayTraining({
  trialsTrained,
  trialSteps,
  flops,
  seconds,
  engineSeconds,
  records,
}: RunSummary): void {
  const diverged = records.filter(({ status }) => status === "diverged").length;
  const plateau = records.filter((record) => record.status === "completed" && record.plateau).length;
  say(
    `Trained ${counted(trialsTrained, "trial")} in ${duration(seconds)}: ${quantity(trialSteps / seconds, "trial-steps/s")}, ${quantity(flops / seconds, "FLOP/s")}, ${((1 - engineSeconds / seconds) * 100).toFixed(1)} % of the time outside the engine.`,
  );
  if (diverged > 0) say(`${counted(diverged, "trial")} diverged.`);
  if (plateau > 0) say(`${counted(plateau, "trial")} ended no better than a uniform guess.`);
}

function interval(text: string): CheckpointInterval {
  const parsed = parseCheckpointInterval(text);
  if (!parsed)
    throw new InvalidArgumentError("Expected a time such as 10min, a number of updates, or never.");
  return parsed;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
