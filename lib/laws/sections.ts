/**
 * Sections through a grid of sizes and learning rates: the losses by size at one rate, and at the best rate of each
 * size. Laws are fitted to such sections.
 */

import { bestValues } from "../tables/best";
import type { Cell } from "../tables/cells";
import { levelsOf, severalCells } from "../tables/levels";
import type { SizeLosses } from "./fit";
import { formatList, formatRate } from "./wording";

/** The names of the two factors of the grid. */
export interface GridFactors {
  /** The factor that is the size; `hidden_size` unless given. */
  readonly size?: string;
  /** The factor that is the learning rate; `learning_rate` unless given. */
  readonly rate?: string;
}

/** The losses by size, ascending, and what a reader must know of them. */
export interface Section {
  readonly points: readonly SizeLosses[];
  /** Sizes that have no loss here, and why; cells whose mean is over survivors. */
  readonly notices: readonly string[];
}

/** The sizes and learning rates of a grid, ascending. */
export function gridAxes(
  cells: readonly Cell[],
  factors: GridFactors = {},
): { sizes: number[]; rates: number[] } {
  const numbers = (name: string) =>
    levelsOf(cells, name).map((level) => {
      if (typeof level === "number" && level > 0) return level;
      throw new Error(
        `factor "${name}" must be a positive number to fit a law, got ${JSON.stringify(level)}`,
      );
    });
  return { sizes: numbers(factors.size ?? "hidden_size"), rates: numbers(factors.rate ?? "learning_rate") };
}

/** The section at one learning rate. A cell with diverged trials counts with the mean of those that did not. */
export function sectionAtRate(cells: readonly Cell[], rate: number, factors: GridFactors = {}): Section {
  const { size: sizeName = "hidden_size", rate: rateName = "learning_rate" } = factors;
  const points: SizeLosses[] = [];
  const notices: string[] = [];
  const atRate = cells.filter((cell) => cell.factors[rateName] === rate);
  for (const size of gridAxes(cells, factors).sizes) {
    const found = atRate.filter((cell) => cell.factors[sizeName] === size);
    if (found.length > 1) {
      throw severalCells(found, `size ${size} and rate ${rate}`, [sizeName, rateName]);
    }
    const cell = found[0];
    const where = `size ${size} at rate ${formatRate(rate)}`;
    if (cell === undefined) notices.push(`${where} has not been run`);
    else if (cell.mean === null)
      notices.push(
        `${where}: ${cell.diverged === 1 ? "its only trial" : `all ${cell.diverged} trials`} diverged`,
      );
    else {
      points.push({ size, losses: cell.values });
      if (cell.diverged > 0) {
        const trials = cell.count + cell.diverged;
        notices.push(`${where}: ${cell.diverged} of ${trials} trials diverged; its mean is over the others`);
      }
    }
  }
  return { points, notices };
}

/** The section through the best cell of each size: the loss of a model whose learning rate is tuned. */
export function bestCaseSection(cells: readonly Cell[], factors: GridFactors = {}): Section {
  const { size: sizeName = "hidden_size", rate: rateName = "learning_rate" } = factors;
  const points: SizeLosses[] = [];
  const notices: string[] = [];
  const bests = bestValues(cells, rateName, sizeName);
  for (const { level, best } of bests) {
    const cell = cells.find(({ factors: at }) => at[sizeName] === level && at[rateName] === best);
    if (cell === undefined) notices.push(`size ${level}: at every rate some trial diverged`);
    else points.push({ size: level as number, losses: cell.values });
  }
  const atEdge = bests.filter(({ edge, best, tried }) => edge !== "none" && best !== null && tried > 1);
  if (atEdge.length > 0) {
    const sizes = `${atEdge.length === 1 ? "size" : "sizes"} ${formatList(atEdge.map(({ level }) => String(level)))}`;
    notices.push(
      `the best rate is the lowest or highest that was tried at ${sizes}: a better one may lie beyond, and the loss there be lower`,
    );
  }
  return { points, notices };
}
