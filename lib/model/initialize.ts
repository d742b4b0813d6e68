/** The parameters that a trial starts from: a function of its seed and of each tensor's name alone. */

import { randomStream } from "../random/stream";
import type { Initialization } from "../studies/config";
import type { ParameterSpec } from "./mlp";

/** Variance of a weight times its fan-in (He et al. 2015; LeCun et al. 1998) or times the mean fan (Glorot & Bengio 2010). */
const VARIANCE: Record<Initialization, (fanIn: number, fanOut: number) => number> = {
  he: (fanIn) => 2 / fanIn,
  lecun: (fanIn) => 1 / fanIn,
  glorot: (fanIn, fanOut) => 2 / (fanIn + fanOut),
};

export interface InitializationOptions {
  readonly initialization: Initialization;
  /** Factor on the standard deviation of every weight; 1 leaves the scheme as published. */
  readonly init_gain: number;
  readonly seed: number;
}

/** Normal weights of the scheme's variance, zero biases and shifts, gains of one; row-major, of the spec's shape. */
export function initialParameter(spec: ParameterSpec, options: InitializationOptions): Float32Array {
  const [rows, columns] = spec.shape;
  const values = new Float32Array(rows * columns);
  if (spec.role === "shift") return values;
  if (spec.role === "gain") return values.fill(1);
  const fanIn = rows - 1;
  const weights = values.subarray(0, fanIn * columns);
  const deviation = options.init_gain * Math.sqrt(VARIANCE[options.initialization](fanIn, columns));
  randomStream(`parameters/${spec.name}`, options.seed).normal(0, weights);
  for (let i = 0; i < weights.length; i++) weights[i]! *= deviation;
  return values;
}
