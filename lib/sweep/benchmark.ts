/** How fast whole training steps are, beside the same steps run eagerly and the bare matrix products of their shapes. */

import type { Engine } from "../engines/engine";
import { createEngine } from "../engines/engines";
import { openProducts } from "../engines/products";
import { coefficientTable, sampleBatches } from "../engines/session-data";
import { updateFlops } from "../model/mlp";
import type { ProgramSpec } from "../optimizers/program";
import { DEFAULT_CONFIG } from "../studies/config";
import { shapeOf, stackSize } from "./stacks";

/** The task of the default study. */
const DATA = { features: 256, classes: 1000 };

/** Trials that the default study has of one size: no stack is larger. */
const TRIALS_OF_A_SIZE = 36;

/** Rounds of a size, in each of which everything is measured once, so that noise falls on all alike. */
const ROUNDS = 5;

/** Wall time of one measurement, in seconds; at least one update is timed however long it takes. */
const MEASUREMENT_SECONDS = 0.5;

/** Middle and extremes of the rounds. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

export interface Benchmark {
  readonly hiddenSize: number;
  readonly stack: number;
  /** Time of one update of one trial of the stack, in microseconds. */
  readonly trialStep: Spread;
  /** Floating-point operations per second of whole training steps, in 10⁹. */
  readonly gigaflops: Spread;
  /** The same of the bare matrix products. */
  readonly productGigaflops: Spread;
  /** Time of an eager trial-step over that of a compiled one, both of the same round. */
  readonly ratioToEager: Spread;
  /** Rate of training steps over that of bare products, both of the same round. */
  readonly fractionOfProducts: Spread;
}

/**
 * Measures one hidden size.
 *
 * @param eager the engine to compare with; it trains one trial at a time, which is what it does fastest
 */
export async function benchmark(hiddenSize: number, threads: number, eager: Engine): Promise<Benchmark> {
  const config = { ...DEFAULT_CONFIG, hidden_size: hiddenSize, learning_rate: 1e-3 };
  const { spec: shape } = shapeOf(config, DATA);
  const stack = Math.min(TRIALS_OF_A_SIZE, stackSize(shape, { threads }));
  const spec: ProgramSpec = { ...shape, trials: stack };
  const single: ProgramSpec = { ...shape, trials: 1 };
  const flops = updateFlops(spec.architecture, spec.batchSize);

  const compiled = await createEngine("onnx-cpu", { threads });
  const [stacked, one] = [await prepared(compiled, spec), await prepared(eager, single)];
  const products = await openProducts(spec, threads);
  await products.run();
  const rounds: { compiled: number; eager: number; products: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({
      compiled: (await stacked.secondsPerUpdate()) / stack,
      products: (await secondsPerCall(() => products.run())) / products.sets / stack,
      eager: await one.secondsPerUpdate(),
    });
  }
  await Promise.all([stacked.close(), one.close(), products.close()]);
  return {
    hiddenSize,
    stack,
    trialStep: spread(rounds.map((round) => round.compiled * 1e6)),
    gigaflops: spread(rounds.map((round) => flops / round.compiled / 1e9)),
    productGigaflops: spread(rounds.map((round) => flops / round.products / 1e9)),
    ratioToEager: spread(rounds.map((round) => round.eager / round.compiled)),
    fractionOfProducts: spread(rounds.map((round) => round.products / round.compiled)),
  };
}

/** A session with one call of data, warmed up. */
async function prepared(engine: Engine, spec: ProgramSpec) {
  const session = await engine.open(spec);
  const updates = engine.updatesPerCall(spec);
  const { images, labels } = sampleBatches(spec, updates);
  const trial = { ...DEFAULT_CONFIG, learning_rate: 1e-3 };
  const table = coefficientTable(spec, new Array(spec.trials).fill(trial), updates);
  const call = () => session.update(images, labels, table);
  await call();
  return {
    secondsPerUpdate: async () => (await secondsPerCall(call)) / updates,
    close: () => session.close(),
  };
}

async function secondsPerCall(call: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  let calls = 0;
  do {
    await call();
    calls++;
  } while (performance.now() - started < MEASUREMENT_SECONDS * 1000);
  return (performance.now() - started) / 1000 / calls;
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)]!, lowest: sorted[0]!, highest: sorted.at(-1)! };
}
