/** The PyTorch loop that engines are compared with: `environment/measure/pytorch_baseline.py`, its run and its result. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { ask } from "../machine/ask";
import { type Problem, TRIALS_OF_A_SIZE } from "./problem";
import type { Spread } from "./speed";

/** The baseline cannot be run or read; the message is one sentence. */
export class BaselineError extends Error {
  override readonly name = "BaselineError";
}

/** What PyTorch measured in one run. */
export interface Baseline {
  readonly torch: string;
  /** Name of the GPU, or "processor". */
  readonly device: string;
  /** Whether the steps were compiled by torch.compile. */
  readonly compiled: boolean;
  /** Bytes read and written in a second by copying within the device's memory. */
  readonly copyBytesPerSecond: number;
  /** Operations in a second of a large matrix product, by precision. */
  readonly matrixFlopsPerSecond: Readonly<Record<string, number>>;
  readonly problem: Omit<Problem, "encoding">;
  readonly rows: readonly BaselineRow[];
}

export interface BaselineRow {
  /** One trial at a time, or many at once by torch.func. */
  readonly mode: "compiled" | "stacked";
  readonly hiddenSize: number;
  readonly stack: number;
  readonly trialStepsPerSecond: Spread | undefined;
  /** As of an engine, against float64 in PyTorch; undefined where it was not computed. */
  readonly largestError: number | undefined;
  readonly failure: string | undefined;
}

const rate = z.number().positive();

const rowSchema = z.object({
  mode: z.enum(["compiled", "stacked"]),
  hidden_size: z.int().positive(),
  stack: z.int().positive(),
  trial_steps_per_second: z.object({ median: rate, lowest: rate, highest: rate }).optional(),
  largest_error: z.number().nonnegative().nullish(),
  error: z.string().optional(),
});

const schema = z.object({
  format: z.literal(1),
  torch: z.string(),
  device: z.string(),
  compiled: z.boolean(),
  copy_bytes_per_second: rate,
  matrix_flops_per_second: z.record(z.string(), rate),
  problem: z.object({
    inputs: z.int().positive(),
    classes: z.int().positive(),
    batch: z.int().positive(),
    depth: z.int().positive(),
  }),
  rows: z.array(rowSchema),
});

export interface BaselineOptions {
  /** Command of a Python that has PyTorch. */
  readonly python: string;
  readonly problem: Problem;
  readonly sizes: readonly number[];
  readonly stack?: number | undefined;
  readonly seconds: number;
  /** Time for all rows together. */
  readonly limitSeconds: number;
}

/**
 * Runs the loop at all sizes.
 *
 * @throws BaselineError where there is no such Python, PyTorch or GPU
 */
export async function runBaseline(options: BaselineOptions): Promise<Baseline> {
  const { python, problem, sizes, stack = TRIALS_OF_A_SIZE, seconds, limitSeconds } = options;
  const script = join(
    dirname(require.resolve("offcurve/package.json")),
    "../environment/measure/pytorch_baseline.py",
  );
  if (!existsSync(script))
    throw new BaselineError(`${script} is missing, which measures PyTorch; get the project whole`);
  const parameters = Object.entries({
    sizes: sizes.join(","),
    inputs: problem.inputs,
    classes: problem.classes,
    batch: problem.batchSize,
    depth: problem.depth,
    stack,
    seconds,
  }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const answer = await ask(python, [script, ...parameters], { seconds: limitSeconds });
  const last = answer.complaint.trim().split("\n").at(-1)!.slice(0, 300);
  if (answer.outcome === "missing")
    throw new BaselineError(`there is no command ${python}; name a Python that has PyTorch with --python`);
  if (answer.outcome === "late")
    throw new BaselineError(`PyTorch was not done within ${limitSeconds} s; allow more with --limit`);
  if (answer.outcome === "failed") throw new BaselineError(last || `${python} failed without a word`);
  return parseBaseline(answer.text, `the answer of ${script}`);
}

/** A result that was written to a file. @throws BaselineError where it is none */
export function readBaseline(file: string): Baseline {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new BaselineError(`cannot read ${file}: ${(error as Error).message}`);
  }
  return parseBaseline(text, file);
}

/** @param source of the text, for messages */
export function parseBaseline(text: string, source: string): Baseline {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BaselineError(`${source} is not JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new BaselineError(`${source} is no result of pytorch_baseline.py: ${path.join(".")}: ${message}`);
  }
  const { problem, rows, ...rest } = parsed.data;
  return {
    torch: rest.torch,
    device: rest.device,
    compiled: rest.compiled,
    copyBytesPerSecond: rest.copy_bytes_per_second,
    matrixFlopsPerSecond: rest.matrix_flops_per_second,
    problem: {
      inputs: problem.inputs,
      classes: problem.classes,
      batchSize: problem.batch,
      depth: problem.depth,
    },
    rows: rows.map((row) => ({
      mode: row.mode,
      hiddenSize: row.hidden_size,
      stack: row.stack,
      trialStepsPerSecond: row.trial_steps_per_second,
      largestError: row.largest_error ?? undefined,
      failure: row.error,
    })),
  };
}
