/**
 * What executes training steps: the engines by name, whether each works on this machine, how fast and how exact it is. What they
 * train is `runs`.
 *
 * @module engines
 */

export { chooseEngine, type EngineChoice } from "./choose";
export type { DeviceKind, Engine, EngineOptions, EngineSettings } from "./engine";
export { createEngine, DEFAULT_ENGINE, ENGINE_NAMES, type EngineName } from "./engines";
export { EngineUnavailableError } from "./errors";
export { checkParity, type ParityCheck, type ParityFailure, type ParityVerdict } from "./parity-check";
export {
  type EngineIdentity,
  type EngineNotReady,
  type EngineProbe,
  type MeasuredRate,
  type ProbeOptions,
  probeEngine,
  probeEngines,
  type ReadyEngine,
} from "./probe";
