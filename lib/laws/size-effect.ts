/** Whether the loss falls with size at all: without that there is no law to extrapolate, whatever fits. */

import { mean } from "simple-statistics";
import type { SizeLosses } from "./fit";
import { coefficientInterval, fitLine, type Interval } from "./line";

export interface SizeEffect {
  /** Nats gained for each e-fold of size: minus the slope of the line in ln h. Null for fewer than three sizes. */
  readonly gain: number | null;
  /** Student's t interval of it, from the scatter about the line. */
  readonly interval: Interval | null;
  /** Whether the whole interval is above 0. */
  readonly falls: boolean;
}

/** How much the losses of some sizes fall with size. */
export function sizeEffect(points: readonly SizeLosses[], level = 0.95): SizeEffect {
  if (points.length < 3) return { gain: null, interval: null, falls: false };
  const line = fitLine(
    points.map(({ size }) => Math.log(size)),
    points.map(({ losses }) => -mean([...losses])),
  );
  const interval = coefficientInterval(line.slope, line.slopeError, line, level);
  return { gain: line.slope, interval, falls: interval.low > 0 };
}
