/**
 * Marks for cells with diverged trials on the charts that have losses on the y axis: a cross at the top where no
 * trial is left, a square around the mean where it is over the survivors.
 */

import { fieldsOf, type GridRow } from "./grid-data";
import { MUTED, type SpecPart } from "./spec";
import { TELLS } from "./tips";

/** The layers to add. */
export function divergedMarks(
  rows: readonly GridRow[],
  x: SpecPart,
  y: SpecPart,
  top: number,
): readonly SpecPart[] {
  const marks = (marked: readonly GridRow[], shape: string, look: SpecPart): SpecPart => ({
    data: {
      values: marked.map((row) => ({ ...fieldsOf(row, ["size", "rate", "tip"]), loss: row.loss ?? top })),
    },
    mark: { type: "point", shape, color: MUTED, opacity: 1, ...look },
    encoding: { x, y, ...TELLS },
  });
  return [
    marks(rows.filter(isPartly), "square", { size: 60, strokeWidth: 1.4 }),
    marks(rows.filter(isWholly), "cross", { size: 50, filled: true }),
  ];
}

/** What the marks mean, for the subtitle; only of those that there are. */
export function divergedNotes(rows: readonly GridRow[]): string[] {
  return [
    ...(rows.some(isWholly) ? ["Crosses: all trials diverged."] : []),
    ...(rows.some(isPartly) ? ["Squares: some diverged, mean over the others."] : []),
  ];
}

export function isWholly({ loss }: GridRow): boolean {
  return loss === null;
}

export function isPartly({ loss, diverged }: GridRow): boolean {
  return loss !== null && diverged > 0;
}
