/**
 * Quantiles and tails of the distributions that regressions ask for, by the Cephes library, with arguments checked:
 * by itself it cuts degrees of freedom to whole numbers and answers nonsense with 0.
 */

import { incbet, incbi } from "cephes";

/**
 * The t with P(|T| ≤ t) = level for Student's T: 2.776 for level 0.95 and 4 degrees.
 *
 * As P(|T| ≤ t) = I_z(1/2, ν/2) with z = t² / (ν + t²), it is the inverse of the incomplete beta function I.
 *
 * @param level coverage, above 0 and below 1.
 * @param degreesOfFreedom ν, a positive number; it need not be whole.
 */
export function studentQuantile(level: number, degreesOfFreedom: number): number {
  if (!(level > 0 && level < 1)) throw new RangeError(`invalid level; not between 0 and 1: ${level}`);
  if (!(degreesOfFreedom > 0 && Number.isFinite(degreesOfFreedom))) {
    throw new RangeError(`invalid degrees of freedom; not a positive number: ${degreesOfFreedom}`);
  }
  const z = incbi(1 / 2, degreesOfFreedom / 2, level);
  return Math.sqrt((degreesOfFreedom * z) / (1 - z));
}

/**
 * P(F > ratio) for Fisher's F with the given degrees of freedom: the p-value of a ratio of two mean squares, 0.214 for
 * a ratio of 2 with 4 and 6 degrees.
 *
 * @param ratio 0 or more; infinite where the denominator is 0.
 */
export function fisherTail(ratio: number, numeratorDegrees: number, denominatorDegrees: number): number {
  if (!(ratio >= 0)) throw new RangeError(`invalid ratio of mean squares; not 0 or more: ${ratio}`);
  for (const degrees of [numeratorDegrees, denominatorDegrees]) {
    if (!(degrees > 0 && Number.isFinite(degrees))) {
      throw new RangeError(`invalid degrees of freedom; not a positive number: ${degrees}`);
    }
  }
  const z = denominatorDegrees / (denominatorDegrees + numeratorDegrees * ratio);
  return incbet(denominatorDegrees / 2, numeratorDegrees / 2, z);
}
