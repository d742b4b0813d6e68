/** Whether an engine agrees with the float64 reference, found out in a process of its own. */

import { askEngineProcess } from "./engine-process";
import type { EngineName } from "./names";
import type { ParityMeasurement } from "./parity";
import { type Tolerance, toleranceOf } from "./parity-tolerances";
import type { EngineIdentity, EngineNotReady } from "./probe";

/** An engine that was measured. */
export interface ParityVerdict extends EngineIdentity {
  readonly name: EngineName;
  readonly verdict: "agrees" | "differs";
  readonly measurement: ParityMeasurement;
  readonly tolerance: Tolerance;
}

/** An engine that started, and did not come to the end of the trials. */
export interface ParityFailure {
  readonly name: EngineName;
  readonly verdict: "failed";
  readonly reason: string;
}

/** Whether an engine trains as the float64 reference does, or why that could not be tried. */
export type ParityCheck =
  | ParityVerdict
  | ParityFailure
  | (Omit<EngineNotReady, "ready"> & { readonly verdict: "not ready" });

/** Seconds for the trials of one engine; the slowest known, an emulated GPU on two slow cores, took 60. */
const TIMEOUT_SECONDS = 600;

/** Never throws, whatever is missing, half-installed or broken. */
export async function checkParity(name: EngineName): Promise<ParityCheck> {
  type Value = EngineIdentity & { readonly measurement: ParityMeasurement };
  const answer = await askEngineProcess<Value>({ task: "parity", engine: name }, TIMEOUT_SECONDS);
  if (answer.answered) return { name, ...judged(name, answer.value) };
  if (answer.started) return { name, verdict: "failed", reason: answer.reason };
  return { name, verdict: "not ready", reason: answer.reason, command: answer.command };
}

function judged(
  name: EngineName,
  value: EngineIdentity & { readonly measurement: ParityMeasurement },
): Omit<ParityVerdict, "name"> {
  const tolerance = toleranceOf(name, value);
  return { ...value, tolerance, verdict: within(value.measurement, tolerance) ? "agrees" : "differs" };
}

export function within(measurement: ParityMeasurement, tolerance: Tolerance): boolean {
  return measurement.loss <= tolerance.loss && measurement.parameters <= tolerance.parameters;
}
