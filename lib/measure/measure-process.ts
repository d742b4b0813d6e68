/** One measurement in a process of its own, with a limit on its time: an engine that breaks, hangs or fills the memory costs its own row. */

import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DeviceKind } from "../engines/engine";
import type { EngineName } from "../engines/names";
import type { Problem } from "./problem";
import type { Speed } from "./speed";
import type { TrainedValues } from "./values";

/** What the process is asked, as JSON in the first argument of its command line. */
export type MeasureRequest =
  | {
      readonly task: "engine";
      readonly engine: EngineName;
      readonly problem: Problem;
      readonly hiddenSize: number;
      /** Trials of the stack; undefined for the stack that a study would train. */
      readonly stack: number | undefined;
      /** Updates of a call; undefined for as many as the engine does best. */
      readonly updates: number | undefined;
      readonly seconds: number;
      readonly threads: number | undefined;
    }
  | { readonly task: "reference"; readonly problem: Problem; readonly hiddenSize: number };

/** What it sends, as soon as it has it: speed and values come one after the other. */
export type MeasureMessage =
  | { readonly values: TrainedValues }
  | { readonly speed: Speed; readonly description: string; readonly device: DeviceKind }
  | { readonly failure: string };

export interface Measured {
  readonly values: TrainedValues | undefined;
  readonly speed: Speed | undefined;
  /** What the engine says of itself. */
  readonly description: string | undefined;
  readonly device: DeviceKind | undefined;
  /** Why something of it is missing, in one sentence; undefined where all is there. */
  readonly failure: string | undefined;
}

/** Never throws, whatever becomes of the process. */
export function measureInProcess(request: MeasureRequest, limitSeconds: number): Promise<Measured> {
  const program = join(
    dirname(require.resolve("offcurve/package.json")),
    "dist/measure/measure-process-main.js",
  );
  const result: { -readonly [key in keyof Measured]: Measured[key] } = {
    values: undefined,
    speed: undefined,
    description: undefined,
    device: undefined,
    failure: undefined,
  };
  if (!existsSync(program))
    return Promise.resolve({ ...result, failure: "the library is not built: npm run build" });
  const child = fork(program, [JSON.stringify(request)], {
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  return new Promise((resolve) => {
    let complaint = "";
    const end = (failure: string | undefined) => {
      clearTimeout(timer);
      resolve({ ...result, failure: result.failure ?? failure });
    };
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      child.stderr?.destroy();
      child.unref();
      end(`not done within ${limitSeconds} s`);
    }, limitSeconds * 1000);
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-4000);
    });
    child.on("message", (message: MeasureMessage) => {
      Object.assign(result, message);
    });
    child.on("error", (error) => end(`its process cannot be started: ${error.message}`));
    child.on("close", (status, signal) => {
      const last = complaint.trim().split("\n").at(-1)!;
      const how = signal ? `ended by ${signal}` : `ended with status ${status}`;
      end(status === 0 ? undefined : `its process ${how}${last ? ` (${last.slice(0, 200)})` : ""}`);
    });
  });
}
