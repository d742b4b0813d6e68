/** A plan in words: the table of shapes, the sums, and what does not fit. */

import type { DatasetShape } from "../../datasets/shape";
import type { DeviceKind } from "../../engines/engine";
import type { Study } from "../../studies/study";
import { type Memory, sizesText } from "../../sweep/estimate-memory";
import type { ShapeEstimate, Speed, StudyEstimate } from "../../sweep/estimate-shapes";
import { quantity } from "../../sweep/words";
import { costSentence, roughDuration } from "./cost";
import { textTable } from "./text-table";

export type EnginePlan =
  | { readonly name: string; readonly unavailable: string }
  | {
      readonly name: string;
      readonly description: string;
      readonly device: DeviceKind;
      readonly threads: number;
      readonly estimate: StudyEstimate;
    };

type ReadyPlan = Extract<EnginePlan, { estimate: unknown }>;

/** What there is to fit into, in bytes. */
export interface Room {
  readonly freeMemoryBytes: number;
  /** All that the machine or its container has. */
  readonly machineMemoryBytes: number;
  /** Of the GPU that has most; null where there is none or it is not known. */
  readonly gpuMemoryBytes: number | null;
  /** Where the results would be written. */
  readonly freeDiskBytes: number;
}

export interface Plan {
  readonly study: Study;
  readonly dataset: DatasetShape;
  readonly room: Room;
  readonly engines: readonly EnginePlan[];
}

/** Everything that the command prints without `--json`. */
export function planText({ study, dataset, room, engines }: Plan): string {
  const ready = engines.filter((engine): engine is ReadyPlan => "estimate" in engine);
  const missing = engines.flatMap((engine) =>
    "unavailable" in engine ? [`${engine.name} is not ready: ${engine.unavailable}`] : [],
  );
  const { features, classes } = dataset;
  const data = `Data: ${study.dataset.name}, ${features} features, ${classes} classes; its files were not read.`;
  const table = ready.length === 1 ? detailed(ready[0]!) : compared(ready);
  const lines = ready.flatMap((engine) => {
    const named = ready.length === 1 ? "" : `${engine.name}: `;
    const { estimate } = engine;
    return [costSentence(estimate), ...extrapolations(estimate.shapes), ...misfits(engine, room)].map(
      (line) => named + line,
    );
  });
  const heads = ready.map(({ name, description }) => `Engine: ${name} (${description}).`);
  return [study.title, data, ...heads, ...missing, "", table, "", ...lines].join("\n");
}

/** One engine: a row for each shape with all that is known. */
function detailed({ estimate: { shapes } }: ReadyPlan): string {
  const factors = varying(shapes);
  return textTable(
    [
      ...factors.map(({ heading }) => heading),
      "trials",
      "stack",
      "memory",
      "trial-step",
      "all trials",
      "rate",
    ],
    shapes.map((shape) => [
      ...factors.map(({ of }) => of(shape)),
      String(shape.trials),
      String(shape.spec.trials),
      quantity(shape.memory.total, "B"),
      stepTime(shape.speed),
      shape.seconds === undefined ? "" : roughDuration(shape.seconds),
      sourceOf(shape.speed),
    ]),
  );
}

/** Several engines: their times side by side, a star where they are extrapolated, and the largest memory of all. */
function compared(engines: readonly ReadyPlan[]): string {
  const shapes = engines[0]!.estimate.shapes;
  const factors = varying(shapes);
  const star = ({ source }: Speed) => (source === "extrapolated" ? " *" : "");
  const rows = shapes.map((shape, i) => {
    const own = engines.map(({ estimate }) => estimate.shapes[i]!);
    const memory = Math.max(...own.map(({ memory }) => memory.total));
    const times = own.flatMap(({ speed, seconds }) => [
      stepTime(speed),
      seconds === undefined ? "" : `${roughDuration(seconds)}${star(speed)}`,
    ]);
    return [...factors.map(({ of }) => of(shape)), String(shape.trials), quantity(memory, "B"), ...times];
  });
  const headings = engines.flatMap(({ name }) => [`${name}: trial-step`, "all trials"]);
  return textTable([...factors.map(({ heading }) => heading), "trials", "memory", ...headings], rows);
}

