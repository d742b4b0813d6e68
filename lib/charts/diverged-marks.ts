/**
 * Marks for cells with diverged trials on the charts that have losses on the y axis: a cross at the top where no
 * trial is left, a cross on the mean where it is over the survivors.
 */

import { fieldsOf, type GridRow } from "./grid-data";
import { MUTED, type SpecPart } from "./spec";

const ALL = "all trials diverged";
const SOME = "some trials diverged";

/** The layers to add; none where no trial diverged, so that the legend names only what is seen. */
export function divergedMarks(
  rows: readonly GridRow[],
  x: SpecPart,
  y: SpecPart,
  top: number,
): readonly SpecPart[] {
  const marked = rows.filter(({ diverged }) => diverged > 0);
  if (marked.length === 0) return [];
  const states = [SOME, ALL].filter((state) => marked.some((row) => stateOf(row) === state));
  return [
    {
      data: {
        values: marked.map((row) => ({
          ...fieldsOf(row, ["size", "rate"]),
          loss: row.loss ?? top,
          state: stateOf(row),
        })),
      },
      mark: { type: "point", size: 45, strokeWidth: 1.4, color: MUTED, opacity: 1 },
      encoding: { x, y, shape: divergedShapes(states) },
    },
  ];
}

/** In words, what became of a cell with diverged trials. */
export function stateOf({ loss }: GridRow): string {
  return loss === null ? ALL : SOME;
}

function divergedShapes(states: readonly string[]): SpecPart {
  return {
    field: "state",
    type: "nominal",
    scale: { domain: states, range: states.map((state) => (state === ALL ? "cross" : "square")) },
    legend: { title: null, symbolStrokeColor: MUTED },
  };
}
