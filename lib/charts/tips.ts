/**
 * What a mark tells when it is pointed at, and what a screen reader says of it: a heading and a few values with their
 * names, written as they are everywhere else in the library.
 */

import type { Interval } from "../laws/line";
import { formatInterval, formatLoss, formatMiss } from "../laws/wording";
import type { SpecPart } from "./spec";

/** The heading under `title`, values by name; the field `tip` of a row. */
export type Tip = { readonly title: string } & Readonly<Record<string, string>>;

/** The channels of a mark whose rows have a `tip`. */
export const TELLS: SpecPart = {
  tooltip: { field: "tip", type: "nominal" },
  description: { field: "tip.title", type: "nominal" },
};

/** A tip without the values that are absent. */
export function tipOf(title: string, values: Readonly<Record<string, string | null | undefined>> = {}): Tip {
  const present = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return { title, ...Object.fromEntries(present) } as Tip;
}

export function inNats(loss: number | null | undefined): string | undefined {
  return loss === null || loss === undefined ? undefined : `${formatLoss(loss)} nats`;
}

/** @param loss a loss that it is a difference of. */
export function missInNats(miss: number | null | undefined, loss: number): string | undefined {
  return miss === null || miss === undefined ? undefined : `${formatMiss(miss, loss)} nats`;
}

export function intervalInNats(interval: Interval): string {
  return `${formatInterval(interval)} nats`;
}

/** The name of an interval: `95 % interval`. */
export function intervalName({ level }: Interval, kind = "interval"): string {
  return `${Number((level * 100).toPrecision(3))} % ${kind}`;
}

/** How many trials a loss is the mean of: `3`, or `2 of 3, 1 diverged`. */
export function seedCount(completed: number, diverged = 0): string {
  return diverged === 0 ? String(completed) : `${completed} of ${completed + diverged}, ${diverged} diverged`;
}
