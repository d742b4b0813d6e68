/**
 * Panel (c) of the post: the loss of every cell as a heat map of size against learning rate.
 */

import { formatLoss, formatRate } from "../laws/wording";
import { stateOf } from "./diverged-marks";
import { fieldsOf, type GridData, lossRows } from "./grid-data";
import {
  AREA_SCHEME,
  DIVERGED_FILL,
  INK,
  PANEL_SIZE,
  type Panel,
  type SpecPart,
  TITLE_WIDTH,
  titled,
} from "./spec";

const PLACE = ["size_label", "rate_label"] as const;

export function heatMapPanel(data: GridData): Panel {
  const { rows, sizeTitle, rateTitle, sizeLabels, rateLabels } = data;
  const x = {
    field: "rate_label",
    type: "ordinal",
    sort: rateLabels,
    scale: { domain: rateLabels },
    axis: { title: rateTitle, labelAngle: rateLabels.length > 8 ? -45 : 0, labelOverlap: false },
  };
  const largestFirst = [...sizeLabels].reverse();
  const y = {
    field: "size_label",
    type: "ordinal",
    sort: largestFirst,
    scale: { domain: largestFirst },
    axis: { title: sizeTitle, labelOverlap: false },
  };
  const finding = findingOf(data);
  const best = rows.filter((row) => row.best);
  const partly = rows.filter((row) => row.diverged > 0 && row.loss !== null);
  const notes = [
    `Colour: training loss, ${data.meanOf}.`,
    ...(best.length > 0 ? ["Dots: best rate of each size."] : []),
    ...(partly.length > 0 ? ["Crosses: some trials diverged, mean over the others."] : []),
  ];
  return {
    description: `Heat map of the training loss in nats over ${sizeTitle.toLowerCase()} and learning rate, ${rows.length} cells. ${finding}.`,
    title: titled(finding, notes.join(" "), TITLE_WIDTH),
    ...PANEL_SIZE,
    layer: [
      {
        data: { values: lossRows(rows, [...PLACE, "loss"]) },
        mark: { type: "rect" },
        encoding: {
          x,
          y,
          color: {
            field: "loss",
            type: "quantitative",
            scale: { scheme: AREA_SCHEME, reverse: true, zero: false, nice: false },
            legend: { title: "Loss (nats)", gradientLength: 180, tickCount: 5, format: ".1f" },
          },
        },
      },
      ...allDiverged(data, x, y),
      ...marks(lossRows(best, PLACE), "circle", x, y),
      ...marks(lossRows(partly, PLACE), "cross", x, y),
    ],
    resolve: { scale: { color: "independent", fill: "independent" } },
  };
}

/** Grey cells, with a legend of their own: a loss that does not exist has no place on the colour scale of losses. */
function allDiverged({ rows }: GridData, x: SpecPart, y: SpecPart): SpecPart[] {
  const values = rows
    .filter(({ loss }) => loss === null)
    .map((row) => ({ ...fieldsOf(row, PLACE), state: stateOf(row) }));
  if (values.length === 0) return [];
  return [
    {
      data: { values },
      mark: { type: "rect" },
      encoding: {
        x,
        y,
        fill: {
          field: "state",
          type: "nominal",
          scale: { range: [DIVERGED_FILL] },
          legend: { title: null, symbolType: "square", symbolSize: 140 },
        },
      },
    },
  ];
}

/** Marks that are visible on any colour. The subtitle says what they mean. */
function marks(values: readonly unknown[], shape: string, x: SpecPart, y: SpecPart): SpecPart[] {
  if (values.length === 0) return [];
  return [
    {
      data: { values },
      mark: { type: "point", shape, size: 42, fill: "white", stroke: INK, strokeWidth: 1.1, opacity: 1 },
      encoding: { x, y },
    },
  ];
}

function findingOf({ rows, analysis }: GridData): string {
  const found = analysis.bestRates.filter(({ mean }) => mean !== null);
  const [first, ...others] = found;
  if (first === undefined) return `Of ${rows.length} cells none is free of divergence`;
  const best = others.reduce((least, row) => (row.mean! < least.mean! ? row : least), first);
  return `The lowest of ${rows.length} cells is ${formatLoss(best.mean!)} nats, at size ${best.level} and rate ${formatRate(best.best as number)}`;
}
