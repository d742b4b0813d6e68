/** Which data set a study names, and the check of what else it says of it. What the options do is `load.ts` and `shape.ts`. */

import { z } from "zod";

/** Which data set, and where and how it is not the usual one. */
export interface DatasetSpec {
  /** One of `datasetNames`. */
  readonly name: string;
  /** Folder that holds the files; defaults to the folder of that name under the data root. */
  readonly path?: string | undefined;
  /** Pixels a side after preprocessing: 14 (default) or 28, for fashion-mnist only. */
  readonly side?: number | undefined;
  /** Examples that each split must hold, for a subset of cifar or imagenet; defaults to the published numbers. */
  readonly sizes?: Readonly<Record<string, number>> | undefined;
  /** SHA-256 that files supplied by the user must have, by `name/file`; defaults to no demand. */
  readonly checksums?: Readonly<Record<string, string>> | undefined;
}

const schema = z.strictObject({
  name: z.string(),
  path: z.string().min(1).optional(),
  side: z.number().optional(),
  sizes: z.record(z.string(), z.number()).optional(),
  checksums: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/i)).optional(),
});

/** What each option takes, in words that complete "expected …". */
const ALLOWED: Readonly<Record<string, string>> = {
  name: "the name of a data set",
  path: "the path of the folder that holds its files",
  side: "a number of pixels",
  sizes: 'the number of examples by split, such as {"train": 50000}',
  checksums: "SHA-256 sums of 64 hexadecimal digits, by name/file",
};

/** @throws RangeError for an option that does not exist, or does not take such a value */
export function requireValid(spec: DatasetSpec): void {
  const result = schema.safeParse(spec);
  if (result.success) return;
  const issue = result.error.issues[0]!;
  if (issue.code === "unrecognized_keys") {
    throw new RangeError(
      `invalid data set ${spec.name}; it has no option ${short(issue.keys[0])}, known are ${Object.keys(schema.shape).slice(1).join(", ")}`,
    );
  }
  const option = String(issue.path[0]) as keyof DatasetSpec;
  throw new RangeError(
    `invalid ${option} of the data set; expected ${ALLOWED[option]}: ${short(spec[option])}`,
  );
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
