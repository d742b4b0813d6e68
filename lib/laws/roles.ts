/** The parts that the sizes of a study play in the post's argument. What is found with them is the rest of this room. */

import { type Study, valuesOf } from "../studies/study";

/** Sizes, each list ascending. */
export interface SizeRoles {
  /** Small sizes on which the learning rate is tuned. */
  readonly tuning: readonly number[];
  /** Sizes to which laws are fitted; the tuning sizes are among them. */
  readonly fitted: readonly number[];
  /** Larger sizes, of which the laws know nothing. */
  readonly heldOut: readonly number[];
}

/**
 * Gives the smaller two thirds of the sizes to the fit (the post: 8 of 12), the three largest of these to tuning, and
 * holds the others out.
 *
 * The post tuned its rate on sizes 64, 128 and 256 and found 3e-4. On its published grid the rate with the lowest mean
 * loss over these is 6e-4, and 3e-4 over 128, 256 and 512; hence the three largest.
 */
export function sizeRoles(sizes: readonly number[]): SizeRoles {
  const sorted = [...new Set(sizes)].sort((one, other) => one - other);
  const count = Math.round((sorted.length * 2) / 3);
  const fitted = sorted.slice(0, count);
  return { tuning: fitted.slice(-3), fitted, heldOut: sorted.slice(count) };
}

/** The parts that the hidden sizes of a study play. */
export function studyRoles(study: Study): SizeRoles {
  return sizeRoles(valuesOf(study, "hidden_size"));
}
