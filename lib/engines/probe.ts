/**
 * Whether an engine works on this machine: it is made to train a small stack, in a process of its own. Which of the
 * ready ones to take is `choose.ts`.
 */

import type { DeviceKind, EngineSettings } from "./engine";
import { askEngineProcess } from "./engine-process";
import type { EngineName } from "./names";

/** What an engine says of itself. */
export interface EngineIdentity {
  /** One line: what executes, its version, and on what. */
  readonly description: string;
  /** Version of the package that executes the program. */
  readonly version: string;
  readonly settings: EngineSettings;
  /** What it computes on. */
  readonly device: DeviceKind;
}

/** The engine trained a small stack here. */
export interface ReadyEngine extends EngineIdentity {
  readonly name: EngineName;
  readonly ready: true;
  /** How fast it trained a middling stack, where that was asked for. */
  readonly rate?: MeasuredRate;
}

/** An engine that does not work on this machine. */
export interface EngineNotReady {
  readonly name: EngineName;
  readonly ready: false;
  /** One sentence, without its full stop. */
  readonly reason: string;
  /** The one command that mends it; undefined where none can, as on a machine without such hardware. */
  readonly command: string | undefined;
}

/** Whether an engine works on this machine. */
export type EngineProbe = ReadyEngine | EngineNotReady;

/** Speed of one fixed training problem, the same for all engines. */
export interface MeasuredRate {
  /** Updates of one trial, in a second. */
  readonly trialStepsPerSecond: number;
  /** Floating-point operations in a second, in 10⁹. */
  readonly gigaflops: number;
  /** Wall time that was measured, in seconds, start and compilation not included. */
  readonly seconds: number;
}

/** How long an engine is tried. */
export interface ProbeOptions {
  /** Measures the rate for about so long, in seconds, one call at least; by default it is not measured. */
  readonly rateSeconds?: number;
  /** Ends the attempt after so long, in seconds; defaults to 120. */
  readonly timeoutSeconds?: number;
}

/** What a process that tried an engine says of it. */
export type TriedEngine = Omit<ReadyEngine, "name" | "ready">;

/** Tries one engine. Never throws, whatever is missing, half-installed or broken. */
export async function probeEngine(
  name: EngineName,
  { rateSeconds, timeoutSeconds = 120 }: ProbeOptions = {},
): Promise<EngineProbe> {
  const request = { task: "probe", engine: name, rateSeconds } as const;
  const answer = await askEngineProcess<TriedEngine>(request, timeoutSeconds);
  if (answer.answered) return { name, ready: true, ...answer.value };
  return { name, ready: false, reason: answer.reason, command: answer.command };
}

/** Tries engines one after another, so that none is measured beside another. */
export async function probeEngines(
  names: readonly EngineName[],
  options: ProbeOptions = {},
): Promise<EngineProbe[]> {
  const probes: EngineProbe[] = [];
  for (const name of names) probes.push(await probeEngine(name, options));
  return probes;
}
