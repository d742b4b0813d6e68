/**
 * The folder of a data set's files: says which are missing, reads them, and takes and checks their SHA-256. What is
 * inside the files is left to their formats.
 */

import { createHash } from "node:crypto";
import { createReadStream, readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { asDatasetError, DatasetError } from "./errors";

export class DataFolder {
  /** SHA-256 of every file read so far, by `name/file`. */
  readonly checksums: Record<string, string> = {};

  /**
   * @param name name of the data set
   * @param path the folder
   * @param origin where the files come from, as a clause for the reader who has to get them
   * @param expected SHA-256 that files must have, by `name/file`
   */
  constructor(
    readonly name: string,
    readonly path: string,
    private readonly origin: string,
    private readonly expected: Readonly<Record<string, string>>,
  ) {}

  /** The path of a file, for a reader that opens it itself and for messages. */
  pathOf(file: string): string {
    return join(this.path, file);
  }

  /** Names of the files in the folder, sorted; none where there is no such folder. */
  list(): string[] {
    try {
      return readdirSync(this.path).sort();
    } catch {
      return [];
    }
  }

  /** @throws DatasetError that names all files that are not there, their source and their place */
  require(files: readonly string[]): void {
    const missing = files.filter((file) => !isFile(this.pathOf(file)));
    if (missing.length > 0) throw this.missing(missing.join(", "));
  }

  /** The error for missing files, described by the caller. */
  missing(what: string): DatasetError {
    return new DatasetError(
      this.path,
      `${this.name} needs ${what}, which ${what.includes(",") ? "are" : "is"} not in this folder; ` +
        `get ${this.origin} and put the files here`,
    );
  }

  /** A whole file, its checksum recorded and checked. */
  async read(file: string): Promise<Buffer> {
    this.require([file]);
    const bytes = await asDatasetError(this.pathOf(file), "the file cannot be read", () =>
      readFile(this.pathOf(file)),
    );
    this.record(file, createHash("sha256").update(bytes).digest("hex"));
    return bytes;
  }

  /** Records and checks the checksum of a file that is too large to be read whole. */
  async hash(file: string): Promise<void> {
    this.require([file]);
    const hash = createHash("sha256");
    await asDatasetError(this.pathOf(file), "the file cannot be read", () =>
      pipeline(createReadStream(this.pathOf(file), { highWaterMark: 2 ** 20 }), hash),
    );
    this.record(file, hash.digest("hex"));
  }

  private record(file: string, sha256: string): void {
    const key = `${this.name}/${file}`;
    const expected = this.expected[key];
    if (expected !== undefined && expected.toLowerCase() !== sha256) {
      throw new DatasetError(
        this.pathOf(file),
        `SHA-256 is ${sha256}, expected ${expected.toLowerCase()}: the file was damaged or replaced; get it again`,
      );
    }
    this.checksums[key] = sha256;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
