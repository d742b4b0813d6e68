/** How fast an engine trains one stack: rounds of whole calls, batches handed over each time as a study does. */

import type { Engine, State } from "../engines/engine";
import { coefficientTable, initialState, sampleBatches } from "../engines/session-data";
import { updateFlops } from "../model/mlp";
import type { ProgramSpec } from "../optimizers/program";
import { configOf, type Problem, specOf } from "./problem";

const ROUNDS = 3;

/** Where a call is slow, no round is begun after so many times the time that was to be measured. */
const PATIENCE = 3;

/** Middle and extremes of the rounds, of which there may be one alone where a call is slow. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

export interface Speed {
  /** Trials that are trained together. */
  readonly stack: number;
  readonly updatesPerCall: number;
  /** Updates of single trials in a second. */
  readonly trialStepsPerSecond: Spread;
  /** Operations of the matrix products of the steps in a second, in 10⁹. */
  readonly gigaflops: Spread;
}

export interface SpeedOptions {
  readonly stack: number;
  readonly seconds: number;
  readonly updates?: number | undefined;
}

/**
 * @param seconds to measure for, in all rounds together; each round makes one call at least
 * @param updates of a call; as many as the engine does best unless given
 */
export async function measureSpeed(
  engine: Engine,
  problem: Problem,
  hiddenSize: number,
  { stack, seconds, updates: asked }: SpeedOptions,
): Promise<Speed> {
  const spec = specOf(problem, hiddenSize, stack);
  const session = await engine.open(spec);
  try {
    const updates = asked ?? engine.updatesPerCall(spec);
    const configs = Array.from({ length: stack }, () => configOf(problem, hiddenSize));
    const { images, labels } = sampleBatches(spec, updates);
    const table = coefficientTable(spec, configs, updates);
    session.setState(repeatedState(spec, problem, hiddenSize));
    let losses = new Float32Array();
    const call = async () => {
      losses = new Float32Array(await session.update(images, labels, table));
    };
    await call(); // may compile
    const rates: number[] = [];
    const started = performance.now();
    const late = () => performance.now() - started > PATIENCE * seconds * 1000;
    while (rates.length < ROUNDS && !(rates.length > 0 && late())) {
      rates.push((updates * stack) / (await secondsPerCall(call, seconds / ROUNDS)));
    }
    if (!losses.every(Number.isFinite)) throw new Error("it trains to losses that are not numbers");
    const flops = updateFlops(spec.architecture, spec.batchSize);
    return {
      stack,
      updatesPerCall: updates,
      trialStepsPerSecond: spread(rates),
      gigaflops: spread(rates.map((rate) => (rate * flops) / 1e9)),
    };
  } finally {
    await session.close();
  }
}

/** The initial state of one trial for each of the stack: random, since some processors multiply zeros faster. */
function repeatedState(spec: ProgramSpec, problem: Problem, hiddenSize: number): State {
  const single = initialState({ ...spec, trials: 1 }, [configOf(problem, hiddenSize)]);
  return Object.fromEntries(
    Object.entries(single).map(([name, values]) => {
      const all = new Float32Array(values.length * spec.trials);
      for (let trial = 0; trial < spec.trials; trial++) all.set(values, trial * values.length);
      return [name, all];
    }),
  );
}

async function secondsPerCall(call: () => Promise<unknown>, seconds: number): Promise<number> {
  const started = performance.now();
  let calls = 0;
  do {
    await call();
    calls++;
  } while (performance.now() - started < seconds * 1000);
  return (performance.now() - started) / 1000 / calls;
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)]!, lowest: sorted[0]!, highest: sorted.at(-1)! };
}
