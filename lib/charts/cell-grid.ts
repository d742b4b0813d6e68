/** What the heat maps share: axes of sizes and learning rates, and a colour legend that says what its ends are. */

import { formatLoss } from "../laws/wording";
import { CONFIG, type SpecPart } from "./spec";
import { textWidth } from "./text-width";

/** Labels of rates are turned where more stand side by side. */
const MOST_LEVEL_LABELS = 8;
const LEGEND_LENGTH = 240;

export interface CellAxes {
  readonly x: SpecPart;
  readonly y: SpecPart;
}

/** The axes of a heat map: rates from left to right, sizes from bottom to top. */
export function cellAxes(
  rateLabels: readonly string[],
  sizeLabels: readonly string[],
  rateTitle: string,
  sizeTitle: string,
): CellAxes {
  const largestFirst = [...sizeLabels].reverse();
  const labelAngle = rateLabels.length > MOST_LEVEL_LABELS ? -45 : 0;
  return {
    x: {
      field: "rate_label",
      type: "ordinal",
      sort: rateLabels,
      scale: { domain: rateLabels },
      axis: { title: rateTitle, labelAngle, labelOverlap: labelAngle === 0 },
    },
    y: {
      field: "size_label",
      type: "ordinal",
      sort: largestFirst,
      scale: { domain: largestFirst },
      axis: { title: sizeTitle, labelOverlap: true },
    },
  };
}

/**
 * A legend below the plot. It names the ends of the scale, and marks those beyond which all values have one colour.
 *
 * @param middle values between the ends, named where there is room.
 */
export function colorLegend(
  title: string,
  [low, high]: readonly [number, number],
  middle: readonly number[],
  { format = formatLoss, clippedBelow = false, clippedAbove = false } = {},
): SpecPart {
  const label = (value: number) => {
    if (value === low && clippedBelow) return `≤ ${format(value)}`;
    return value === high && clippedAbove ? `≥ ${format(value)}` : format(value);
  };
  const place = (value: number) => ((value - low) / (high - low)) * LEGEND_LENGTH;
  const half = (value: number) => (CONFIG.legend.labelFontSize * textWidth(label(value), false)) / 2;
  const apart = (one: number, other: number) =>
    Math.abs(place(one) - place(other)) >= half(one) + half(other) + 8;
  const named = middle.filter((value, i) => {
    const others = [low, high, ...middle.slice(0, i)];
    return others.every((other) => apart(value, other));
  });
  const values = low === high ? [low] : [low, ...named, high].sort((one, other) => one - other);
  const list = (items: readonly (string | number)[]) => JSON.stringify(items).replaceAll('"', "'");
  return {
    title,
    orient: "bottom",
    direction: "horizontal",
    gradientLength: LEGEND_LENGTH,
    gradientThickness: 12,
    titleLimit: 400,
    values,
    labelExpr: `${list(values.map(label))}[indexof(${list(values)}, datum.value)]`,
  };
}
