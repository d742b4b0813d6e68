/** How far a run is, on standard error: one line that is redrawn, or a line every so often where there is no terminal. */

import { stderr as terminal } from "node:process";
import { SingleBar } from "cli-progress";
import type { Progress } from "../../sweep/run";
import { duration, quantity } from "../../sweep/words";

/** How often progress is written where it cannot be redrawn, in milliseconds. */
const LINE_INTERVAL = 15_000;

export class ProgressDisplay {
  private readonly started = performance.now();
  private readonly bar = new SingleBar({
    format: "{bar} {trials} trials | {stack} | {steps} | {rate} | {left} left",
    stream: terminal,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: LINE_INTERVAL,
    linewrap: false,
    barsize: 20,
    gracefulExit: false,
  });

  constructor(private readonly expectedSeconds: number) {}

  show({ trialsDone, trialsTotal, stack, trialSteps, flops, share }: Progress): void {
    const seconds = (performance.now() - this.started) / 1000;
    // The expectation weighs like a twentieth of the run, so that the first figures do not jump.
    const prior = 0.05;
    const total = (seconds + prior * this.expectedSeconds) / (share + prior);
    const payload = {
      trials: `${trialsDone}/${trialsTotal}`,
      stack: `size ${stack.spec.architecture.hidden_size} × ${stack.trials.length}`,
      steps: quantity(trialSteps / seconds, "trial-steps/s"),
      rate: quantity(flops / seconds, "FLOP/s"),
      left: duration(Math.max(0, total * (1 - share))),
    };
    if (!this.bar.isActive) this.bar.start(1, 0, payload);
    this.bar.update(share, payload);
  }

  note(text: string): void {
    terminal.write(`${terminal.isTTY ? "\n" : ""}${text}\n`);
  }

  stop(): void {
    if (this.bar.isActive) this.bar.stop();
  }
}
