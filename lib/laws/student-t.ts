/**
 * Student's t distribution for whole degrees of freedom, which is all that regressions ask for.
 */

/**
 * The t with P(|T| ≤ t) = level for T with the given degrees of freedom: 2.776 for level 0.95 and 4 degrees.
 *
 * @param level coverage, above 0 and below 1.
 * @param degreesOfFreedom a whole number from 1 up.
 */
export function studentQuantile(level: number, degreesOfFreedom: number): number {
  if (!(level > 0 && level < 1)) throw new RangeError(`invalid level; not between 0 and 1: ${level}`);
  if (!(Number.isInteger(degreesOfFreedom) && degreesOfFreedom >= 1)) {
    throw new RangeError(`invalid degrees of freedom; not a whole number from 1 up: ${degreesOfFreedom}`);
  }
  // Bisection over the angle, which unlike t itself is bounded.
  let [low, high] = [0, Math.PI / 2];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (coverage(middle, degreesOfFreedom) < level) low = middle;
    else high = middle;
  }
  return Math.sqrt(degreesOfFreedom) * Math.tan((low + high) / 2);
}

/**
 * P(|T| ≤ t) where tan(angle) = t / sqrt(ν): Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.3
 * for odd and 26.7.4 for even degrees of freedom ν.
 */
function coverage(angle: number, degreesOfFreedom: number): number {
  const cosine = Math.cos(angle);
  const odd = degreesOfFreedom % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = 0;
  for (let k = odd ? 3 : 2; k <= degreesOfFreedom; k += 2) {
    sum += term;
    term *= ((k - 1) / k) * cosine ** 2;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
