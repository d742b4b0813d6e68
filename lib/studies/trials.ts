/** The trials of a study: the points of its grid, each with the id that names it everywhere. */

import { createHash } from "node:crypto";
import { type ConfigField, DEFAULT_CONFIG, type TrialConfig } from "./config";
import type { FactorValue, Study } from "./study";

/** One point of a study's grid: a model to be trained. */
export interface Trial {
  /** First 16 hexadecimal digits of the SHA-256 of everything that determines the result but the engine. */
  readonly id: string;
  /** The point of the grid by factor name; the seed is always one of them. */
  readonly factors: Readonly<Record<string, FactorValue>>;
  readonly config: TrialConfig;
}

/** All trials, in the order of the grid: the first factor changes slowest. */
export function trialsOf(study: Study): Trial[] {
  const { seed = [study.base.seed ?? 0], ...others } = study.factors;
  const factors = Object.entries({ ...others, seed }) as [ConfigField, readonly FactorValue[]][];
  const points = factors.reduce<Record<string, FactorValue>[]>(
    (grid, [name, values]) => grid.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
  return points.map((point) => {
    const config = { ...DEFAULT_CONFIG, ...study.base, ...point } as TrialConfig;
    return { id: trialId(study, config), factors: point, config };
  });
}

/** Hash of everything in a study that bears on results; its name and title do not. */
export function studyHash({ dataset, data_seed, evaluation, base, factors }: Study): string {
  return hash({ dataset, data_seed, evaluation, base, factors });
}

function trialId({ dataset, data_seed, evaluation }: Study, config: TrialConfig): string {
  return hash({ dataset, data_seed, evaluation, config }).slice(0, 16);
}

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value, sortedKeys)).digest("hex");
}

/** A replacer for JSON.stringify that puts the fields of objects in alphabetical order. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
