/**
 * The configuration of a trial: one plain object that holds all that defines a training run but the data. Any of
 * its fields can be swept as a factor.
 */

import { z } from "zod";

export const ACTIVATIONS = ["relu", "tanh", "gelu"] as const;
export const INITIALIZATIONS = ["he", "lecun", "glorot"] as const;
export const OPTIMIZERS = ["adam", "sgd", "momentum"] as const;
export const SCHEDULES = ["constant", "cosine", "linear"] as const;

/** What a hidden unit makes of its sum. */
export type Activation = (typeof ACTIVATIONS)[number];
/** How the first weights are drawn. */
export type Initialization = (typeof INITIALIZATIONS)[number];
/** What turns gradients into steps. */
export type OptimizerName = (typeof OPTIMIZERS)[number];
/** How the learning rate goes from its peak, after the warm-up, to its end. */
export type Schedule = (typeof SCHEDULES)[number];

/** Everything that one trial is trained with, but for the data. */
export interface TrialConfig {
  /** Units of each hidden layer. */
  readonly hidden_size: number;
  /** Hidden layers; defaults to 3. */
  readonly depth: number;
  /** Defaults to "relu". */
  readonly activation: Activation;
  /** Layer normalisation before each activation; defaults to false. */
  readonly layer_norm: boolean;
  /**
   * Scheme of the initial weights; defaults to "glorot", which makes an output layer of many classes start small, and
   * so the loss at ln(classes). With "he" it starts a nat higher, and narrow models lose much of a short run to that.
   */
  readonly initialization: Initialization;
  /** Factor on the standard deviation of the initial weights; defaults to 1. */
  readonly init_gain: number;
  /** Key of the initial weights; defaults to 0. */
  readonly seed: number;
  /** Defaults to "adam". */
  readonly optimizer: OptimizerName;
  /** Peak learning rate. */
  readonly learning_rate: number;
  /** Adam's decay of the mean gradient; defaults to 0.9. */
  readonly beta1: number;
  /** Adam's decay of the mean squared gradient; defaults to 0.999. */
  readonly beta2: number;
  /** Adam's addition to the root of the mean square; defaults to 1e-8. */
  readonly epsilon: number;
  /** Decay of the velocity of momentum; defaults to 0.9. */
  readonly momentum: number;
  /** Course of the learning rate after warm-up; defaults to "constant". */
  readonly schedule: Schedule;
  /** Updates of linear warm-up; defaults to 0. */
  readonly warmup_updates: number;
  /** What a decaying schedule leaves of the peak rate, 0 to 1; defaults to 0. */
  readonly final_fraction: number;
  /** Examples in a batch; defaults to 128. */
  readonly batch_size: number;
  /** Updates of the whole trial; defaults to 1000. */
  readonly updates: number;
}

interface Field {
  readonly schema: z.ZodType;
  /** What the field takes, in words that complete "expected …". */
  readonly allowed: string;
}

const integer = (from: number, to: number): Field => ({
  schema: z.number().int().min(from).max(to),
  allowed: `an integer from ${from} to ${to}`,
});
/** The smallest number of float32 with all its digits. Programs compute in float32 and take what is smaller for 0. */
const SMALLEST = 2 ** -126;

const positive = (to: number): Field => ({
  schema: z.number().min(SMALLEST).max(to),
  allowed: `a number from ${SMALLEST.toPrecision(3)} to ${to}`,
});
const fraction = (below: boolean): Field => ({
  schema: z
    .number()
    .refine((value) => value === 0 || (value >= SMALLEST && (below ? value < 1 : value <= 1))),
  allowed: `0 or a number from ${SMALLEST.toPrecision(3)} to ${below ? "below 1" : "1"}`,
});
const oneOf = (names: readonly string[]): Field => ({
  schema: z.enum(names),
  allowed: `one of ${names.join(", ")}`,
});

/** What each field of a trial's configuration takes. */
export const CONFIG_FIELDS: Readonly<Record<keyof TrialConfig, Field>> = {
  hidden_size: integer(1, 65_536),
  depth: integer(0, 64),
  activation: oneOf(ACTIVATIONS),
  layer_norm: { schema: z.boolean(), allowed: "true or false" },
  initialization: oneOf(INITIALIZATIONS),
  init_gain: positive(100),
  seed: integer(0, Number.MAX_SAFE_INTEGER),
  optimizer: oneOf(OPTIMIZERS),
  learning_rate: positive(1_000_000),
  beta1: fraction(true),
  beta2: fraction(true),
  epsilon: fraction(false),
  momentum: fraction(true),
  schedule: oneOf(SCHEDULES),
  warmup_updates: integer(0, 100_000_000),
  final_fraction: fraction(false),
  batch_size: integer(1, 65_536),
  updates: integer(1, 100_000_000),
};

/** Name of a field of a trial's configuration, which a study may sweep. */
export type ConfigField = keyof TrialConfig;

export const DEFAULT_CONFIG: Omit<TrialConfig, "hidden_size" | "learning_rate"> = {
  depth: 3,
  activation: "relu",
  layer_norm: false,
  initialization: "glorot",
  init_gain: 1,
  seed: 0,
  optimizer: "adam",
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  momentum: 0.9,
  schedule: "constant",
  warmup_updates: 0,
  final_fraction: 0,
  batch_size: 128,
  updates: 1000,
};
