/**
 * Panel (c) of the post: the loss of every cell as a heat map of size against learning rate.
 */

import { formatLoss, formatRate } from "../laws/wording";
import { type CellAxes, cellAxes, colorLegend } from "./cell-grid";
import { isPartly, isWholly } from "./diverged-marks";
import { cellRows, type GridData, type GridRow, lossRows } from "./grid-data";
import { AREA_SCHEME, DIVERGED_FILL, layersOf, ON_CELL, type Panel, type SpecPart } from "./spec";
import { TELLS } from "./tips";

const PLACE = ["size_label", "rate_label", "tip"] as const;

export function heatMapPanel(data: GridData): Panel {
  const { rows, sizeTitle, rateTitle, sizeLabels, rateLabels } = data;
  const axes = cellAxes(rateLabels, sizeLabels, rateTitle, sizeTitle);
  const finding = findingOf(data);
  const best = rows.filter((row) => row.best);
  const partly = rows.filter(isPartly);
  const wholly = rows.filter(isWholly);
  const losses = rows.flatMap(({ loss }) => (loss === null ? [] : [loss]));
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const notes = [
    `Colour: training loss, ${data.meanOf}.`,
    ...(best.length > 0 ? ["Dots: best rate of each size."] : []),
    ...(partly.length > 0 ? ["Crosses: some trials diverged, mean over the others."] : []),
    ...(wholly.length > 0 ? ["Grey: all trials diverged."] : []),
  ];
  return {
    description: `Heat map of the training loss in nats over ${sizeTitle.toLowerCase()} and learning rate, ${rows.length} cells. ${finding}.`,
    finding,
    shown: notes.join(" "),
    layer: layersOf(
      {
        data: { values: lossRows(rows, [...PLACE, "loss"]) },
        mark: { type: "rect" },
        encoding: {
          ...axes,
          color: {
            field: "loss",
            type: "quantitative",
            scale: { scheme: AREA_SCHEME, reverse: true, zero: false, nice: false, domain: [low, high] },
            legend: colorLegend("Training loss (nats)", [low, high], middleOf(low, high)),
          },
          ...TELLS,
        },
      },
      {
        data: { values: cellRows(wholly, PLACE) },
        mark: { type: "rect", color: DIVERGED_FILL },
        encoding: { ...axes, ...TELLS },
      },
      marks(best, "circle", axes),
      marks(partly, "cross", axes),
    ),
  };
}

/** Marks that are visible on any colour. The subtitle says what they mean. */
function marks(rows: readonly GridRow[], shape: string, axes: CellAxes): SpecPart {
  const { light, dark } = ON_CELL;
  return {
    data: { values: lossRows(rows, PLACE) },
    mark: { type: "point", shape, size: 42, fill: light, stroke: dark, strokeWidth: 1.1, opacity: 1 },
    encoding: { ...axes, ...TELLS },
  };
}

/** Three values that part the colour scale. */
function middleOf(low: number, high: number): number[] {
  return [0.5, 0.25, 0.75].map((share) => low + share * (high - low));
}

function findingOf({ rows, analysis }: GridData): string {
  const found = analysis.bestRates.filter(({ mean }) => mean !== null);
  const [first, ...others] = found;
  if (first === undefined) return `Of ${rows.length} cells none is free of divergence`;
  const best = others.reduce((least, row) => (row.mean! < least.mean! ? row : least), first);
  return `The lowest of ${rows.length} cells is ${formatLoss(best.mean!)} nats, at size ${best.level} and rate ${formatRate(best.best as number)}`;
}
