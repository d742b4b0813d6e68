/** How small a model may be and still be as good: the one definition of "no better than a model n times narrower". */

import { mean } from "simple-statistics";
import type { SizeLosses } from "./fit";

/**
 * The smallest size whose mean loss is as low as that of a larger one, on straight lines in ln h between the points.
 *
 * The noise of seeds is left in: the mean losses are compared as they are. How far other seeds would move the size is
 * for those to say who draw the grid again (`claims`).
 *
 * @returns null where every smaller size has a higher mean loss, or `size` has none.
 */
export function equivalentSize(points: readonly SizeLosses[], size: number): number | null {
  const sorted = [...points].sort((one, other) => one.size - other.size);
  const loss = (point: SizeLosses) => mean([...point.losses]);
  const own = sorted.find((point) => point.size === size);
  if (own === undefined) return null;
  const wanted = loss(own);
  const index = sorted.findIndex((point) => point.size < size && loss(point) <= wanted);
  const reached = sorted[index];
  const before = sorted[index - 1];
  if (reached === undefined || before === undefined) return reached?.size ?? null;
  const share = (loss(before) - wanted) / (loss(before) - loss(reached));
  return before.size * (reached.size / before.size) ** share;
}
