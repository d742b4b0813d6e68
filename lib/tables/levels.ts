/**
 * The levels of a grid's factors, and the grid split by them. The cells themselves are `cells.ts`.
 */

import type { FactorValue } from "../sweep/record";
import type { Cell } from "./cells";

/** The distinct values of a factor over the cells, numbers by size, before text by alphabet. */
export function levelsOf(cells: readonly Cell[], factor: string): FactorValue[] {
  const levels = new Set<FactorValue>();
  for (const { factors } of cells) {
    const value = factors[factor];
    if (value !== undefined) levels.add(value);
  }
  return [...levels].sort(compareFactorValues);
}

/** Orders factor values: numbers by size, then text and booleans by alphabet. */
export function compareFactorValues(one: FactorValue, other: FactorValue): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  if (typeof one === "number") return -1;
  if (typeof other === "number") return 1;
  const [left, right] = [String(one), String(other)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A factor's value as text: learning rates as everywhere in the library, with all their digits: `3e-4`, `2.25e-3`. */
export function factorText(factor: string, value: FactorValue): string {
  const isRate = /(^|_)rate$/.test(factor) && typeof value === "number";
  return isRate ? value.toExponential().replace("e+", "e") : String(value);
}

/** Cells that agree in all factors but the named ones, and what they agree in. */
export interface CellGroup {
  readonly shared: Readonly<Record<string, FactorValue>>;
  readonly cells: readonly Cell[];
}

/** The error of asking for the one cell at a place where several are, since another factor than these varies too. */
export function severalCells(cells: readonly Cell[], place: string, within: readonly string[]): Error {
  const names = [...new Set(cells.flatMap(({ factors }) => Object.keys(factors)))];
  const others = names.filter((name) => !within.includes(name) && levelsOf(cells, name).length > 1);
  const [first] = others;
  const remedy =
    first === undefined
      ? "give each cell once"
      : `they differ in ${others.join(" and ")}: take one value of it, such as ${first} ${levelsOf(cells, first)[0]}, or split the cells by tables.groupCells`;
  return new Error(`several cells have ${place}; ${remedy}`);
}

/**
 * Groups the cells so that within a group only the named factors vary: a study over size, rate and batch size gives
 * one group a batch size when asked for size and rate.
 */
export function groupCells(cells: readonly Cell[], varying: readonly string[]): CellGroup[] {
  const groups = new Map<string, { shared: Record<string, FactorValue>; cells: Cell[] }>();
  for (const cell of cells) {
    const shared = Object.entries(cell.factors).filter(([name]) => !varying.includes(name));
    const key = JSON.stringify(shared);
    const group = groups.get(key) ?? { shared: Object.fromEntries(shared), cells: [] };
    group.cells.push(cell);
    groups.set(key, group);
  }
  return [...groups.values()];
}
