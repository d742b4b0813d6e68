/** How long one update of a stack takes on an engine, measured. What follows from it is `estimate.ts` and `estimate-shapes.ts`. */

import type { Engine } from "../engines/engine";
import { coefficientTable, sampleBatches } from "../engines/session-data";
import { updateFlops } from "../model/mlp";
import type { ProgramSpec } from "../optimizers/program";
import { DEFAULT_CONFIG } from "../studies/config";

/** What the measurement of one program may take, in seconds of wall time and in calls. */
const MEASUREMENT_SECONDS = 0.7;
const MEASUREMENT_CALLS = 20;

/**
 * Measures as many calls as fit, after one to warm up; the fastest counts, since all else is noise.
 *
 * @returns seconds of one update of the whole stack
 */
export async function measureUpdate(engine: Engine, spec: ProgramSpec): Promise<number> {
  const session = await engine.open(spec);
  try {
    const count = engine.updatesPerCall(spec);
    const { images, labels } = sampleBatches(spec, count);
    const trial = { ...DEFAULT_CONFIG, batch_size: spec.batchSize, learning_rate: 1e-3 };
    const coefficients = coefficientTable(spec, new Array(spec.trials).fill(trial), count);
    await session.update(images, labels, coefficients);
    const end = performance.now() + MEASUREMENT_SECONDS * 1000;
    let fastest = Number.POSITIVE_INFINITY;
    for (let call = 0; call < MEASUREMENT_CALLS && (call === 0 || performance.now() < end); call++) {
      const started = performance.now();
      await session.update(images, labels, coefficients);
      fastest = Math.min(fastest, (performance.now() - started) / 1000 / count);
    }
    return fastest;
  } finally {
    await session.close();
  }
}

/** Floating-point operations of one update of the whole stack, copies included. */
export function stackUpdateFlops(spec: ProgramSpec): number {
  return updateFlops(spec.architecture, spec.batchSize) * spec.trials;
}
