/**
 * What a study will cost shape by shape, before anything is loaded or trained: time from measured rates, memory and
 * disk from sizes. A shape that is too large to be measured here and now has its time from the largest that was.
 */

import type { DatasetShape } from "../datasets/shape";
import type { Engine } from "../engines/engine";
import { updateFlops } from "../model/mlp";
import type { ProgramSpec } from "../optimizers/program";
import type { Study } from "../studies/study";
import { trialsOf } from "../studies/trials";
import { measureUpdate, stackUpdateFlops } from "./estimate-measure";
import { checkpointBytes, freeMemory, type Memory, memoryOf } from "./estimate-memory";
import { trainingExamples } from "./examples";
import { type Stack, stacksOf } from "./stacks";

/** Where the time of a trial-step comes from. */
export type Speed =
  | { readonly source: "measured"; readonly secondsPerTrialStep: number }
  | {
      /** By floating-point operations from a shape of this hidden size, the largest measured. */
      readonly source: "extrapolated";
      readonly fromHiddenSize: number;
      readonly secondsPerTrialStep: number;
      /** Why it was not measured. */
      readonly reason: string;
    }
  | { readonly source: "unknown"; readonly reason: string };

/** The trials of one shape. */
export interface ShapeEstimate {
  /** The program of its largest stack. */
  readonly spec: ProgramSpec;
  readonly updates: number;
  readonly trials: number;
  /** Floating-point operations of all its trials. */
  readonly flops: number;
  /** Memory while a stack of it trains; what the data set holds of its files is in `examples`. */
  readonly memory: Memory;
  /** Bytes of the disk that the checkpoints of a stack take. */
  readonly checkpointBytes: number;
  readonly speed: Speed;
  /** Time of all its trials; undefined where the speed is unknown. */
  readonly seconds: number | undefined;
}

/** What a study will cost, by shape of its stacks. */
export interface StudyEstimate {
  /** Cheapest first. */
  readonly shapes: readonly ShapeEstimate[];
  readonly trials: number;
  readonly trialSteps: number;
  readonly flops: number;
  /** The largest of all shapes. */
  readonly memoryBytes: number;
  readonly checkpointBytes: number;
  /** Undefined where the speed of a shape is unknown. */
  readonly seconds: number | undefined;
}

/** What an estimate may take, and whom it tells. */
export interface ShapesOptions {
  /** Memory that may be taken for a measurement, in bytes; by default what the system says is free. */
  readonly freeBytes?: number | undefined;
  /** Told of each shape before it is measured. */
  readonly onShape?: ((spec: ProgramSpec) => void) | undefined;
}

/** A shape whose update of a whole stack is expected to take longer than this, in seconds, is not measured. */
const LONGEST_UPDATE = 1;

/** A first shape of more work than this is not measured before a narrower one has told how fast the engine is. */
const PROBE_FLOPS = 2e8;

/** The part of the free memory that a measurement may take. */
const SHARE_OF_MEMORY = 0.8;

/**
 * Estimates a whole study on one engine, in about a second for each shape.
 *
 * @param dataset of the study
 */
export async function estimateShapes(
  study: Study,
  dataset: DatasetShape,
  engine: Engine,
  { freeBytes = freeMemory(), onShape }: ShapesOptions = {},
): Promise<StudyEstimate> {
  const trials = trialsOf(study);
  const examples = { training: trainingExamples(trials), heldOut: study.evaluation.examples };
  const groups = shapesOf(stacksOf(trials, dataset, engine));
  const meter = new Meter(engine, freeBytes * SHARE_OF_MEMORY, onShape);
  const shapes: ShapeEstimate[] = [];
  for (const stacks of groups) {
    const { spec, updates } = stacks[0]!;
    const bare = memoryOf(stacks[0]!, engine, examples);
    const memory = {
      ...bare,
      examples: bare.examples + dataset.memoryBytes,
      total: bare.total + dataset.memoryBytes,
    };
    const speed = await meter.speedOf(spec, memoryOf(stacks[0]!, engine, { training: 0, heldOut: 0 }).total);
    const sum = (part: (stack: Stack) => number) => stacks.reduce((total, stack) => total + part(stack), 0);
    const count = sum((stack) => stack.trials.length);
    shapes.push({
      spec,
      updates,
      trials: count,
      flops: count * updates * updateFlops(spec.architecture, spec.batchSize),
      memory,
      checkpointBytes: checkpointBytes(stacks[0]!),
      speed,
      seconds:
        speed.source === "unknown"
          ? undefined
          : sum((stack) => stack.spec.trials) * updates * speed.secondsPerTrialStep,
    });
  }
  const sum = (part: (shape: ShapeEstimate) => number) =>
    shapes.reduce((total, shape) => total + part(shape), 0);
  return {
    shapes,
    trials: trials.length,
    trialSteps: sum(({ trials, updates }) => trials * updates),
    flops: sum(({ flops }) => flops),
    memoryBytes: Math.max(...shapes.map(({ memory }) => memory.total)),
    checkpointBytes: Math.max(...shapes.map(({ checkpointBytes }) => checkpointBytes)),
    seconds: shapes.some(({ seconds }) => seconds === undefined) ? undefined : sum(({ seconds }) => seconds!),
  };
}

