/** The measurements of a table: every engine at every hidden size, each beside the same reference. How they are shown is `tables.ts`. */

import type { DeviceKind } from "../engines/engine";
import type { EngineName } from "../engines/names";
import { type Measured, measureInProcess } from "./measure-process";
import type { Problem } from "./problem";
import type { Speed } from "./speed";
import { hasReference, type LargestError, largestError, type TrainedValues } from "./values";

export interface MeasureOptions {
  readonly problem: Problem;
  readonly sizes: readonly number[];
  readonly engines: readonly EngineName[];
  /** Trials of each stack; the stack that a study would train unless given. */
  readonly stack?: number | undefined;
  /** Updates of a call; as many as an engine does best unless given. */
  readonly updates?: number | undefined;
  /** Measured time of each row. */
  readonly seconds: number;
  /** Time that a row may take in all, start and compilation included. */
  readonly limitSeconds: number;
  readonly threads?: number | undefined;
  /** Told what is measured next. */
  readonly onStep?: ((step: string) => void) | undefined;
  /** Given all rows so far once a hidden size is done, so that nothing is lost with the process. */
  readonly onRows?: ((rows: readonly EngineRow[]) => void) | undefined;
}

/** One engine at one hidden size. */
export interface EngineRow {
  readonly engine: EngineName;
  readonly hiddenSize: number;
  readonly description: string | undefined;
  readonly device: DeviceKind | undefined;
  /** Undefined where it could not be measured. */
  readonly speed: Speed | undefined;
  /** Undefined where it could not be measured, or nothing was there to compare with. */
  readonly error: (LargestError & { readonly against: Against }) | undefined;
  /** Why something is missing, in one sentence. */
  readonly failure: string | undefined;
}

/** Float64 where that takes seconds; at larger sizes the engine whose error at the smaller ones is known. */
export type Against = "float64" | "onnx-cpu";

export async function measureEngines(options: MeasureOptions): Promise<EngineRow[]> {
  const { problem, sizes, engines, limitSeconds, onStep = () => {} } = options;
  const rows: EngineRow[] = [];
  for (const hiddenSize of engines.length > 0 ? sizes : []) {
    const measured = new Map<EngineName, Measured>();
    const run = async (engine: EngineName) => {
      const { stack, updates, seconds, threads } = options;
      onStep(`measuring ${engine} at hidden size ${hiddenSize}`);
      return await measureInProcess(
        { task: "engine", engine, problem, hiddenSize, stack, updates, seconds, threads },
        limitSeconds,
      );
    };
    for (const engine of engines) measured.set(engine, await run(engine));

    const against: Against = hasReference(problem, hiddenSize) ? "float64" : "onnx-cpu";
    let expected: TrainedValues | undefined;
    if (against === "float64") {
      onStep(`computing hidden size ${hiddenSize} in float64`);
      expected = (await measureInProcess({ task: "reference", problem, hiddenSize }, limitSeconds)).values;
    } else if (engines.some((name) => name !== "onnx-cpu")) {
      expected = (measured.get("onnx-cpu") ?? (await run("onnx-cpu"))).values;
    }
    for (const [engine, { values, ...measurement }] of measured) {
      const comparable = values && expected && against !== engine;
      const error = comparable ? { ...largestError(values, expected!), against } : undefined;
      rows.push({ engine, hiddenSize, ...measurement, error });
    }
    options.onRows?.(rows);
  }
  return rows;
}
