/**
 * How far an engine is from a float64 reference: it trains the dozen trials of `parity-trials.ts`, and their losses
 * and parameters are compared with those of `reference.ts`. What is tolerated is `parity-tolerances.ts`.
 */

import { decoded } from "../datasets/encoding";
import { type ProgramSpec, stateSpecs } from "../optimizers/program";
import type { TrialConfig } from "../studies/config";
import type { Engine, State } from "./engine";
import { PARITY_STACKS, PARITY_UPDATES, type ParityStack, parityExamples } from "./parity-trials";
import { type Batch, type Matrices, type Rounding, referenceLoss, trainReference } from "./reference";
import { coefficientTable, initialState } from "./session-data";

/** The largest differences of an engine from the reference. */
export interface ParityMeasurement {
  readonly trials: number;
  readonly updates: number;
  /** Of the final training loss and the held-out loss, relative to the reference's. */
  readonly loss: number;
  /** Of a parameter, relative to the largest magnitude in its tensor. */
  readonly parameters: number;
  /** The trials in which these were found. */
  readonly worstLoss: string;
  readonly worstParameters: string;
}

interface Outcome {
  /** The training loss of the last batch, and the held-out loss. */
  readonly losses: readonly [training: number, heldOut: number];
  readonly parameters: Readonly<Record<string, ArrayLike<number>>>;
}

/** Trains the trials on the engine and compares; all of them, but for an engine too slow for that. */
export async function measureParity(
  engine: Engine,
  stacks: readonly ParityStack[] = PARITY_STACKS,
): Promise<ParityMeasurement> {
  return compared(stacks, async (stack) => {
    const { spec, trials } = stack;
    const { training, heldOut } = parityExamples(spec);
    const session = await engine.open(spec);
    try {
      session.setState(initialState(spec, trials));
      const table = coefficientTable(spec, trials, PARITY_UPDATES);
      const losses = await session.update(training.images, training.labels, table);
      const evaluation = await session.evaluate(heldOut.images, heldOut.labels);
      const state = await session.getState();
      return trials.map((_, t) => ({
        losses: [losses[(PARITY_UPDATES - 1) * trials.length + t]!, evaluation.losses[t]!],
        parameters: parametersOf(spec, state, t),
      }));
    } finally {
      await session.close();
    }
  });
}

/** The same of the reference itself, its matrix products rounded: what a precision costs on an ideal engine. */
export async function measureRounding(rounding: Rounding): Promise<ParityMeasurement> {
  return compared(PARITY_STACKS, async (stack) =>
    stack.trials.map((trial, t) => referenceOutcome(stack, trial, t, rounding)),
  );
}

async function compared(
  stacks: readonly ParityStack[],
  train: (stack: ParityStack) => Promise<Outcome[]>,
): Promise<ParityMeasurement> {
  let worst = { loss: 0, parameters: 0, worstLoss: "", worstParameters: "" };
  for (const stack of stacks) {
    const outcomes = await train(stack);
    stack.trials.forEach((trial, t) => {
      const name = `${stack.name}, rate ${trial.learning_rate}`;
      const reference = referenceOutcome(stack, trial, t);
      const { losses, parameters } = outcomes[t]!;
      const loss = Math.max(...losses.map((value, i) => difference([value], [reference.losses[i]!])));
      const parameter = Math.max(
        ...Object.entries(reference.parameters).map(([key, values]) => difference(parameters[key], values)),
      );
      if (loss >= worst.loss) worst = { ...worst, loss, worstLoss: name };
      if (parameter >= worst.parameters) worst = { ...worst, parameters: parameter, worstParameters: name };
    });
  }
  const trials = stacks.reduce((total, stack) => total + stack.trials.length, 0);
  return { trials, updates: PARITY_UPDATES, ...worst };
}

function referenceOutcome(
  { spec, trials }: ParityStack,
  trial: TrialConfig,
  t: number,
  rounding?: Rounding,
): Outcome {
  const { training, heldOut } = parityExamples(spec);
  const parameters = matricesOf(spec, initialState(spec, trials), t);
  const columns = spec.architecture.inputs;
  const batches = Array.from({ length: PARITY_UPDATES }, (_, k): Batch => {
    const [from, to] = [k * spec.batchSize, (k + 1) * spec.batchSize];
    const values = decoded(training.images.subarray(from * columns, to * columns), columns, spec.encoding);
    return { images: { values, columns }, labels: training.labels.subarray(from, to) };
  });
  const losses = trainReference(spec.architecture, trial, parameters, batches, rounding);
  const last = {
    images: { values: decoded(heldOut.images, columns, spec.encoding), columns },
    labels: heldOut.labels,
  };
  return {
    losses: [losses.at(-1)!, referenceLoss(spec.architecture, parameters, last, rounding)],
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, { values }]) => [name, values])),
  };
}

/** The parameters of one trial of a stack, as its state holds them. */
function parametersOf(spec: ProgramSpec, state: State, trial: number): Record<string, Float32Array> {
  const parameters = stateSpecs(spec).filter(({ parameter }) => parameter);
  return Object.fromEntries(
    parameters.map(({ name, shape: [, rows, columns] }) => {
      const size = rows * columns;
      return [name, state[name]!.subarray(trial * size, (trial + 1) * size)];
    }),
  );
}

function matricesOf(spec: ProgramSpec, state: State, trial: number): Matrices {
  const columns = new Map(stateSpecs(spec).map(({ name, shape }) => [name, shape[2]]));
  return Object.fromEntries(
    Object.entries(parametersOf(spec, state, trial)).map(([name, values]) => [
      name,
      { values: Float64Array.from(values), columns: columns.get(name)! },
    ]),
  );
}

/** The largest difference, relative to the largest magnitude expected; infinite where a number is missing or NaN. */
function difference(actual: ArrayLike<number> | undefined, expected: ArrayLike<number>): number {
  let [scale, largest] = [Number.MIN_VALUE, 0];
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]!));
    const own = Math.abs((actual?.[i] ?? Number.NaN) - expected[i]!);
    largest = Number.isNaN(own) ? Number.POSITIVE_INFINITY : Math.max(largest, own);
  }
  return largest / scale;
}
