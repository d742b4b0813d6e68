/** How often a stack in training is saved. */

/** After so many updates or so much wall time, or not at all, an interrupt included. */
export type CheckpointInterval = { readonly updates: number } | { readonly seconds: number } | "never";

export const DEFAULT_CHECKPOINT_INTERVAL: CheckpointInterval = { seconds: 600 };

const UNITS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };

/** Reads "10min", "90s", "2h", "500" (updates), "never" or "0"; undefined for anything else. */
export function parseCheckpointInterval(text: string): CheckpointInterval | undefined {
  const [, digits, unit] = /^(\d{1,9}) ?(s|min|h)?$/.exec(text) ?? [];
  if (text === "never" || Number(digits) === 0) return "never";
  if (digits === undefined) return undefined;
  return unit === undefined ? { updates: Number(digits) } : { seconds: Number(digits) * UNITS[unit]! };
}

/** Whether it is time to save, so many updates and seconds after the last time. */
export function isDue(interval: CheckpointInterval, updates: number, seconds: number): boolean {
  if (interval === "never") return false;
  return "updates" in interval ? updates >= interval.updates : seconds >= interval.seconds;
}
