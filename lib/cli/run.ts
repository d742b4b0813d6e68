/** The command `run`: trains a study, or what is missing of it, and writes its tables and figures. */

import { stdin, stderr as terminal } from "node:process";
import { createInterface } from "node:readline/promises";
import { SingleBar } from "cli-progress";
import { type Command, InvalidArgumentError, Option } from "commander";
import { writeFigures } from "../charts/files";
import { loadDataset } from "../datasets/load";
import { createEngine, DEFAULT_ENGINE, ENGINE_NAMES, type EngineName } from "../engines/engines";
import { findStudy } from "../studies/presets";
import type { Study } from "../studies/study";
import { type Trial, trialsOf } from "../studies/trials";
import { type Estimate, estimateRun } from "../sweep/estimate";
import { readLedger } from "../sweep/ledger";
import { missingTrials, type Progress, type RunSummary, runStudy } from "../sweep/run";
import { writeTrials } from "../tables/files";
import { summarizeStudy } from "./summary";
import { duration, quantity } from "./words";

/** Above this a run is started only when asked for. */
const ASK_ABOVE_SECONDS = 3600;

/** How often progress is written where it cannot be redrawn, in milliseconds. */
const LINE_INTERVAL = 15_000;

interface RunArguments {
  readonly study: string;
  readonly out?: string;
  readonly engine: EngineName;
  readonly threads?: number;
  readonly yes?: boolean;
}

/** Registers `offcurve run --study NAME|FILE [--out DIR] [--engine NAME] [--threads N] [--yes]`. */
export function runCommand(program: Command): void {
  program
    .command("run")
    .description("train a study, or what its results folder lacks of it, then tabulate, fit and draw")
    .option(
      "--study <name>",
      "a study of the kit (see: offcurve studies) or a JSON file that declares one",
      "kanji",
    )
    .option("--out <dir>", "results folder (default: results/ and the study's name)")
    .addOption(
      new Option("--engine <name>", "what executes the training")
        .choices(ENGINE_NAMES)
        .default(DEFAULT_ENGINE),
    )
    .option("--threads <n>", "threads of the engine (default: one for each core)", wholeNumber)
    .option("--yes", "start without asking, however long it will take")
    .action(run);
}

async function run({ study: nameOrFile, out, engine, threads, yes }: RunArguments): Promise<void> {
  const study = findStudy(nameOrFile);
  const folder = out ?? `results/${study.name}`;
  const total = trialsOf(study).length;
  const missing = missingTrials(study, folder);
  if (missing.length === 0) {
    say(`${study.title}\nAll ${total} trials are in ${folder} already.`);
  } else {
    const summary = await train(study, folder, missing, { engineName: engine, threads, yes, total });
    if (!summary) return;
    sayTraining(summary);
    if (!summary.complete) {
      const options = [nameOrFile === "kanji" ? "" : `--study ${nameOrFile}`, out ? `--out ${out}` : ""];
      const command = ["npx offcurve run", ...options.filter(Boolean)].join(" ");
      terminal.write(
        `Interrupted: ${summary.records.length} of ${total} trials are in ${folder}. Go on with: ${command}\n`,
      );
      process.exitCode = 130;
      return;
    }
  }
  await report(folder);
}

interface TrainArguments {
  readonly engineName: EngineName;
  readonly threads: number | undefined;
  readonly yes: boolean | undefined;
  readonly total: number;
}

/** @returns undefined where the reader chose not to start */
async function train(
  study: Study,
  folder: string,
  missing: readonly Trial[],
  options: TrainArguments,
): Promise<RunSummary | undefined> {
  const { engineName, threads, yes, total } = options;
  const dataset = await loadDataset(study.dataset);
  const engine = await createEngine(engineName, threads === undefined ? {} : { threads });
  const estimate = await estimateRun(missing, dataset, engine);
  say(`${study.title}\nData: ${dataset.title}. Engine: ${engine.description}.`);
  say(cost(estimate, total));
  if (estimate.seconds > ASK_ABOVE_SECONDS && !yes && !(await agreed())) return undefined;

  const interrupt = new AbortController();
  const progress = new ProgressDisplay(estimate.seconds);
  const onSignal = () => {
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
    progress.note("Finishing the update in flight; interrupt again to stop at once.");
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    return await runStudy(study, {
      folder,
      dataset,
      engine,
      signal: interrupt.signal,
      cost: estimate.secondsPerUpdate,
      onProgress: (state) => progress.show(state),
      onNotice: (notice) => progress.note(notice),
    });
  } finally {
    progress.stop();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

async function report(folder: string): Promise<void> {
  const { records } = readLedger(folder);
  const tables = writeTrials(folder, records);
  const figures = await writeFigures(folder, records);
  say(`\n${summarizeStudy(records)}\n`);
  for (const notice of figures.notices) say(notice);
  say(`Written: ${[...tables, ...figures.paths].join(", ")}`);
}

function cost({ trials, trialSteps, flops, memoryBytes, seconds }: Estimate, total: number): string {
  const part = trials < total ? `${trials} of ${total} trials to go` : `${trials} trials`;
  return `Cost: ${part}, ${quantity(trialSteps, "trial-steps")}, ${quantity(flops, "FLOP")}, ${quantity(memoryBytes, "B")} of memory, about ${duration(seconds)} on this machine.`;
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
    `Trained ${trialsTrained} trials in ${duration(seconds)}: ${quantity(trialSteps / seconds, "trial-steps/s")}, ${quantity(flops / seconds, "FLOP/s")}, ${((1 - engineSeconds / seconds) * 100).toFixed(1)} % of the time outside the engine.`,
  );
  if (diverged > 0) say(`${diverged} trials diverged.`);
  if (plateau > 0) say(`${plateau} trials ended no better than a uniform guess.`);
}

/** One line on standard error that is redrawn, or a line every so often where there is no terminal. */
class ProgressDisplay {
  private readonly started = performance.now();
  private readonly bar = new SingleBar({
    format: "{bar} {trials} trials | {stack} | {steps} | {rate} | {left} left",
    stream: terminal,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: LINE_INTERVAL,
    linewrap: false,
    barsize: 20,
    gracefulExit: false,
  });

  constructor(private readonly expectedSeconds: number) {}

  show({ trialsDone, trialsTotal, stack, trialSteps, flops, share }: Progress): void {
    const seconds = (performance.now() - this.started) / 1000;
    // The expectation weighs like a twentieth of the run, so that the first figures do not jump.
    const prior = 0.05;
    const total = (seconds + prior * this.expectedSeconds) / (share + prior);
    const payload = {
      trials: `${trialsDone}/${trialsTotal}`,
      stack: `size ${stack.spec.architecture.hidden_size} × ${stack.trials.length}`,
      steps: quantity(trialSteps / seconds, "trial-steps/s"),
      rate: quantity(flops / seconds, "FLOP/s"),
      left: duration(Math.max(0, total * (1 - share))),
    };
    if (!this.bar.isActive) this.bar.start(1, 0, payload);
    this.bar.update(share, payload);
  }

  note(text: string): void {
    terminal.write(`${terminal.isTTY ? "\n" : ""}${text}\n`);
  }

  stop(): void {
    if (this.bar.isActive) this.bar.stop();
  }
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1 to 9999.");
  return Number(text);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
