/** The command `measure`: every ready engine at several hidden sizes, on a GPU beside PyTorch, as a table to publish. */

import { type Command, InvalidArgumentError } from "commander";
import { datasetShape } from "../../datasets/shape";
import { ENGINE_NAMES, type EngineName } from "../../engines/names";
import { type EngineProbe, probeEngines } from "../../engines/probe";
import { describeMachine, type MachineDescription } from "../../machine/machine";
import { type Baseline, readBaseline, runBaseline } from "../../measure/baseline";
import { type EngineRow, measureEngines } from "../../measure/measure";
import { GPU_PROBLEM, GPU_SIZES, KANJI_PROBLEM, KANJI_SIZES, type Problem } from "../../measure/problem";
import { studySizes } from "../../measure/rates";
import { hoursOf, hoursTable, ratesTable } from "../../measure/tables";
import { findStudy } from "../../studies/presets";
import type { Study } from "../../studies/study";
import { trialsOf } from "../../studies/trials";
import { writeWhole } from "../../sweep/folder";
import { UsageError } from "../errors";
import { printJson, snakeCased } from "../json";
import { wholeNumber } from "../options";

interface MeasureArguments {
  readonly engines?: readonly EngineName[] | "none";
  readonly sizes?: readonly number[];
  readonly study?: string;
  readonly gpu?: boolean;
  readonly stack?: number;
  readonly updates?: number;
  readonly seconds: number;
  readonly limit: number;
  readonly threads?: number;
  readonly python?: string;
  readonly baseline?: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
}

/** All that is known so far. */
interface Result {
  readonly machine: MachineDescription;
  readonly problem: Problem;
  readonly probes: readonly EngineProbe[];
  readonly rows: readonly EngineRow[];
  readonly baselines: readonly Baseline[];
  readonly study: Study | undefined;
}

/**
 * Registers `offcurve measure [--engines NAMES] [--sizes NUMBERS] [--study NAME|FILE] [--gpu] [--stack N] [--updates N] [--seconds S] [--limit S]
 * [--threads N] [--python COMMAND] [--baseline FILE…] [--out FILE] [--json]`.
 */
export function measureCommand(program: Command): void {
  program
    .command("measure")
    .description(
      "measure every engine that is ready at several model sizes: its speed, and its error against a float64 reference",
    )
    .option(
      "--engines <names>",
      "engines, separated by commas, or none (default: all that are ready)",
      engineNames,
    )
    .option("--sizes <numbers>", "hidden sizes, separated by commas (default: 8,64,512,2048)", sizeList)
    .option("--study <name>", "measure the sizes of a study, and say what all of it would take")
    .option("--gpu", "3072 inputs, 1000 classes, and sizes to 8192, unless --sizes or --study say otherwise")
    .option("--stack <n>", "trials trained together (default: as many as a study would)", wholeNumber)
    .option("--updates <n>", "updates of one call (default: as many as the engine does best)", wholeNumber)
    .option("--seconds <s>", "measured time of each row", positiveNumber, 3)
    .option(
      "--limit <s>",
      "time that a row may take in all; PyTorch's rows together ten times as much",
      positiveNumber,
      300,
    )
    .option("--threads <n>", "threads of engines on the processor (default: one for each core)", wholeNumber)
    .option("--python <command>", "a Python that has PyTorch, to measure PyTorch and the GPU in the same run")
    .option("--baseline <file...>", "results of environment/measure/pytorch_baseline.py to compare with")
    .option("--out <file>", "write FILE.md and FILE.json too, after each hidden size")
    .option("--json", "print one JSON document")
    .action(measure);
}

async function measure(options: MeasureArguments): Promise<void> {
  const { seconds, limit, stack, updates, threads, python, out } = options;
  const study = options.study === undefined ? undefined : findStudy(options.study);
  const problem = study ? problemOf(study) : options.gpu ? GPU_PROBLEM : KANJI_PROBLEM;
  const sizes = options.sizes ?? (study ? studySizes(study) : options.gpu ? GPU_SIZES : KANJI_SIZES);
  const given = (options.baseline ?? []).map((file) => checkedBaseline(file, problem));
  if (options.engines === "none" && !python && given.length === 0)
    throw new UsageError("--engines none leaves nothing to measure; name engines, or PyTorch with --python");

  const say = (text: string) => process.stderr.write(`${text}\n`);
  const asked = options.engines === "none" ? [] : (options.engines ?? ENGINE_NAMES);
  if (asked.length > 0) say(`trying ${asked.join(", ")}`);
  const machine = await describeMachine();
  const probes = await probeEngines(asked);
  const engines = probes.filter(({ ready }) => ready).map(({ name }) => name);
  let result: Result = { machine, problem, probes, rows: [], baselines: given, study };
  const keep = () => {
    if (out === undefined) return;
    writeWhole(`${out}.md`, `${markdown(result)}\n`);
    writeWhole(`${out}.json`, `${JSON.stringify(snakeCased(document(result)), null, 2)}\n`);
  };
  const rows = await measureEngines({
    ...{ problem, sizes, engines, stack, updates, seconds, threads },
    limitSeconds: limit,
    onStep: say,
    onRows: (rows) => {
      result = { ...result, rows: [...rows] };
      keep();
    },
  });
  result = { ...result, rows };
  const failure = python
    ? await runBaseline({ python, problem, sizes, stack, seconds, limitSeconds: 10 * limit }).then(
        (baseline) => {
          result = { ...result, baselines: [...given, baseline] };
        },
        (error: Error) => error,
      )
    : undefined;
  keep();
  if (options.json) printJson(document(result));
  else process.stdout.write(`${markdown(result)}\n`);
  if (failure) throw failure;
  if (engines.length < asked.length && options.engines !== undefined) process.exitCode = 1;
}

