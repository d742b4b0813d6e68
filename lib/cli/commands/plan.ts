/** The command `plan`: what a study will cost here, shape by shape, and where it does not fit. Its words are `plan-text.ts`. */

import { existsSync, statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { datasetShape } from "../../datasets/shape";
import { createEngine, DEFAULT_ENGINE, ENGINE_NAMES, type EngineName } from "../../engines/engines";
import { describeMachine } from "../../machine/machine";
import { DEFAULT_STUDY, findStudy } from "../../studies/presets";
import type { Study } from "../../studies/study";
import { freeMemory } from "../../sweep/estimate-memory";
import { estimateShapes } from "../../sweep/estimate-shapes";
import { printJson } from "../json";
import { wholeNumber } from "../options";
import { type EnginePlan, fitsMemory, type Plan, planText, type Room } from "../text/plan";

const DEFAULT_ENGINES: readonly EngineName[] = [DEFAULT_ENGINE];

interface PlanArguments {
  readonly study: string;
  readonly engine: readonly EngineName[];
  readonly threads?: number;
  readonly json?: boolean;
}

/** Registers `offcurve plan [--study NAME|FILE] [--engine NAMES]... [--threads N] [--json]`. */
export function planCommand(program: Command): void {
  program
    .command("plan")
    .description("say what a study will cost here, by model size, and whether it fits; trains nothing")
    .option(
      "--study <name>",
      "a study of the kit or a JSON file that declares one; its data need not be there",
      DEFAULT_STUDY.name,
    )
    .addOption(
      new Option("--engine <names>", `an engine, or several with commas: ${ENGINE_NAMES.join(", ")}`)
        .argParser(engineNames)
        .default(DEFAULT_ENGINES, DEFAULT_ENGINE),
    )
    .option("--threads <n>", "threads of the engines (default: one for each core)", wholeNumber)
    .option("--json", "print one JSON document")
    .action(plan);
}

async function plan({ study: nameOrFile, engine, threads, json }: PlanArguments): Promise<void> {
  const study = findStudy(nameOrFile);
  const dataset = datasetShape(study.dataset);
  const room = await roomFor(study);
  const engines: EnginePlan[] = [];
  const failures: unknown[] = [];
  for (const name of engine) {
    try {
      engines.push(await planOn(name, study, dataset, threads));
    } catch (error) {
      failures.push(error);
      engines.push({ name, unavailable: (error as Error).message });
    }
  }
  if (failures.length === engine.length) throw failures[0];
  const result: Plan = { study, dataset, room, engines };
  if (json) printJson(asDocument(result));
  else process.stdout.write(`${planText(result)}\n`);
}

async function planOn(
  name: EngineName,
  study: Study,
  dataset: ReturnType<typeof datasetShape>,
  threads: number | undefined,
): Promise<EnginePlan> {
  const engine = await createEngine(name, threads === undefined ? {} : { threads });
  const estimate = await estimateShapes(study, dataset, engine, {
    onShape: ({ architecture }) =>
      process.stderr.write(`measuring ${name}, hidden size ${architecture.hidden_size}\n`),
  });
  const { description, device = "processor" } = engine;
  return { name, description, device, threads: engine.threads, estimate };
}

/** The memory that is free here, and the disk that the results would go to. */
async function roomFor({ name }: Study): Promise<Room> {
  let folder = resolve("results", name);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const { gpus, memoryBytes } = await describeMachine();
  return {
    freeMemoryBytes: freeMemory(),
    machineMemoryBytes: memoryBytes,
    gpuMemoryBytes: gpus.reduce<number | null>(
      (most, gpu) => (gpu.memoryBytes === null ? most : Math.max(most ?? 0, gpu.memoryBytes)),
      null,
    ),
    freeDiskBytes: bavail * bsize,
  };
}

function asDocument({ study, dataset, room, engines }: Plan) {
  return {
    study: study.name,
    dataset: { name: study.dataset.name, ...dataset },
    ...room,
    engines: engines.map((engine) => {
      if ("unavailable" in engine) return { engine: engine.name, ready: false, reason: engine.unavailable };
      const { name, description, device, threads, estimate } = engine;
      const { shapes, ...total } = estimate;
      return {
        engine: name,
        ready: true,
        description,
        device,
        threads,
        ...total,
        seconds: total.seconds ?? null,
        fitsDisk: total.checkpointBytes <= room.freeDiskBytes,
        shapes: shapes.map((shape) => {
          const { spec, speed, seconds, ...rest } = shape;
          return {
            ...spec.architecture,
            optimizer: spec.optimizer,
            batchSize: spec.batchSize,
            stack: spec.trials,
            ...rest,
            ...speed,
            seconds: seconds ?? null,
            fitsMemory: fitsMemory(shape, device, room),
          };
        }),
      };
    }),
  };
}

/** Collects names given at once, with commas, or again and again. */
function engineNames(text: string, before: readonly EngineName[]): EngineName[] {
  const names = text.split(",").map((name) => {
    const found = ENGINE_NAMES.find((known) => known === name.trim());
    if (!found) throw new InvalidArgumentError(`${name} is none of ${ENGINE_NAMES.join(", ")}.`);
    return found;
  });
  return [...new Set([...(before === DEFAULT_ENGINES ? [] : before), ...names])];
}
