/** A study as it is declared, and how a declaration is checked at the door. The trials that follow are `trials.ts`. */

import { z } from "zod";
import { CONFIG_FIELDS, type ConfigField, DEFAULT_CONFIG, type TrialConfig } from "./config";

/** The value of a swept quantity: a number (hidden size, learning rate, seed) or a name (schedule, activation). */
export type FactorValue = number | string | boolean;

/** Which data set, and where and how it is not the usual one; what else it may hold is up to the data set. */
export interface DatasetSpec {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** What every finished trial is measured on. */
export interface Evaluation {
  /** Held-out split that every finished trial is measured on. */
  readonly split: string;
  /** Number of its examples. */
  readonly examples: number;
}

/** A checked study, complete with its defaults. */
export interface Study {
  /** Lower-case letters, digits and hyphens: it names the results folder. */
  readonly name: string;
  readonly title: string;
  readonly dataset: DatasetSpec;
  /** Key of the order or augmentation of the data, shared by all trials. */
  readonly data_seed: number;
  readonly evaluation: Evaluation;
  /** What all trials share; a field left out has its default. */
  readonly base: Partial<TrialConfig>;
  /** The grid: every combination of these values of configuration fields is a trial, the seeds included. */
  readonly factors: Readonly<Partial<Record<ConfigField, readonly FactorValue[]>>>;
}

/** A declared study that is not one. */
export class StudyError extends Error {
  override readonly name = "StudyError";
}

/** Trials that a study may have: their ledger, of 1.5 kB a trial, is read as one text. */
export const MOST_TRIALS = 100_000;

const CONFIG_NAMES = Object.keys(CONFIG_FIELDS) as ConfigField[];

const shape = (wrap: (schema: z.ZodType) => z.ZodType) =>
  Object.fromEntries(CONFIG_NAMES.map((name) => [name, wrap(CONFIG_FIELDS[name].schema).optional()]));

const studySchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  title: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]*$/u) // they would command a terminal, or turn its text round
    .optional(),
  dataset: z.looseObject({ name: z.string().min(1) }),
  data_seed: CONFIG_FIELDS.seed.schema.optional(),
  evaluation: z
    .strictObject({
      split: z.string().min(1).optional(),
      examples: z.number().int().min(1).max(10_000_000).optional(),
    })
    .optional(),
  base: z.strictObject(shape((schema) => schema)).optional(),
  factors: z.strictObject(shape((schema) => z.array(schema).min(1))),
});

/** What the fields outside the trial's configuration take. */
const ALLOWED: Readonly<Record<string, string>> = {
  name: "up to 64 lower-case letters, digits and hyphens",
  title: "1 to 200 characters in one line",
  dataset: 'an object with a name, such as {"name": "kanji-1000"}',
  "dataset.name": "the name of a data set, such as kanji-1000",
  data_seed: CONFIG_FIELDS.seed.allowed,
  evaluation: "an object with split and examples",
  "evaluation.split": 'the name of a held-out split, such as "test"',
  "evaluation.examples": "an integer from 1 to 10000000",
  base: "an object of configuration fields",
  factors: "an object that gives each swept field its list of values",
};

/**
 * Checks a declaration and completes it with the defaults.
 *
 * @param declared a parsed JSON document
 * @param source where it came from, for messages; the study's own name unless given
 * @throws StudyError naming the field, its value and what is allowed
 */
export function parseStudy(declared: unknown, source = nameIn(declared)): Study {
  const result = studySchema.safeParse(declared);
  if (!result.success) throw new StudyError(`${source}: ${explained(result.error.issues[0]!, declared)}`);
  const { name, title, dataset, data_seed, evaluation, base, factors } = result.data;
  const study: Study = {
    name,
    title: title ?? name,
    dataset,
    data_seed: (data_seed as number | undefined) ?? 0,
    evaluation: { split: evaluation?.split ?? "test", examples: evaluation?.examples ?? 4096 },
    base: (base ?? {}) as Study["base"],
    factors: inOrderOf((declared as { factors: object }).factors, factors as Study["factors"]),
  };
  requireConsistent(study, source);
  return study;
}

