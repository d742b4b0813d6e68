/**
 * What the computer is: processor, memory, operating system, Node and graphics processors, in words that a stranger may read. It holds
 * no name of a user or a host, no serial number and no path. Which source code runs on it is source.ts.
 */

import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { type GpuDescription, inventoryGpus, nvidiaGpus } from "./gpus";
import { takeInventory } from "./inventory";
import { count, plainName } from "./names";

export type { GpuDescription };

export interface MachineDescription {
  /** Model of the processor, such as "AMD EPYC 7763 64-Core Processor"; "unknown" where the system does not say. */
  readonly processor: string;
  /** Cores that exist, over all processors; null where the system does not say. */
  readonly physicalCores: number | null;
  /** Cores that the system shows, those of hyper-threading included. */
  readonly logicalCores: number;
  /** Threads that this process may run at once. */
  readonly availableCores: number;
  /** Memory of the machine in bytes, or of the container where that has less. */
  readonly memoryBytes: number;
  /** Such as "Debian GNU/Linux 12". */
  readonly operatingSystem: string;
  /** Such as "Linux 6.1.0". */
  readonly kernel: string;
  /** Such as "x64" or "arm64". */
  readonly architecture: string;
  /** Such as "v20.19.0". */
  readonly node: string;
  readonly gpus: readonly GpuDescription[];
  /** What could not be found out, and why, in sentences without a full stop. */
  readonly notices: readonly string[];
}

/** Time that the system's programs are given, in seconds: they take a tenth of one where nothing is wrong. */
const TIME_LIMIT = 10;

/**
 * Describes this machine. Never throws; what cannot be found out in time is unknown and stands in the notices.
 *
 * @param options.timeLimit the longest that it may take, in seconds; defaults to 10
 */
export async function describeMachine({ timeLimit = TIME_LIMIT } = {}): Promise<MachineDescription> {
  const [inventory, nvidia] = await Promise.all([takeInventory(timeLimit), nvidiaGpus(timeLimit)]);
  const others = inventoryGpus(inventory);
  const gpus =
    nvidia.gpus.length === 0
      ? others
      : [...nvidia.gpus, ...others.filter(({ model }) => !/nvidia/i.test(model))];
  const { cpu, system, graphics } = inventory;
  const late = [
    ...(cpu ? [] : ["the number of physical cores"]),
    ...(system ? [] : ["the name of the operating system"]),
    ...(graphics ? [] : ["graphics processors other than NVIDIA's"]),
  ];
  return {
    processor: plainName(cpus()[0]?.model) ?? plainName(cpu?.brand) ?? "unknown",
    physicalCores: count(cpu?.physicalCores) ?? null,
    logicalCores: Math.max(1, cpus().length),
    availableCores: availableParallelism(),
    memoryBytes: machineMemory(),
    operatingSystem:
      [plainName(system?.distribution), plainName(system?.release)].filter(Boolean).join(" ") || type(),
    kernel: plainName(`${type()} ${release()}`)!,
    architecture: process.arch,
    node: process.version,
    gpus,
    notices: [
      ...(late.length > 0 ? [`could not find out ${late.join(", ")}`] : []),
      ...(nvidia.notice === undefined ? [] : [nvidia.notice]),
    ],
  };
}

/** Memory of the machine in bytes, or of the container where that has less. */
export function machineMemory(): number {
  // Without a limit on a container, it is 0 or larger than any machine.
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