function markdown(result: Result): string {
  const { machine, problem, probes, study } = result;
  const { processor, availableCores, memoryBytes, gpus, node, operatingSystem } = machine;
  const missing = probes.flatMap((probe) => (probe.ready ? [] : [`- ${probe.name}: ${probe.reason}.`]));
  const hours = study ? hoursTable(result, study) : "";
  const device = result.baselines[0];
  return [
    `${processor}, ${availableCores} cores, ${Math.round(memoryBytes / 2 ** 30)} GiB, ${operatingSystem}, Node ${node}${gpus.map(({ model }) => `, ${model}`).join("")}.`,
    `${problem.inputs} inputs, ${problem.depth} hidden layers, ${problem.classes} classes, batch ${problem.batchSize}, Adam; medians of three rounds and their extremes.`,
    ...(device ? [deviceRates(device)] : []),
    "",
    ratesTable(result),
    ...(missing.length > 0 ? ["", "Not ready here:", "", ...missing] : []),
    ...(hours ? ["", hours] : []),
  ].join("\n");
}

function deviceRates({ device, torch, copyBytesPerSecond, matrixFlopsPerSecond }: Baseline): string {
  const rates = Object.entries(matrixFlopsPerSecond).map(
    ([precision, flops]) => `${Number((flops / 1e12).toPrecision(3))} TFLOP/s in ${precision}`,
  );
  return `${device === "processor" ? "The processor" : device}, measured with PyTorch ${torch}: copies ${Number((copyBytesPerSecond / 1e9).toPrecision(3))} GB/s (bytes read and written), multiplies large matrices at ${rates.join(", ")}.`;
}

function document(result: Result): object {
  const { study, ...rest } = result;
  return {
    format: 1,
    ...rest,
    ...(study ? { study: study.name, hours: hoursOf(result, study) } : {}),
  };
}

/** The one problem of a study that sweeps hidden sizes. */
function problemOf(study: Study): Problem {
  const { features, classes, encoding } = datasetShape(study.dataset);
  const problems = new Map(
    trialsOf(study).map(({ config }) => {
      const problem = {
        inputs: features,
        classes,
        batchSize: config.batch_size,
        depth: config.depth,
        encoding,
      };
      const rest = [config.optimizer, config.activation, config.layer_norm];
      return [JSON.stringify([problem, rest]), { problem, plain: String(rest) === "adam,relu,false" }];
    }),
  );
  const [only, ...others] = problems.values();
  if (others.length > 0 || !only!.plain) {
    throw new UsageError(
      `${study.name} cannot be measured: its trials must share depth and batch size, and train with Adam and ReLU without layer norm; see: npx offcurve plan --study ${study.name}`,
    );
  }
  return only!.problem;
}

function checkedBaseline(file: string, problem: Problem): Baseline {
  const baseline = readBaseline(file);
  const differs = (Object.keys(baseline.problem) as (keyof Baseline["problem"])[]).find(
    (key) => baseline.problem[key] !== problem[key],
  );
  if (differs) {
    throw new UsageError(
      `${file} is of another problem: ${differs} is ${baseline.problem[differs]}, measured is ${problem[differs]}`,
    );
  }
  return baseline;
}

function engineNames(text: string): EngineName[] | "none" {
  if (text === "none") return "none";
  return text.split(",").map((name) => {
    const known = ENGINE_NAMES.find((candidate) => candidate === name.trim());
    if (!known) throw new InvalidArgumentError(`Expected names of engines: ${ENGINE_NAMES.join(", ")}.`);
    return known;
  });
}

function sizeList(text: string): number[] {
  const sizes = text.split(",").map(wholeNumber);
  return [...new Set(sizes)].sort((a, b) => a - b);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1e5)) throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}
