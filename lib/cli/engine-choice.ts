/** Which engine `--engine auto` stands for. */

import { chooseEngine } from "../engines/choose";
import { ENGINE_NAMES, type EngineName } from "../engines/names";
import { probeEngines } from "../engines/probe";
import type { TrialRecord } from "../sweep/record";

export const AUTO = "auto";

/** Seconds that the rate of each engine is measured. */
const RATE_SECONDS = 2;

/** Seconds that an engine may take to show that it works. */
const TIME_LIMIT = 60;

/**
 * The engine that trained what is in the folder already, or else the fastest of those that work here.
 *
 * @param records the trials that are in the folder
 * @param say is told of the choice in a sentence
 * @throws Error where no engine works
 */
export async function chosenEngine(
  folder: string,
  records: readonly TrialRecord[],
  say: (text: string) => void,
): Promise<EngineName> {
  const earlier = records[0]?.engine;
  const known = ENGINE_NAMES.find((name) => name === earlier);
  if (known) {
    say(`Engine ${known}: it trained the trials that are in ${folder}.`);
    return known;
  }
  say("Trying the engines …");
  const choice = chooseEngine(
    await probeEngines(ENGINE_NAMES, { rateSeconds: RATE_SECONDS, timeoutSeconds: TIME_LIMIT }),
  );
  if (!choice) throw new Error("no engine works here; npx offcurve doctor says why, and what mends it");
  say(`Engine ${choice.name}: ${choice.why}.`);
  return choice.name;
}
