/**
 * What ends a command before its time: Ctrl-C, a scheduler, a closed terminal, a reader that went away. A command that has something to
 * save hears of each of them as one abort.
 */

import { constants } from "node:os";
import { onLostOutput } from "./output";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Does work that can be interrupted. The first interruption aborts the signal, and the program ends with the status that a shell expects
 * of it (130 for Ctrl-C); a second signal ends the program at once.
 *
 * @param onInterrupt is called at the first
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  onInterrupt: () => void = () => {},
): Promise<T> {
  const controller = new AbortController();
  const interrupt = (status: number) => {
    if (controller.signal.aborted) return;
    process.exitCode = status;
    controller.abort();
    onInterrupt();
  };
  const onSignal = (name: NodeJS.Signals) => {
    const status = 128 + constants.signals[name];
    if (controller.signal.aborted) process.exit(status);
    interrupt(status);
  };
  const giveBack = onLostOutput(interrupt);
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
    giveBack();
  }
}
