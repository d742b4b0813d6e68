/**
 * Work with an engine in a process of its own, since a broken native library ends the process that loads it. The other
 * side is `engine-process-main.ts`; this one loads no engine.
 */

import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { EngineName } from "./names";
import { firstLine, REINSTALL } from "./packages";

/** What the process is asked, as JSON in the first argument of its command line. */
export type EngineRequest =
  | { readonly task: "probe"; readonly engine: EngineName; readonly rateSeconds: number | undefined }
  | { readonly task: "parity"; readonly engine: EngineName };

export type EngineAnswer<T> = { readonly answered: true; readonly value: T } | NoAnswer;

/** Why there is no answer: one sentence, and the command that mends it where one can. */
export interface NoAnswer {
  readonly answered: false;
  readonly reason: string;
  readonly command: string | undefined;
  /** Whether the engine started, and so failed at its work. */
  readonly started: boolean;
}

/** What the process sends: that the engine has started, and the answer. */
export type EngineMessage = { readonly started: true } | { readonly answer: EngineAnswer<unknown> };

/** How much of what the process writes to standard error is kept, in characters. */
const COMPLAINT_LENGTH = 4000;

/** Asks, and ends the process after `timeoutSeconds`. Never throws, whatever becomes of the process. */
export async function askEngineProcess<T>(
  request: EngineRequest,
  timeoutSeconds: number,
): Promise<EngineAnswer<T>> {
  const unanswered = { answered: false, command: REINSTALL, started: false } as const;
  try {
    const root = dirname(require.resolve("offcurve/package.json"));
    const program = join(root, "dist/engines/engine-process-main.js");
    if (existsSync(program)) return await exchange<T>(program, request, timeoutSeconds);
    return { ...unanswered, reason: "the library is not built", command: "npm run build" };
  } catch (error) {
    return { ...unanswered, reason: `it could not be tried: ${firstLine(error)}` };
  }
}

function exchange<T>(
  program: string,
  request: EngineRequest,
  timeoutSeconds: number,
): Promise<EngineAnswer<T>> {
  const child = fork(program, [JSON.stringify(request)], {
    execArgv: [],
    serialization: "advanced", // JSON has neither infinity nor NaN
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  return new Promise((resolve, reject) => {
    let answer: EngineAnswer<T> | undefined;
    let started = false;
    let complaint = "";
    const withoutAnswer = (reason: string) =>
      ({ answered: false, reason, command: started ? undefined : REINSTALL, started }) as const;
    // Not waited for once it is late: a process that hangs in a driver cannot even be killed.
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      child.stderr?.destroy();
      child.unref();
      resolve(withoutAnswer(`it did not answer within ${timeoutSeconds} seconds`));
    }, timeoutSeconds * 1000);
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-COMPLAINT_LENGTH);
    });
    child.on("message", (message: EngineMessage) => {
      if ("started" in message) started = true;
      else answer = message.answer as EngineAnswer<T>;
    });
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      resolve(answer ?? withoutAnswer(ending(status, signal, complaint)));
    });
  });
}

function ending(status: number | null, signal: NodeJS.Signals | null, complaint: string): string {
  const how = signal ? `ended by ${signal}` : `ended with status ${status}`;
  const lines = complaint
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("at "));
  // Where Node itself reports an error, its own version comes last.
  const said = lines.findLast((line) => /^\w*Error\b.*:/.test(line)) ?? lines.at(-1);
  return `its process ${how}${said ? ` (${said.slice(0, 300)})` : ""}`;
}
