/**
 * The names of lines, written at one of their ends in place of a legend: moved apart where they would overlap, each
 * tied to its line by a stroke of the line's colour.
 */

import * as vega from "vega";
import { ALONE, INK, type SpecPart } from "./spec";
import { textWidth } from "./text-width";

/** The letters of names. */
const NAME_SIZE = 10.5;

/** Pixels from one name to the next, from a line to its stroke, and from there to its name. */
const ROW = 12;
const STROKE = { from: 3, to: 13 } as const;
const TEXT_AT = 16;

/** A blue that turns into an orange by way of red, each of 3.5 to 1 or more on white and on dark grounds. */
const RAMP = ["#3a6fd8", "#7a63d2", "#a855b5", "#c44d86", "#cf5a50", "#c7701f"];

/** The end of a line that is to be named. */
export interface LineEnd {
  readonly name: string;
  readonly color: string;
  /** Place of the end on the x axis. */
  readonly x: number;
  readonly loss: number;
}

export interface NamePlace {
  /** Field and channel of the x axis. */
  readonly x: SpecPart;
  readonly y: SpecPart;
  /** Domain of the losses. */
  readonly domain: readonly [number, number];
  readonly side: "left" | "right";
  /** Pixels that stay free between the ends and their names; 0 unless given. */
  readonly offset?: number;
  /** Letters of the names, and height of the plot, in pixels; those of the figures in notebooks unless given. */
  readonly fontSize?: number;
  readonly height?: number;
}

/** Exported by Vega, but missing from its types. */
const { interpolateColors } = vega as unknown as {
  readonly interpolateColors: (colors: readonly string[], space: "lab") => (share: number) => string;
};

/** The colours of ordered lines, the first blue and the last orange. */
export function lineColors(count: number): string[] {
  const at = interpolateColors(RAMP, "lab");
  return Array.from({ length: count }, (_, i) => hex(at(count === 1 ? 0 : i / (count - 1))));
}

/** Pixels that the names need beside the lines. */
export function nameWidth(names: readonly string[]): number {
  return TEXT_AT + Math.max(0, ...names.map((name) => NAME_SIZE * textWidth(name, false)));
}

/**
 * The names as layers. Ends at one place share a column; where there are more than fit, every second, third … is
 * named, the last one always.
 */
export function lineNames(ends: readonly LineEnd[], place: NamePlace): SpecPart[] {
  const { x, y, domain, side, offset = 0, fontSize = NAME_SIZE, height = ALONE.height } = place;
  const row = (ROW * fontSize) / NAME_SIZE;
  const columns = new Map<number, LineEnd[]>();
  for (const end of ends) columns.set(end.x, [...(columns.get(end.x) ?? []), end]);
  const perNat = height / (domain[1] - domain[0]);
  const field = x.field as string;
  const rows = [...columns.values()].flatMap((column) => {
    const named = fitting(column, Math.floor(height / row)).sort((one, other) => other.loss - one.loss);
    const at = movedApart(
      named.map(({ loss }) => (domain[1] - loss) * perNat),
      row,
      height,
    );
    return named.map((end, i) => ({
      [field]: end.x,
      loss: end.loss,
      at: Number((domain[1] - at[i]! / perNat).toPrecision(6)),
      name: end.name,
      color: end.color,
    }));
  });
  const sign = side === "right" ? 1 : -1;
  return [
    {
      data: { values: rows },
      mark: {
        type: "rule",
        strokeWidth: 1.6,
        xOffset: sign * (offset + STROKE.from),
        x2Offset: sign * (offset + STROKE.to),
      },
      encoding: {
        x,
        x2: { field },
        y,
        y2: { field: "at" },
        color: { field: "color", type: "nominal", scale: null },
      },
    },
    {
      data: { values: rows },
      mark: {
        type: "text",
        align: side === "right" ? "left" : "right",
        dx: sign * (offset + TEXT_AT),
        fontSize,
        color: INK,
      },
      encoding: { x, y: { ...y, field: "at" }, text: { field: "name" } },
    },
  ];
}

function fitting(column: readonly LineEnd[], most: number): LineEnd[] {
  const step = Math.ceil(column.length / most);
  return column.filter((_, i) => (column.length - 1 - i) % step === 0);
}

/**
 * Places at least a row apart, in the given ascending order and as close to the wanted ones as that allows: least
 * squares, by pooling neighbours that would come too close (Barlow et al. 1972). All stay within the plot where they fit.
 */
export function movedApart(wanted: readonly number[], row: number, height: number): number[] {
  const pools: { sum: number; count: number }[] = [];
  for (const [i, place] of wanted.entries()) {
    let pool = { sum: place - i * row, count: 1 };
    for (
      let last = pools.at(-1);
      last && last.sum / last.count > pool.sum / pool.count;
      last = pools.at(-1)
    ) {
      pools.pop();
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count };
    }
    pools.push(pool);
  }
  const most = height - (wanted.length - 1) * row;
  const base = pools.flatMap(({ sum, count }) => Array<number>(count).fill(sum / count));
  return base.map((place, i) => Math.min(Math.max(place, 0), Math.max(0, most)) + i * row);
}

function hex(rgb: string): string {
  const parts = rgb.match(/\d+/g)!.map(Number);
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