/** The stacks of each shape, shapes by the work of an update, the largest stack of each first. */
function shapesOf(stacks: readonly Stack[]): Stack[][] {
  const shapes = new Map<string, Stack[]>();
  for (const stack of stacks) {
    const key = JSON.stringify([{ ...stack.spec, trials: 0 }, stack.updates]);
    shapes.set(key, [...(shapes.get(key) ?? []), stack]);
  }
  const flops = ({ spec }: Stack) => updateFlops(spec.architecture, spec.batchSize);
  return [...shapes.values()]
    .map((group) => group.toSorted((a, b) => b.spec.trials - a.spec.trials))
    .sort(([a], [b]) => flops(a!) - flops(b!));
}

/** Measures what it can of shapes that come in order of their work, and remembers the largest that it could. */
class Meter {
  private largest: { spec: ProgramSpec; secondsPerFlop: number } | undefined;
  private readonly known = new Map<string, Speed>();

  constructor(
    private readonly engine: Engine,
    private readonly mayTake: number,
    private readonly onShape: ((spec: ProgramSpec) => void) | undefined,
  ) {}

  /** @param need memory that a measurement takes, in bytes */
  async speedOf(spec: ProgramSpec, need: number): Promise<Speed> {
    // Shapes that differ only in their number of updates have one speed.
    const key = JSON.stringify(spec);
    const speed = this.known.get(key) ?? (await this.newSpeedOf(spec, need));
    this.known.set(key, speed);
    return speed;
  }

  private async newSpeedOf(spec: ProgramSpec, need: number): Promise<Speed> {
    if (!this.largest && stackUpdateFlops(spec) > PROBE_FLOPS) {
      const probe = narrowed(spec);
      const stack = { spec: probe, updates: this.engine.updatesPerCall(probe) };
      await this.measure(probe, memoryOf(stack, this.engine, { training: 0, heldOut: 0 }).total);
    }
    const reason = await this.measure(spec, need);
    const { largest } = this;
    const flops = updateFlops(spec.architecture, spec.batchSize);
    if (reason === undefined) {
      return { source: "measured", secondsPerTrialStep: largest!.secondsPerFlop * flops };
    }
    if (!largest) return { source: "unknown", reason };
    return {
      source: "extrapolated",
      fromHiddenSize: largest.spec.architecture.hidden_size,
      secondsPerTrialStep: largest.secondsPerFlop * flops,
      reason,
    };
  }

  /** @returns why the program was not measured, or undefined where it was */
  private async measure(spec: ProgramSpec, need: number): Promise<string | undefined> {
    if (need > this.mayTake) return "too little memory is free to measure it";
    const flops = stackUpdateFlops(spec);
    const expected = (this.largest?.secondsPerFlop ?? 0) * flops;
    if (expected > LONGEST_UPDATE) return `an update would take about ${Number(expected.toPrecision(2))} s`;
    this.onShape?.(spec);
    try {
      this.largest = { spec, secondsPerFlop: (await measureUpdate(this.engine, spec)) / flops };
      return undefined;
    } catch (error) {
      return `the engine failed: ${(error as Error).message.split("\n")[0]}`;
    }
  }
}

/** The program with fewer units and at most two trials: little enough work for the slowest engine. */
function narrowed(spec: ProgramSpec): ProgramSpec {
  let narrow: ProgramSpec = { ...spec, trials: Math.min(2, spec.trials) };
  while (stackUpdateFlops(narrow) > PROBE_FLOPS && narrow.architecture.hidden_size > 1) {
    const hidden_size = Math.ceil(narrow.architecture.hidden_size / 2);
    narrow = { ...narrow, architecture: { ...narrow.architecture, hidden_size } };
  }
  return narrow;
}
