/**
 * The ledger: the append-only file of finished trials, one JSON line each. A line counts once its newline is on
 * the disk, so a process that is killed loses no finished trial and leaves at most one torn line, at the end.
 */

import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { ResultsError, resultsError, unreadable } from "./errors";
import type { TrialRecord } from "./record";

export const LEDGER = "ledger.jsonl";

const common = {
  id: z.string().regex(/^[0-9a-f]{16}$/),
  factors: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  curve: z.array(z.tuple([z.number().int().positive(), z.number()])),
  engine: z.string().min(1),
  seconds: z.number().min(0),
};

/** Checks a line of the ledger. */
const recordSchema: z.ZodType<TrialRecord> = z.discriminatedUnion("status", [
  z.strictObject({
    ...common,
    status: z.literal("completed"),
    loss: z.number(),
    test_loss: z.number(),
    test_accuracy: z.number().min(0).max(1),
    plateau: z.boolean(),
  }),
  z.strictObject({ ...common, status: z.literal("diverged"), diverged_at: z.number().int().positive() }),
]);

/** What a ledger holds, line by line. */
export interface LedgerContents {
  /** Finished trials in the order in which they finished. */
  readonly records: TrialRecord[];
  /** The line of each, counted from 1, by its trial's id. */
  readonly lines: ReadonlyMap<string, number>;
  /** What a reader should know, such as a torn last line that was dropped. */
  readonly notices: string[];
}

/**
 * Reads the ledger of a results folder alone; no ledger yet is an empty one. Whether its trials are those of the folder's study is
 * asked by `readResults`.
 *
 * @throws ResultsError naming the file and line where a complete line is not a trial, or is one that another line contradicts
 */
export function readLedger(folder: string): LedgerContents {
  const file = join(folder, LEDGER);
  const text = readIfThere(file);
  const end = text.lastIndexOf("\n") + 1;
  const notices =
    end < text.length ? [`${file}: dropped a torn last line; the trial it belongs to will run again`] : [];
  const records = new Map<string, TrialRecord>();
  const lines = new Map<string, number>();
  text
    .slice(0, end)
    .split("\n")
    .slice(0, -1)
    .forEach((line, i) => {
      const record = parseLine(line, `${file}:${i + 1}`);
      const earlier = records.get(record.id);
      if (earlier) {
        const first = lines.get(record.id)!;
        requireSameResult(earlier, record, `${file}: lines ${first} and ${i + 1}`);
        notices.push(`${file}:${i + 1}: left out, since line ${first} is of the same trial, ${record.id}`);
      } else {
        records.set(record.id, record);
        lines.set(record.id, i + 1);
      }
    });
  return { records: [...records.values()], lines, notices };
}

/** Appends to the ledger of a results folder that this process has locked. */
export class LedgerWriter {
  private readonly file: string;
  private readonly descriptor: number;
  /** Bytes of complete lines: where the next one goes, and where to cut back to after a failed write. */
  private length: number;

  /** Cuts off a torn last line, if there is one. */
  constructor(folder: string) {
    this.file = join(folder, LEDGER);
    try {
      this.descriptor = openSync(this.file, "a");
      const contents = readFileSync(this.file);
      this.length = contents.lastIndexOf(0x0a) + 1;
      if (this.length < contents.length) ftruncateSync(this.descriptor, this.length);
    } catch (error) {
      throw resultsError(error, this.file);
    }
  }

  /** Writes the lines and waits until they are on the disk: all of them, or none. */
  append(records: readonly TrialRecord[]): void {
    const lines = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    try {
      for (let written = 0; written < lines.length; ) written += writeSync(this.descriptor, lines, written);
      fsyncSync(this.descriptor);
      this.length += lines.length;
    } catch (error) {
      if (fstatSync(this.descriptor).isFile()) ftruncateSync(this.descriptor, this.length);
      throw resultsError(error, this.file);
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** A trial has one result, whoever trains it; only the time that it took is another. */
function requireSameResult(one: TrialRecord, other: TrialRecord, place: string): void {
  if (isDeepStrictEqual({ ...one, seconds: 0 }, { ...other, seconds: 0 })) return;
  throw new ResultsError(
    `${place} give different results for the same trial, ${one.id}; delete the wrong one, or both to run the trial again`,
  );
}

function parseLine(line: string, place: string): TrialRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ResultsError(
      `${place} is not JSON; restore the ledger from a copy, or delete the line to run its trial again`,
    );
  }
  const result = recordSchema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new ResultsError(
    `${place} is not a trial (${path.join(".") || "the line"}: ${message}); delete the line to run its trial again`,
  );
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code!)) return "";
    throw unreadable(error, file);
  }
}
