/** Training one stack to its records, from its initial parameters or from where it stands. */

import { setImmediate as nextTurn } from "node:timers/promises";
import type { Engine, Session } from "../engines/engine";
import { coefficientTable, initialState } from "../engines/session-data";
import type { TrialConfig } from "../studies/config";
import type { StackProgress } from "./checkpoint";
import { type CheckpointInterval, isDue } from "./checkpoint-interval";
import type { SharedExamples } from "./examples";
import type { TrialRecord } from "./record";
import type { Stack } from "./stacks";

/** Points of a downsampled curve. */
const CURVE_POINTS = 50;

/** The share of updates at the end of a trial that its training loss is the mean of. */
const FINAL_SHARE = 0.05;

/** How close to ln(classes), relatively, a loss counts as no better than a uniform guess. */
const PLATEAU_TOLERANCE = 1e-3;

/** Held-out examples measured at a time. */
const EVALUATION_BATCH = 256;

export interface StackResult {
  readonly records: TrialRecord[];
  /** Wall time inside the engine, in seconds. */
  readonly engineSeconds: number;
}

export interface StackInputs {
  readonly session: Session;
  /** Of the session. */
  readonly engine: Pick<Engine, "name" | "updatesPerCall">;
  readonly training: SharedExamples;
  readonly heldOut: SharedExamples;
  readonly heldOutCount: number;
  readonly signal?: AbortSignal | undefined;
  /** Where the stack goes on; without it, it begins. */
  readonly resume?: (() => StackProgress) | undefined;
  /** Keeps where the stack stands, every so often and at an interrupt. */
  readonly saving?: Saving | undefined;
  /** Told of every so many updates that were done. */
  readonly onUpdates?: ((updates: number) => void) | undefined;
}

export interface Saving {
  readonly every: CheckpointInterval;
  readonly save: (progress: StackProgress) => void;
}

/** @returns undefined where the signal was aborted before the last update was done */
export async function trainStack(stack: Stack, inputs: StackInputs): Promise<StackResult | undefined> {
  const started = performance.now();
  const clock = new Stopwatch();
  const course = begin(stack, inputs);
  const secondsNow = () => {
    const share = (performance.now() - started) / 1000 / stack.trials.length;
    return course.seconds.map((before) => before + share);
  };
  if (!(await allUpdates(stack, inputs, course, secondsNow, clock))) return undefined;
  const { testLoss, testAccuracy } = await heldOut(stack, inputs, clock);
  const { losses } = course;
  const seconds = secondsNow();

  const records = stack.trials.map((trial, t): TrialRecord => {
    const own = losses.filter((_, i) => i % stack.spec.trials === t);
    const common = {
      id: trial.id,
      factors: trial.factors,
      engine: inputs.engine.name,
      seconds: round(seconds[t]!),
    };
    const first = own.findIndex((loss) => !Number.isFinite(loss));
    if (first >= 0) {
      return {
        ...common,
        status: "diverged",
        diverged_at: first + 1,
        curve: curveOf(own.subarray(0, first)),
      };
    }
    // The loss was finite to the end, but the last update left parameters that are not.
    if (!Number.isFinite(testLoss[t])) {
      return { ...common, status: "diverged", diverged_at: own.length, curve: curveOf(own) };
    }
    const loss = mean(own.subarray(own.length - Math.max(1, Math.round(FINAL_SHARE * own.length))));
    const uniform = Math.log(stack.spec.architecture.classes);
    return {
      ...common,
      status: "completed",
      loss,
      test_loss: testLoss[t]!,
      test_accuracy: testAccuracy[t]!,
      plateau: loss >= uniform * (1 - PLATEAU_TOLERANCE),
      curve: curveOf(own),
    };
  });
  return { records, engineSeconds: clock.seconds };
}

/** What a stack has behind it when its training begins here. */
type Course = Omit<StackProgress, "state">;

/** Sets the state that the stack begins or goes on with. */
function begin(stack: Stack, { session, resume }: StackInputs): Course {
  const { state, ...course } = resume?.() ?? {
    update: 0,
    state: initialState(stack.spec, configsOf(stack)),
    losses: new Float32Array(stack.updates * stack.spec.trials),
    seconds: stack.trials.map(() => 0),
  };
  session.setState(state);
  return course;
}

/**
 * Trains the stack to its last update and fills the losses, [updates, trials of the program].
 *
 * @returns false where the signal was aborted
 */
async function allUpdates(
  stack: Stack,
  inputs: StackInputs,
  { update: start, losses }: Course,
  secondsNow: () => number[],
  clock: Stopwatch,
): Promise<boolean> {
  const { session, engine, training, signal, saving, onUpdates } = inputs;
  const { spec, updates } = stack;
  const configs = configsOf(stack);
  const most = engine.updatesPerCall(spec);
  const saved = { update: start, time: performance.now() };
  const save = async (update: number) => {
    if (!saving || update === saved.update) return;
    saving.save({ update, state: await session.getState(), losses, seconds: secondsNow() });
    Object.assign(saved, { update, time: performance.now() });
  };
  for (let done = start; ; ) {
    if (signal?.aborted) {
      await save(done);
      return false;
    }
    if (done === updates) return true;
    const count = Math.min(most, updates - done);
    const table = coefficientTable(spec, configs, count, done);
    const { images, labels } = training.slice(done * spec.batchSize, count * spec.batchSize);
    losses.set(await clock.time(session.update(images, labels, table)), done * spec.trials);
    done += count;
    onUpdates?.(count);
    const seconds = (performance.now() - saved.time) / 1000;
    if (saving && isDue(saving.every, done - saved.update, seconds)) await save(done);
    // An engine may compute without leaving the event loop a turn, and a signal would go unheard.
    await nextTurn();
  }
}

async function heldOut({ spec }: Stack, { session, heldOut, heldOutCount }: StackInputs, clock: Stopwatch) {
  const testLoss = new Float64Array(spec.trials);
  const testAccuracy = new Float64Array(spec.trials);
  for (let start = 0; start < heldOutCount; start += EVALUATION_BATCH) {
    const count = Math.min(EVALUATION_BATCH, heldOutCount - start);
    const { images, labels } = heldOut.slice(start, count);
    const { losses, correct } = await clock.time(session.evaluate(images, labels));
    for (let t = 0; t < spec.trials; t++) {
      testLoss[t]! += (losses[t]! * count) / heldOutCount;
      testAccuracy[t]! += correct[t]! / heldOutCount;
    }
  }
  return { testLoss, testAccuracy };
}

/** The configuration of each place in the stack: where there are more places than trials, the last trial has several. */
function configsOf({ spec, trials }: Stack): TrialConfig[] {
  return Array.from({ length: spec.trials }, (_, t) => trials[Math.min(t, trials.length - 1)]!.config);
}

function curveOf(losses: Float32Array): [update: number, loss: number][] {
  const points = Math.min(CURVE_POINTS, losses.length);
  return Array.from({ length: points }, (_, i) => {
    const start = Math.round((i * losses.length) / points);
    const end = Math.round(((i + 1) * losses.length) / points);
    return [end, round(mean(losses.subarray(start, end)))];
  });
}

function mean(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Six significant digits: enough for a curve or a duration, and short on disk. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}

class Stopwatch {
  seconds = 0;

  async time<T>(work: Promise<T>): Promise<T> {
    const started = performance.now();
    const result = await work;
    this.seconds += (performance.now() - started) / 1000;
    return result;
  }
}
