/**
 * `manifest.json`: what a stranger needs to judge and repeat a run. It is checked when it is read, and manifests of earlier versions are read as well.
 * How it is kept during a run is sitting.ts; its words for readers are provenance.ts.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ResultsError, unreadable } from "./errors";
import { fromFirstFormat } from "./manifest-format-1";

export const MANIFEST = "manifest.json";

/** Raised where a field changes its meaning; new fields alone do not raise it. */
export const MANIFEST_FORMAT = 2;

/** The provenance of a results folder. No field holds the name of a user or a host, or a path outside the project and its data. */
export interface Manifest {
  readonly format: typeof MANIFEST_FORMAT;
  readonly study: string;
  /** SHA-256 of everything in the study that bears on results. */
  readonly study_hash: string;
  /** Trials that the study has. */
  readonly trials: number;
  readonly dataset: {
    readonly name: string;
    readonly licence: string;
    /** SHA-256 of every file that was read, by its path under the data root. */
    readonly sha256: Readonly<Record<string, string>>;
  };
  /** In the order in which they began. */
  readonly sittings: readonly Sitting[];
}

/** One run of the trials that were missing: a study may take several, on other machines or revisions. */
export interface Sitting {
  /** Date and time in UTC, ISO 8601. */
  readonly started: string;
  /** The same; null while it runs, and for ever where it was killed. */
  readonly ended: string | null;
  /** `running` also stands for a sitting that was killed; `unrecorded` for one of an earlier version. */
  readonly outcome: "running" | "completed" | "interrupted" | "failed" | "unrecorded";
  /** Trials that this sitting finished; null where unrecorded, as in the three below. */
  readonly trials: number | null;
  /** Updates of single trials. */
  readonly trial_steps: number | null;
  /** Floating-point operations. */
  readonly flops: number | null;
  /** Wall time, in seconds; of a sitting that was killed, until a few seconds before. */
  readonly seconds: number | null;
  /** Version of this library. */
  readonly offcurve: string;
  readonly source: {
    /** Git commit; null where unknown. */
    readonly revision: string | null;
    /** Files that differed from the commit, by their path in the project. */
    readonly modified_files: readonly string[];
    /** Why there is no revision. */
    readonly reason: string | null;
  };
  /** SHA-256 of package-lock.json. */
  readonly lock_file_sha256: string | null;
  readonly node: string;
  readonly engine: {
    readonly name: string;
    readonly description: string;
    readonly version: string | null;
    readonly settings: Readonly<Record<string, string | number | boolean>>;
    readonly threads: number | null;
  };
  readonly machine: {
    readonly processor: string;
    readonly physical_cores: number | null;
    readonly logical_cores: number | null;
    /** Threads that the process could run at once. */
    readonly available_cores: number;
    readonly memory_bytes: number;
    readonly operating_system: string;
    readonly kernel: string | null;
    readonly architecture: string;
    /** Null where unrecorded. */
    readonly gpus:
      | readonly {
          readonly model: string;
          readonly memory_bytes: number | null;
          readonly driver: string | null;
        }[]
      | null;
  };
}

const text = z.string().min(1).max(10_000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "not a SHA-256 in hexadecimal digits");
const date = z
  .string()
  .refine(
    (value) => /^\d{4}-.*Z$/.test(value) && !Number.isNaN(Date.parse(value)),
    "not a date and time in UTC",
  );
const amount = z.number().min(0);
const whole = z.number().int().min(0);
const cores = z.number().int().positive();

const sittingSchema = z.looseObject({
  started: date,
  ended: date.nullable(),
  outcome: z.enum(["running", "completed", "interrupted", "failed", "unrecorded"]),
  trials: whole.nullable(),
  trial_steps: whole.nullable(),
  flops: amount.nullable(),
  seconds: amount.nullable(),
  offcurve: text,
  source: z.looseObject({
    revision: text.nullable(),
    modified_files: z.array(text),
    reason: text.nullable(),
  }),
  lock_file_sha256: sha256.nullable(),
  node: text,
  engine: z.looseObject({
    name: text,
    description: text,
    version: text.nullable(),
    settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    threads: cores.nullable(),
  }),
  machine: z.looseObject({
    processor: text,
    physical_cores: cores.nullable(),
    logical_cores: cores.nullable(),
    available_cores: cores,
    memory_bytes: amount,
    operating_system: text,
    kernel: text.nullable(),
    architecture: text,
    gpus: z
      .array(z.looseObject({ model: text, memory_bytes: amount.nullable(), driver: text.nullable() }))
      .nullable(),
  }),
});

const manifestSchema: z.ZodType<Manifest> = z.looseObject({
  format: z.literal(MANIFEST_FORMAT),
  study: text,
  study_hash: sha256,
  trials: whole,
  dataset: z.looseObject({ name: text, licence: text, sha256: z.record(z.string(), sha256) }),
  sittings: z.array(sittingSchema).min(1),
});

/**
 * The manifest of a results folder.
 *
 * @throws ResultsError where there is none, or naming the field that is wrong in it
 */
export function readManifest(folder: string): Manifest {
  const manifest = readManifestIfThere(folder);
  if (!manifest) {
    throw new ResultsError(
      `${folder} has no ${MANIFEST}; offcurve run --out ${folder} writes it when it trains trials that are missing`,
    );
  }
  return manifest;
}

/**
 * The same, or undefined where there is none.
 *
 * @throws ResultsError naming the field that is wrong in it
 */
export function readManifestIfThere(folder: string): Manifest | undefined {
  const file = join(folder, MANIFEST);
  let contents: string;
  try {
    contents = readFileSync(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code!)) return undefined;
    throw unreadable(error, file);
  }
  return parseManifest(contents, file);
}

function parseManifest(contents: string, file: string): Manifest {
  const remedy = "restore it from a copy, or delete it to begin a new one without the earlier sittings";
  let value: unknown;
  try {
    value = JSON.parse(contents);
  } catch {
    throw new ResultsError(`${file} is not JSON; ${remedy}`);
  }
  const { format } = (value ?? {}) as { format?: unknown };
  if (typeof format === "number" && format > MANIFEST_FORMAT) {
    throw new ResultsError(
      `${file} has format ${format}, and this version of offcurve reads up to ${MANIFEST_FORMAT}; use the version that wrote it`,
    );
  }
  const result = manifestSchema.safeParse(format === undefined ? fromFirstFormat(value) : value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new ResultsError(
    `${file} is not a manifest (${path.join(".") || "the document"}: ${message}); ${remedy}`,
  );
}
