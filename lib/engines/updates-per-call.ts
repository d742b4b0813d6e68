/** How many updates an engine makes in one call: the more, the less the call itself costs, and the later an interrupt is seen. */

import { updateFlops } from "../model/mlp";
import type { ProgramSpec } from "../optimizers/program";
import type { DeviceKind } from "./engine";

/** As many updates as are within so many floating-point operations, but no fewer and no more than given. */
export function updatesWithin(
  { architecture, batchSize, trials }: ProgramSpec,
  { flops, fewest, most }: { readonly flops: number; readonly fewest: number; readonly most: number },
): number {
  const updates = Math.floor(flops / (updateFlops(architecture, batchSize) * trials));
  return Math.min(most, Math.max(fewest, updates));
}

/** Where the state stays on the device, and only waiting for it is to be shared: on an H100 more were hardly faster. */
const MOST_ON_DEVICE = 8;

/** Work in one call: a second of a GPU of one teraflop per second, and some of one that the processor emulates. */
const CALL_FLOPS: Record<DeviceKind, number> = { gpu: 1e12, "software-gpu": 1e10, processor: 1e10 };

/** Updates in one call of an engine whose state stays on the device. */
export function updatesOnDevice(device: DeviceKind): (spec: ProgramSpec) => number {
  return (spec) => updatesWithin(spec, { flops: CALL_FLOPS[device], fewest: 1, most: MOST_ON_DEVICE });
}
