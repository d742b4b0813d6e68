/** A first run of an engine: that it trains at all, and how fast it trains one fixed problem. */

import { updateFlops } from "../model/mlp";
import type { ProgramSpec } from "../optimizers/program";
import { DEFAULT_CONFIG } from "../studies/config";
import type { Engine, Session } from "./engine";
import type { EngineIdentity, MeasuredRate, TriedEngine } from "./probe";
import { coefficientTable, initialState, sampleBatches } from "./session-data";

/** Small enough to compile and train in a moment everywhere. */
const SMALL: ProgramSpec = {
  architecture: {
    inputs: 6,
    classes: 4,
    hidden_size: 5,
    depth: 1,
    activation: "relu",
    layer_norm: false,
  },
  optimizer: "adam",
  batchSize: 8,
  trials: 2,
};

/** What the rate is measured with: a stack of the default study's shape, of a middling size. */
const MIDDLING: ProgramSpec = {
  architecture: {
    inputs: 256,
    classes: 100,
    hidden_size: 128,
    depth: 3,
    activation: "relu",
    layer_norm: false,
  },
  optimizer: "adam",
  batchSize: 128,
  trials: 4,
};

const LEARNING_RATE = 1e-3;

/**
 * Trains, and says what the engine is.
 *
 * @param rateSeconds how long to measure the rate, or undefined not to
 * @throws Error where a loss is not a number, or what the engine itself throws
 */
export async function tryEngine(engine: Engine, rateSeconds?: number): Promise<TriedEngine> {
  const session = await opened(engine, SMALL);
  const losses = await callOf(session, SMALL, 1)();
  await session.close();
  if (!losses.every(Number.isFinite)) throw new Error("it trains to losses that are not numbers");
  const identity = identityOf(engine);
  return rateSeconds === undefined ? identity : { ...identity, rate: await measureRate(engine, rateSeconds) };
}

/** What an engine says of itself. */
export function identityOf(engine: Engine): EngineIdentity {
  const { description, version = "unknown", settings = {}, device = "processor" } = engine;
  return { description, version, settings, device };
}

/**
 * Trains the middling stack for about so long, one call at least. Calls before that, which may compile, do not count; an
 * engine for which a whole call is too long is measured by single updates.
 */
export async function measureRate(engine: Engine, seconds: number): Promise<MeasuredRate> {
  const session = await opened(engine, MIDDLING);
  const single = callOf(session, MIDDLING, 1);
  await single();
  const secondsOfOne = await timed(single);
  const most = engine.updatesPerCall(MIDDLING);
  const slow = secondsOfOne * most > seconds;
  const updates = slow ? 1 : most;
  const call = slow ? single : callOf(session, MIDDLING, updates);
  if (!slow) await call();
  let [calls, measured] = slow ? [1, secondsOfOne] : [0, 0];
  for (; measured < seconds; calls++) measured += await timed(call);
  await session.close();
  const trialSteps = calls * updates * MIDDLING.trials;
  const flops = trialSteps * updateFlops(MIDDLING.architecture, MIDDLING.batchSize);
  return {
    trialStepsPerSecond: trialSteps / measured,
    gigaflops: flops / measured / 1e9,
    seconds: measured,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function opened(engine: Engine, spec: ProgramSpec): Promise<Session> {
  const session = await engine.open(spec);
  session.setState(initialState(spec, configs(spec)));
  return session;
}

/** A call of so many updates with data that does not matter. */
function callOf(session: Session, spec: ProgramSpec, updates: number): () => Promise<Float32Array> {
  const { images, labels } = sampleBatches(spec, updates);
  const table = coefficientTable(spec, configs(spec), updates);
  return () => session.update(images, labels, table);
}

function configs({ batchSize, trials }: ProgramSpec) {
  return Array.from({ length: trials }, (_, seed) => ({
    ...DEFAULT_CONFIG,
    learning_rate: LEARNING_RATE,
    batch_size: batchSize,
    seed,
  }));
}
