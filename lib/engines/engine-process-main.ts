/**
 * The process that `engine-process.ts` starts: it makes one engine, does one thing with it, and sends the answer. All
 * that an engine can break, it breaks here.
 */

import type { EngineAnswer, EngineMessage, EngineRequest } from "./engine-process";
import { createEngine } from "./engines";
import { EngineUnavailableError } from "./errors";
import { firstLine } from "./packages";
import { measureParity } from "./parity";
import { identityOf, tryEngine } from "./trial-run";

const send = (message: EngineMessage): Promise<void> =>
  new Promise((resolve) => process.send!(message, () => resolve()));

async function main(): Promise<void> {
  await send({ answer: await answerTo(JSON.parse(process.argv[2]!) as EngineRequest) });
  // Not left to end by itself: native libraries may keep a process alive, or break while they are taken down.
  process.exit(0);
}

async function answerTo({ engine: name, ...request }: EngineRequest): Promise<EngineAnswer<unknown>> {
  let started = false;
  try {
    const engine = await createEngine(name);
    started = true;
    await send({ started });
    const value =
      request.task === "probe"
        ? await tryEngine(engine, request.rateSeconds)
        : { ...identityOf(engine), measurement: await measureParity(engine) };
    return { answered: true, value };
  } catch (error) {
    const known = error instanceof EngineUnavailableError;
    const reason = known
      ? error.reason
      : `it ${started ? "starts, and fails" : "fails"}: ${firstLine(error)}`;
    return { answered: false, reason, command: known ? error.command : undefined, started };
  }
}

void main();