/** How messages call a declaration that came from no file. */
function nameIn(declared: unknown): string {
  const name = (declared as { readonly name?: unknown } | null | undefined)?.name;
  return typeof name === "string" && name.length <= 64 ? `study ${name}` : "study";
}

/** The values that a field takes in the study. */
export function valuesOf<Name extends ConfigField>(study: Study, field: Name): readonly TrialConfig[Name][] {
  const swept = study.factors[field] as readonly TrialConfig[Name][] | undefined;
  if (swept) return swept;
  const fixed = { ...DEFAULT_CONFIG, ...study.base }[field] as TrialConfig[Name] | undefined;
  return fixed === undefined ? [] : [fixed];
}

/** The checked fields in the order in which they were declared, which is the order of the grid. */
function inOrderOf<T extends object>(declared: object, checked: T): T {
  return Object.fromEntries(Object.keys(declared).map((key) => [key, checked[key as keyof T]])) as T;
}

function requireConsistent(study: Study, source: string): void {
  requirePossible(study, source);
  for (const name of CONFIG_NAMES) {
    const values = study.factors[name];
    if (values && name in study.base) {
      throw new StudyError(`${source}: ${name} is in both base and factors; keep it in one of them`);
    }
    const seen = new Set<FactorValue>();
    const repeated = values?.find((value) => seen.size === seen.add(value).size);
    if (repeated !== undefined) {
      throw new StudyError(
        `${source}: factors.${name} lists ${JSON.stringify(repeated)} twice; list each value once`,
      );
    }
  }
  for (const name of ["hidden_size", "learning_rate"] as const) {
    if (valuesOf(study, name).length === 0) {
      throw new StudyError(
        `${source}: ${name} is missing; give it in base or in factors as ${CONFIG_FIELDS[name].allowed}`,
      );
    }
  }
  const warmup = Math.max(...valuesOf(study, "warmup_updates"));
  const shortest = Math.min(...valuesOf(study, "updates"));
  if (warmup >= shortest) {
    throw new StudyError(
      `${source}: warmup_updates is ${warmup}, which leaves nothing of ${shortest} updates; make it smaller`,
    );
  }
}

/** Asked before a single trial is made. */
function requirePossible({ factors }: Study, source: string): void {
  const lengths = Object.values(factors).map((values) => values.length);
  const trials = lengths.reduce((product, length) => product * length, 1);
  if (trials <= MOST_TRIALS) return;
  const text = (count: number) => count.toLocaleString("en");
  throw new StudyError(
    `${source}: ${lengths.map(text).join(" × ")} values make ${text(trials)} trials, and a study can have ${text(MOST_TRIALS)}; shorten the lists, or split it into several studies`,
  );
}

function explained(issue: z.core.$ZodIssue, declared: unknown): string {
  const path = issue.path.map(String);
  const at = path.reduce(
    (text, key) => (/^\d+$/.test(key) ? `${text}[${key}]` : text ? `${text}.${key}` : key),
    "",
  );
  if (issue.code === "unrecognized_keys") {
    const names =
      path.length === 0
        ? Object.keys(studySchema.shape)
        : path[0] === "evaluation"
          ? ["split", "examples"]
          : CONFIG_NAMES;
    return `${at ? `${at} has` : "the study has"} an unknown field ${shortened(issue.keys[0]!)}; known are ${names.join(", ")}`;
  }
  const value = path.reduce<unknown>(
    (found, key) => (found as Record<string, unknown> | undefined)?.[key],
    declared,
  );
  const field = path[1] as ConfigField | undefined;
  const allowed =
    path.length === 0
      ? "an object"
      : path[0] === "base" && field
        ? CONFIG_FIELDS[field].allowed
        : path[0] === "factors" && field
          ? path.length === 2
            ? `a list of one or more values, each ${CONFIG_FIELDS[field].allowed}`
            : CONFIG_FIELDS[field].allowed
          : (ALLOWED[at] ?? issue.message);
  if (value === undefined) return `${at || "the study"} is missing; expected ${allowed}`;
  return `${at || "the study"} is ${preview(value)}; expected ${allowed}`;
}

function preview(value: unknown): string {
  return shortened(JSON.stringify(value) ?? String(value));
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
