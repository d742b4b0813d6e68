/** Learning-rate schedules: what a trial's peak rate is multiplied by at each update. */

import type { Schedule, TrialConfig } from "../studies/config";

const DECAY: Record<Schedule, (progress: number) => number> = {
  constant: () => 1,
  cosine: (progress: number) => (1 + Math.cos(Math.PI * progress)) / 2,
  linear: (progress: number) => 1 - progress,
};

/** The fields of a trial's configuration that fix its schedule. */
export type ScheduleOptions = Pick<TrialConfig, "schedule" | "warmup_updates" | "final_fraction" | "updates">;

/**
 * The factor on the peak learning rate at an update.
 *
 * In warm-up update u of w has the factor u / w; after it the schedule runs from 1, at its first update, to the
 * final fraction, which it would reach at the update after the last.
 *
 * @param update counted from 1
 */
export function scheduleFactor(options: ScheduleOptions, update: number): number {
  const { schedule, warmup_updates, final_fraction, updates } = options;
  if (update <= warmup_updates) return update / warmup_updates;
  const progress = (update - 1 - warmup_updates) / (updates - warmup_updates);
  return final_fraction + (1 - final_fraction) * DECAY[schedule](progress);
}
