/** What measuring a grid gives: a value, or what keeps it from being measured. */

import { mean } from "simple-statistics";
import type { SizeLosses } from "../laws/fit";
import type { Hindrance, Obstacle } from "./source";

/** A statistic of a grid, or what keeps it from being measured. */
export type Measured =
  | {
      readonly value: number;
      /** `at_least` or `at_most` where a best rate on the edge of the grid makes the value a bound. */
      readonly bound: "exact" | "at_least" | "at_most";
      /** What the value is made of, in words. */
      readonly detail: string;
    }
  | Hindrance;

export const exact = (value: number, detail: string): Measured => ({ value, bound: "exact", detail });
export const hindered = (obstacle: Obstacle, sentence: string): Hindrance => ({ obstacle, sentence });

export function meanLoss({ losses }: SizeLosses): number {
  return mean([...losses]);
}

export function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(mean(values.map((value) => value ** 2)));
}
