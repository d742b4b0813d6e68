/** The process that `measure-process.ts` starts: one engine at one hidden size, or the reference. */

import { createEngine } from "../engines/engines";
import { firstLine } from "../engines/packages";
import { freeMemory, memoryOf } from "../sweep/estimate-memory";
import type { MeasureMessage, MeasureRequest } from "./measure-process";
import { specOf, usualStack } from "./problem";
import { measureSpeed } from "./speed";
import { engineValues, referenceValues } from "./values";

const send = (message: MeasureMessage): Promise<void> =>
  new Promise((resolve) => process.send!(message, () => resolve()));

async function main(): Promise<void> {
  try {
    await answer(JSON.parse(process.argv[2]!) as MeasureRequest);
  } catch (error) {
    await send({ failure: firstLine(error) });
  }
  // Not left to end by itself: native libraries may keep a process alive, or break while they are taken down.
  process.exit(0);
}

async function answer(request: MeasureRequest): Promise<void> {
  const { problem, hiddenSize } = request;
  if (request.task === "reference") return await send({ values: referenceValues(problem, hiddenSize) });
  const { threads, seconds, updates } = request;
  const engine = await createEngine(request.engine, threads === undefined ? {} : { threads });
  const stack = request.stack ?? usualStack(problem, hiddenSize, engine);
  const spec = specOf(problem, hiddenSize, stack);
  const ofCall = updates ?? engine.updatesPerCall(spec);
  const memory = memoryOf(
    { spec, updates: ofCall },
    { updatesPerCall: () => ofCall },
    { training: 0, heldOut: 0 },
  );
  const free = freeMemory();
  if (memory.total > free) {
    const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
    throw new Error(
      `it would take ${gigabytes(memory.total)} GB of memory, and ${gigabytes(free)} GB are free`,
    );
  }
  const speed = await measureSpeed(engine, problem, hiddenSize, { stack, seconds, updates });
  await send({ speed, description: engine.description, device: engine.device ?? "processor" });
  await send({ values: await engineValues(engine, problem, hiddenSize) });
}

void main();
