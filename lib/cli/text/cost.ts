/** What a training will cost, in words: shared by the commands that train and that plan. */

import { counted, duration, quantity } from "../../sweep/words";

export interface Cost {
  readonly trials: number;
  readonly trialSteps: number;
  readonly flops: number;
  readonly memoryBytes: number;
  /** Undefined where nothing could be measured. */
  readonly seconds: number | undefined;
}

/** A duration, to the hour where there are a hundred of them. */
export function roughDuration(seconds: number): string {
  return seconds < 360_000 ? duration(seconds) : `${Math.round(seconds / 3600)} h`;
}

/** One sentence. `total` and `begun` are trials of the whole study, and of those to go that stand at a checkpoint. */
export function costSentence(
  { trials, trialSteps, flops, memoryBytes, seconds }: Cost,
  { total = trials, begun = 0 } = {},
): string {
  const part = trials < total ? `${trials} of ${counted(total, "trial")} to go` : counted(trials, "trial");
  const halfway = begun > 0 ? ` (${begun} of them from a checkpoint)` : "";
  const time = seconds === undefined ? "of unknown duration" : `about ${roughDuration(seconds)}`;
  return `Cost: ${part}${halfway}, ${quantity(trialSteps, "trial-steps")}, ${quantity(flops, "FLOP")}, ${quantity(memoryBytes, "B")} of memory, ${time} on this machine.`;
}
