/** Which engine `--engine auto` takes, of those that were found ready. */

import type { EngineName } from "./names";
import type { EngineProbe, ReadyEngine } from "./probe";

/** The engine chosen, and why. */
export interface EngineChoice {
  readonly name: EngineName;
  /** One sentence, without its full stop. */
  readonly why: string;
}

/** Rates closer than this, relatively, count as equal: short measurements differ by as much. */
const TIE = 0.05;

/**
 * Which of two that are equally fast, or not measured, to take: GPUs before processors, compiled before eager, where
 * the state travels before where it does not only by the maturity of the runtime.
 */
const PREFERENCE: readonly EngineName[] = [
  "onnx-cuda",
  "onnx-webgpu",
  "tfjs-node-gpu",
  "onnx-cpu",
  "tfjs-webgpu",
  "tfjs-node",
  "tfjs-wasm",
  "tfjs-cpu",
];

/**
 * The fastest of the ready engines by their measured rates; among equals, and where nothing was measured, by
 * preference. A GPU that the processor emulates is taken only where nothing else is ready.
 *
 * @returns undefined where no engine is ready
 */
export function chooseEngine(probes: readonly EngineProbe[]): EngineChoice | undefined {
  const ready = probes.filter((probe): probe is ReadyEngine => probe.ready);
  const real = ready.filter(({ device }) => device !== "software-gpu");
  const candidates = real.length > 0 ? real : ready;
  const measured = candidates.filter(({ rate }) => rate !== undefined);
  const fastest = Math.max(...measured.map(speed));
  const close = measured.filter((probe) => speed(probe) >= fastest * (1 - TIE));
  const choice = (measured.length > 0 ? close : candidates).toSorted(byPreference)[0];
  if (!choice) return undefined;
  return { name: choice.name, why: reason(choice, { ready, candidates, measured, close }) };
}

interface Field {
  readonly ready: readonly ReadyEngine[];
  readonly candidates: readonly ReadyEngine[];
  readonly measured: readonly ReadyEngine[];
  readonly close: readonly ReadyEngine[];
}

function reason({ name, device, rate }: ReadyEngine, { ready, candidates, measured, close }: Field): string {
  if (ready.length === 1) return "it is the only engine that is ready";
  const passedOver = candidates.length < ready.length ? "; emulated GPUs were passed over" : "";
  if (candidates.length === 1) return `the others run on a GPU that the processor emulates`;
  if (device === "software-gpu") return "no other engine is ready than those on an emulated GPU";
  if (!rate) return `nothing was measured, and it comes first of those ready${passedOver}`;
  const figure = `${Number(rate.gigaflops.toPrecision(3))} GFLOP/s`;
  const others = close.filter((probe) => probe.name !== name).map((probe) => probe.name);
  if (others.length > 0) {
    return `with ${figure} it is as fast as ${others.join(" and ")}, and comes before in preference${passedOver}`;
  }
  return `with ${figure} it is the fastest of the ${measured.length} measured${passedOver}`;
}

const speed = ({ rate }: ReadyEngine): number => rate?.gigaflops ?? 0;

function byPreference(a: ReadyEngine, b: ReadyEngine): number {
  return PREFERENCE.indexOf(a.name) - PREFERENCE.indexOf(b.name);
}
