/** Whether the loss falls with size at all: without that there is no law to extrapolate, whatever fits. */

import { mean } from "simple-statistics";
import { studentQuantile } from "./distributions";
import type { SizeLosses } from "./fit";
import { coefficientInterval, fitLine, type Interval } from "./line";
import { seedNoise } from "./seed-noise";

export interface SizeEffect {
  /** Nats gained for each e-fold of size: minus the slope of the line in ln h. Null for fewer than three sizes. */
  readonly gain: number | null;
  /** The wider of Student's intervals: from the scatter about the line, and from the noise of seeds. */
  readonly interval: Interval | null;
  /** Whether the whole interval is above 0. */
  readonly falls: boolean;
}

/** That it does not, in words without a full stop. */
export function noEffectText(points: readonly SizeLosses[]): string {
  return `over ${points.length} sizes the loss does not fall with size beyond its scatter`;
}

/** How much the losses of some sizes fall with size. */
export function sizeEffect(points: readonly SizeLosses[], level = 0.95): SizeEffect {
  if (points.length < 3) return { gain: null, interval: null, falls: false };
  const line = fitLine(
    points.map(({ size }) => Math.log(size)),
    points.map(({ losses }) => -mean([...losses])),
  );
  const { low, high } = coefficientInterval(line.slope, line.slopeError, line, level);
  // Sizes may agree with the line better than their seeds do among themselves: in rounding alone, say.
  const noise = seedNoise(points.map(({ losses }) => losses));
  const ofMeans = noise === null ? 0 : noise.variance * mean(points.map(({ losses }) => 1 / losses.length));
  const half =
    noise === null ? 0 : studentQuantile(level, noise.degrees) * Math.sqrt(ofMeans / line.sumSquaresX);
  const interval = {
    low: Math.min(low, line.slope - half),
    high: Math.max(high, line.slope + half),
    level,
  };
  return { gain: line.slope, interval, falls: interval.low > 0 };
}
