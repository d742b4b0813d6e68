/** Which trials are trained together: stacks of one shape, as large as the processor's cache, or a GPU, is good for. */

import type { Dataset } from "../datasets/dataset";
import type { DeviceKind, Engine } from "../engines/engine";
import { parameterCount } from "../model/mlp";
import { OPTIMIZERS } from "../optimizers/optimizers";
import type { ProgramSpec } from "../optimizers/program";
import type { TrialConfig } from "../studies/config";
import type { Trial } from "../studies/trials";

/** Trials of one shape, and the program that trains them. */
export interface Stack {
  readonly spec: ProgramSpec;
  readonly updates: number;
  readonly trials: readonly Trial[];
}

/**
 * Bytes of state and activations that one update may touch. On a processor, what the last-level cache of common ones
 * holds; on a GPU, where every operation of a small stack costs the time to start it, what small ones have room for.
 * Constants, not this machine's, so that the same trials get the same bits on every machine of a kind.
 */
const BYTES: Record<DeviceKind, number> = {
  processor: 24 * 2 ** 20,
  "software-gpu": 24 * 2 ** 20,
  gpu: 512 * 2 ** 20,
};

/** What of an engine decides how many trials it trains together. */
export type StackEngine = Pick<Engine, "threads" | "device">;

/** What of a data set decides the program. */
export type ProgramData = Pick<Dataset, "features" | "classes" | "encoding">;

/** The shape that a configuration has: what its trials must share to be stacked. */
export function shapeOf(config: TrialConfig, { features, classes, encoding }: ProgramData) {
  const { hidden_size, depth, activation, layer_norm, optimizer, batch_size, updates } = config;
  const architecture = { inputs: features, classes, hidden_size, depth, activation, layer_norm };
  return {
    spec: { architecture, optimizer, batchSize: batch_size, encoding } satisfies Omit<ProgramSpec, "trials">,
    updates,
  };
}

/**
 * The number of trials of one shape that fit together: their parameters and moments, and three copies of their largest
 * activations.
 */
export function stackLimit(
  { architecture, optimizer, batchSize }: Omit<ProgramSpec, "trials">,
  device: DeviceKind = "processor",
): number {
  const state = parameterCount(architecture) * (1 + OPTIMIZERS[optimizer].moments.length);
  const { classes, depth, hidden_size } = architecture;
  const activations = 3 * batchSize * (classes + depth * hidden_size);
  return Math.max(1, Math.floor(BYTES[device] / (4 * (state + activations))));
}

/**
 * The number of trials of one shape to stack: as many as fit, in whole multiples of the threads that share them where
 * there are that many.
 */
export function stackSize(spec: Omit<ProgramSpec, "trials">, { threads, device }: StackEngine): number {
  const limit = stackLimit(spec, device);
  return limit > threads ? limit - (limit % threads) : limit;
}

/**
 * All trials in stacks, shapes in order of cost.
 *
 * Where a shape allows stacks of two or more, no stack has a single trial: one left over is trained as two copies
 * of itself. Engines multiply a single matrix by another kernel than several, and a trial must have the same
 * bits whatever it is stacked with.
 */
export function stacksOf(trials: readonly Trial[], dataset: ProgramData, engine: StackEngine): Stack[] {
  const groups = new Map<string, Trial[]>();
  for (const trial of trials) {
    const key = JSON.stringify(shapeOf(trial.config, dataset));
    const group = groups.get(key);
    if (group) group.push(trial);
    else groups.set(key, [trial]);
  }
  const stacks = [...groups.values()].flatMap((group) => {
    const { spec, updates } = shapeOf(group[0]!.config, dataset);
    const size = stackSize(spec, engine);
    return Array.from({ length: Math.ceil(group.length / size) }, (_, i): Stack => {
      const part = group.slice(i * size, (i + 1) * size);
      return {
        spec: { ...spec, trials: stackLimit(spec, engine.device) > 1 ? Math.max(2, part.length) : 1 },
        updates,
        trials: part,
      };
    });
  });
  const cost = ({ spec, updates }: Stack) => parameterCount(spec.architecture) * spec.batchSize * updates;
  return stacks.sort((a, b) => cost(a) - cost(b));
}
