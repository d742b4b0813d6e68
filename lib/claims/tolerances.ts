/** When two numbers of one trial count as the same: every tolerance of the comparison, with its reason. */

import type { Measure } from "../tables/cells";

/**
 * Two results of one trial are within rounding where their losses, and every point of their curves, differ by at most
 * this share of the larger. A product of 32-bit floats summed over n terms errs by about √n 2⁻²⁴, 2e-6 for a thousand
 * terms; over a thousand updates such errors add up like a random walk to 6e-5.
 *
 * Training may also amplify them: in the default study a learning rate changed by one part in ten million moved the
 * losses of 16 trials by anything from nothing to 0.13 nats, one standard deviation of its seeds. No tolerance for
 * rounding covers that without covering faults as well; what lies beyond it is for the noise of seeds to judge.
 */
export const ROUNDING_OF_LOSSES = 1e-4;

/** Accuracies count whole examples: within rounding where at most one in a thousand changes sides. */
export const ROUNDING_OF_ACCURACIES = 1e-3;

/**
 * Nominal probability that nothing of two honest runs is called outside the noise of seeds. Each number of each trial
 * is judged at one less its share of the rest (Bonferroni), so that more trials do not raise more false alarms.
 */
export const COMPARISON_LEVEL = 0.95;

/**
 * A shift of all trials may hide within the noise of each. It counts as outside where the mean of the differences, each
 * divided by the standard deviation of a difference between two seeds, is this many standard errors from zero. Were
 * it normal, 3.3 would do for one false alarm in a thousand; dividing by deviations that are themselves estimates from
 * a few seeds takes 4.
 */
export const SHIFT_LIMIT = 4;

/** The numbers of a finished trial that are compared. */
export const COMPARED_MEASURES: readonly Measure[] = ["loss", "test_loss", "test_accuracy"];

/** Whether two values of a measure are within rounding of each other. */
export function withinRounding(measure: Measure, one: number, other: number): boolean {
  const difference = Math.abs(one - other);
  return measure === "test_accuracy"
    ? difference <= ROUNDING_OF_ACCURACIES
    : difference <= ROUNDING_OF_LOSSES * Math.max(Math.abs(one), Math.abs(other));
}
