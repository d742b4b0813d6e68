/** What `doctor` found, in words for a terminal. */

import type { EngineNotReady, ReadyEngine } from "../../engines/probe";
import type { GpuDescription, MachineDescription } from "../../machine/machine";
import { counted } from "../../sweep/words";
import type { Examination } from "../doctor/examination";
import { indented, textTable } from "./text-table";

const DEVICES = {
  processor: "processor",
  gpu: "GPU",
  "software-gpu": "GPU emulated by the processor",
} as const;

export function doctorText({ node, machine, engines, auto, parts, notices }: Examination): string {
  const ready = engines.filter((engine) => engine.ready);
  const others = engines.filter((engine) => !engine.ready);
  const broken = parts.filter((part) => !part.ready);
  return [
    machine ? machineText(machine) : `Node ${node}`,
    ready.length > 0
      ? `Ready, and how fast each trains the same small stack:\n${indented(table(ready))}`
      : "",
    others.length > 0 ? `Not ready:\n${others.map(missing).map(indented).join("\n")}` : "",
    broken.length > 0
      ? `Other parts that do not load:\n${broken
          .map(({ name, purpose, reason, command }) =>
            indented(`${name} (for ${purpose}): ${reason}\n  mended by: ${command}`),
          )
          .join("\n")}`
      : "",
    notices.map((notice) => `Note: ${notice}.`).join("\n"),
    auto ? `--engine auto takes ${auto.name}: ${auto.why}.` : "No engine is ready.",
  ]
    .filter(Boolean)
    .join("\n\n");
}

function machineText(machine: MachineDescription): string {
  const { processor, physicalCores, availableCores, memoryBytes, operatingSystem, architecture } = machine;
  const cores = physicalCores === null ? "" : `${counted(physicalCores, "core")}, `;
  const gpus = machine.gpus.length > 0 ? machine.gpus.map(gpuText).join("; ") : "none found";
  return [
    `Processor: ${processor} (${architecture}), ${cores}${counted(availableCores, "thread")}`,
    `Memory: ${gibibytes(memoryBytes)}`,
    `GPUs: ${gpus}`,
    `System: ${operatingSystem}, Node ${machine.node}`,
  ].join("\n");
}

function gpuText({ model, memoryBytes, driver }: GpuDescription): string {
  const memory = memoryBytes === null ? "" : `, ${gibibytes(memoryBytes)}`;
  return `${model}${memory}, driver ${driver ?? "unknown"}`;
}

function table(ready: readonly ReadyEngine[]): string {
  const rows = ready.map(({ name, rate, device, version }) => [
    name,
    rate ? figure(rate.gigaflops) : "",
    rate ? figure(rate.trialStepsPerSecond) : "",
    DEVICES[device],
    version,
  ]);
  return textTable(["engine", "GFLOP/s", "trial-steps/s", "on", "by"], rows);
}

function missing({ name, reason, command }: EngineNotReady): string {
  const remedy = command === undefined ? "no command mends that" : `ready after: ${command}`;
  return `${name}: ${reason}\n  ${remedy}`;
}

/** Three significant digits. */
function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function gibibytes(bytes: number): string {
  return `${figure(bytes / 2 ** 30)} GiB`;
}
