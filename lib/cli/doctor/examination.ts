/**
 * What of this installation works, how fast, and what would mend the rest. It must come to its end on an installation of
 * which nothing works, and so loads no package itself: all that can fail is asked in other processes, or loaded where its
 * failure is caught. Its words are `../text/doctor.ts`.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { chooseEngine, type EngineChoice } from "../../engines/choose";
import { ENGINE_NAMES, type EngineName } from "../../engines/names";
import { type EngineProbe, type ProbeOptions, probeEngine } from "../../engines/probe";
import type { MachineDescription } from "../../machine/machine";
import { nodeNotices } from "./node-version";
import { examineParts, type Part } from "./parts";

/** Seconds that the rate of an engine is measured. */
const RATE_SECONDS = 2;

/** Seconds that an engine may take to start, train and be measured, and again to start and train alone. */
const TIME_LIMIT = 60;

/** What was found. */
export interface Examination {
  /** Version of Node. */
  readonly node: string;
  /** Undefined where the parts that describe it do not load. */
  readonly machine: MachineDescription | undefined;
  /** In the order of `ENGINE_NAMES`. */
  readonly engines: readonly EngineProbe[];
  /** What `--engine auto` takes; undefined where no engine is ready. */
  readonly auto: EngineChoice | undefined;
  readonly parts: readonly Part[];
  /** What else a reader should know, in sentences without a full stop. */
  readonly notices: readonly string[];
}

export interface ExaminationOptions {
  readonly names?: readonly EngineName[];
  readonly rateSeconds?: number;
  /** Seconds that each attempt may take. */
  readonly timeoutSeconds?: number;
  readonly probe?: (name: EngineName, options: ProbeOptions) => Promise<EngineProbe>;
  readonly describe?: () => Promise<MachineDescription>;
  readonly parts?: () => Promise<readonly Part[]>;
  /** Told of each thing before it is tried. */
  readonly onTrying?: (what: string) => void;
}

/** Never throws, whatever is missing, half-installed or broken. Engines are tried one after another, so that none is measured beside another. */
export async function examine({
  names = ENGINE_NAMES,
  rateSeconds = RATE_SECONDS,
  timeoutSeconds = TIME_LIMIT,
  probe = probeEngine,
  describe = describeHere,
  parts = examineParts,
  onTrying = () => {},
}: ExaminationOptions = {}): Promise<Examination> {
  const notices = nodeNotices(process.version);
  const machine = await describe().catch((error: unknown) => {
    notices.push(`this machine could not be described (${wordsOf(error)}); this may mend it: npm ci`);
    return undefined;
  });
  const engines: EngineProbe[] = [];
  for (const name of names) {
    onTrying(name);
    const started = performance.now();
    let attempt = await attempted(name, probe, { rateSeconds, timeoutSeconds });
    if (!attempt.ready && performance.now() - started >= timeoutSeconds * 1000) {
      // It hangs, or it works and is too slow to be measured: an emulated GPU on a busy machine.
      const unmeasured = await attempted(name, probe, { timeoutSeconds });
      if (unmeasured.ready) {
        notices.push(
          `${name} works, and is too slow here for its rate to be measured in ${timeoutSeconds} seconds`,
        );
        attempt = unmeasured;
      }
    }
    engines.push(withRemedy(attempt));
  }
  onTrying("the other native parts");
  const examined = await parts().catch((error: unknown) => {
    notices.push(`the other native parts could not be tried (${wordsOf(error)})`);
    return [];
  });
  return {
    node: process.version,
    machine,
    engines,
    auto: chooseEngine(engines),
    parts: examined,
    notices: [...notices, ...(machine?.notices ?? [])],
  };
}

async function attempted(
  name: EngineName,
  probe: NonNullable<ExaminationOptions["probe"]>,
  options: ProbeOptions,
): Promise<EngineProbe> {
  try {
    return await probe(name, options);
  } catch (error) {
    return { name, ready: false, reason: `it could not be tried: ${wordsOf(error)}`, command: "npm ci" };
  }
}

async function describeHere(): Promise<MachineDescription> {
  const { describeMachine } = await import("../../machine/machine.js");
  return describeMachine();
}

/** Where a package of TensorFlow breaks its process, installing it again would bring the same one back. */
function withRemedy(probe: EngineProbe): EngineProbe {
  if (probe.ready) return probe;
  if (isBundle()) return { ...probe, command: undefined };
  if (probe.command !== "npm ci") return probe;
  if (probe.name === "tfjs-node") return { ...probe, command: "npm run tensorflow" };
  if (probe.name === "tfjs-node-gpu") return { ...probe, command: "npm run tensorflow -- --gpu" };
  return probe;
}

/** Whether this is an unpacked bundle, which has no npm to mend it with. */
function isBundle(): boolean {
  return existsSync(join(__dirname, "../../../../bundle.json"));
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split("\n")[0]!;
}