/** The hidden size, and what else the shapes differ in. */
function varying(shapes: readonly ShapeEstimate[]) {
  const columns: { heading: string; of: (shape: ShapeEstimate) => string }[] = [
    { heading: "hidden size", of: ({ spec }) => String(spec.architecture.hidden_size) },
    { heading: "depth", of: ({ spec }) => String(spec.architecture.depth) },
    { heading: "activation", of: ({ spec }) => spec.architecture.activation },
    { heading: "layer norm", of: ({ spec }) => String(spec.architecture.layer_norm) },
    { heading: "optimizer", of: ({ spec }) => spec.optimizer },
    { heading: "batch size", of: ({ spec }) => String(spec.batchSize) },
    { heading: "updates", of: ({ updates }) => String(updates) },
  ];
  return columns.filter(({ of }, i) => i === 0 || new Set(shapes.map(of)).size > 1);
}

function stepTime(speed: Speed): string {
  if (speed.source === "unknown") return "";
  const seconds = speed.secondsPerTrialStep;
  const [value, unit] =
    seconds < 1e-3 ? [seconds * 1e6, "µs"] : seconds < 1 ? [seconds * 1e3, "ms"] : [seconds, "s"];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

function sourceOf(speed: Speed): string {
  if (speed.source === "measured") return "measured";
  return speed.source === "unknown" ? "unknown" : `extrapolated from ${speed.fromHiddenSize}`;
}

/** One sentence for each reason why shapes were not measured. */
function extrapolations(shapes: readonly ShapeEstimate[]): string[] {
  const groups = new Map<string, number[]>();
  for (const { speed, spec } of shapes) {
    if (speed.source === "measured") continue;
    const basis =
      speed.source === "extrapolated"
        ? `extrapolated by FLOP from size ${speed.fromHiddenSize}, the largest measured`
        : "unknown";
    const reason = /^an update would take/.test(speed.reason)
      ? "an update takes too long to measure"
      : speed.reason;
    const key = `${basis}: ${reason}`;
    groups.set(key, [...(groups.get(key) ?? []), spec.architecture.hidden_size]);
  }
  return [...groups].map(([what, sizes]) => `Speed at ${sizesText(sizes)} is ${what}.`);
}

/** Whether there is memory for a stack of the shape. */
export function fitsMemory({ memory }: ShapeEstimate, device: DeviceKind, room: Room): boolean {
  if (memory.total > room.freeMemoryBytes) return false;
  return device !== "gpu" || gpuNeed(memory) <= (room.gpuMemoryBytes ?? Number.POSITIVE_INFINITY);
}

/** What a GPU has to hold of it. */
function gpuNeed({ state, activations }: Memory): number {
  return state + activations;
}

/** Where the study does not fit, or one sentence that it does. */
function misfits({ device, estimate }: ReadyPlan, room: Room): string[] {
  const { shapes, checkpointBytes } = estimate;
  const problems: string[] = [];
  const check = (free: number, whose: string, needOf: (shape: ShapeEstimate) => number) => {
    const large = shapes.filter((shape) => needOf(shape) > free);
    if (large.length === 0) return;
    const need = quantity(Math.max(...large.map(needOf)), "B");
    const sizes = sizesText(large.map(({ spec }) => spec.architecture.hidden_size));
    problems.push(`Does not fit: ${sizes} would take up to ${need} of ${whose}.`);
  };
  const { freeMemoryBytes, gpuMemoryBytes, freeDiskBytes } = room;
  check(
    freeMemoryBytes,
    `memory, and ${quantity(freeMemoryBytes, "B")} are free`,
    ({ memory }) => memory.total,
  );
  if (device === "gpu" && gpuMemoryBytes !== null) {
    const whose = `the GPU's memory, which is ${quantity(gpuMemoryBytes, "B")}`;
    check(gpuMemoryBytes, whose, ({ memory }) => gpuNeed(memory));
  }
  const disk = `${quantity(checkpointBytes, "B")} of disk at a time, and ${quantity(freeDiskBytes, "B")} are free`;
  if (checkpointBytes > freeDiskBytes) problems.push(`Does not fit: checkpoints would take up to ${disk}.`);
  if (problems.length > 0) return problems;
  return [`It fits: ${quantity(freeMemoryBytes, "B")} of memory are free; checkpoints take up to ${disk}.`];
}
