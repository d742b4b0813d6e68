/**
 * Reading a zip file that a stranger wrote. Its directory is checked whole before anything is unpacked, and what is unpacked is held to what the
 * directory declares. Whether the files are the right ones is import.ts.
 */

import { statSync } from "node:fs";
import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { ArchiveError, fileError, quoted } from "./errors";
import type { ArchiveLimits } from "./limits";
import { collisionOf, nameProblem } from "./names";

/** A file in a zip file, checked to have a harmless name. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes that it declares to have, unpacked. */
  readonly bytes: number;
  readonly entry: Entry;
}

const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
const UTF8_NAME = 0x800;

/** Extra field by which some programs take another name than the entry's own. */
const UNICODE_PATH = 0x7075;

const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;
const FOLDER = 0o040000;

/** A pipe would keep the reader waiting; a folder is named by the attempt to read it. */
function requireRegular(file: string): void {
  const status = statSync(file);
  if (!status.isFile() && !status.isDirectory()) {
    throw new ArchiveError(`cannot read ${file}: it is not a regular file`);
  }
}

export class ZipReader {
  private constructor(
    private readonly file: string,
    private readonly zip: ZipFile,
    /** In the order in which the archive lists them; folders are left out. */
    readonly entries: readonly ZipEntry[],
  ) {}

  /**
   * Opens a zip file and checks its directory.
   *
   * @throws ArchiveError naming the archive and the entry
   */
  static async open(file: string, limits: ArchiveLimits): Promise<ZipReader> {
    let zip: ZipFile;
    try {
      requireRegular(file);
      zip = await openPromise(file, { autoClose: false, lazyEntries: true, decodeStrings: false });
    } catch (error) {
      if (error instanceof ArchiveError || (error as NodeJS.ErrnoException).code)
        throw fileError(error, "read", file);
      throw damaged(file, error);
    }
    zip.on("error", () => undefined); // it comes to whoever waits for an entry as well
    try {
      const entries = await checkedEntries(file, zip, limits);
      await requireApart(file, zip, entries);
      return new ZipReader(file, zip, entries);
    } catch (error) {
      zip.close();
      throw error;
    }
  }

  /**
   * Unpacks an entry piece by piece.
   *
   * @throws ArchiveError where it is damaged, or not as long as it declares
   */
  async *read({ name, bytes, entry }: ZipEntry): AsyncGenerator<Buffer> {
    let length = 0;
    let checksum = 0;
    let stream: Readable | undefined;
    try {
      stream = await this.zip.openReadStreamPromise(entry);
      for await (const piece of stream as AsyncIterable<Buffer>) {
        length += piece.length;
        if (length > bytes) break;
        checksum = crc32(piece, checksum);
        yield piece;
      }
    } catch (error) {
      if (error instanceof ArchiveError) throw error;
      throw damaged(`${this.file}: ${quoted(name)}`, error);
    } finally {
      stream?.destroy();
    }
    if (length !== bytes || checksum !== entry.crc32) {
      throw damaged(
        `${this.file}: ${quoted(name)}`,
        new Error("its length or checksum is not the declared one"),
      );
    }
  }

  close(): void {
    this.zip.close();
  }
}

async function checkedEntries(file: string, zip: ZipFile, limits: ArchiveLimits): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  let bytes = 0;
  if (zip.entryCount > limits.files) {
    throw new ArchiveError(
      `${file} declares ${zip.entryCount} files, more than the ${limits.files} that are allowed`,
    );
  }
  try {
    for await (const entry of zip.eachEntry()) {
      const { name, isFolder } = checkedName(file, entry);
      requireReadable(file, name, entry);
      if (isFolder) continue;
      bytes += entry.uncompressedSize;
      if (bytes > limits.bytes) {
        throw new ArchiveError(
          `${file} declares more than the ${limits.bytes} bytes that are allowed, at ${quoted(name)}`,
        );
      }
      entries.push({ name, bytes: entry.uncompressedSize, entry });
    }
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    throw damaged(file, error);
  }
  const collision = collisionOf(entries.map(({ name }) => name));
  if (collision) {
    throw new ArchiveError(
      `${file} has ${quoted(collision[0])} and ${quoted(collision[1])}, which some systems take for the same file`,
    );
  }
  return entries;
}

function checkedName(file: string, entry: Entry): { name: string; isFolder: boolean } {
  const raw = entry.fileName as unknown as Buffer; // as the option decodeStrings has it
  let name: string;
  try {
    name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw new ArchiveError(`${file}: the name ${quoted(raw.toString("latin1"))} is not in UTF-8`);
  }
  const isAscii = raw.every((byte) => byte < 0x80);
  if (!isAscii && (entry.generalPurposeBitFlag & UTF8_NAME) === 0) {
    throw new ArchiveError(`${file}: the name ${quoted(name)} is not declared to be in UTF-8`);
  }
  if (entry.extraFields.some(({ id }) => id === UNICODE_PATH)) {
    throw new ArchiveError(`${file}: the entry ${quoted(name)} has another name as well`);
  }
  const isFolder = name.endsWith("/") && name.length > 1;
  const problem = nameProblem(isFolder ? name.slice(0, -1) : name);
  if (problem) throw new ArchiveError(`${file}: the name ${quoted(name)} ${problem}`);
  return { name, isFolder };
}

function requireReadable(file: string, name: string, entry: Entry): void {
  const place = `${file}: ${quoted(name)}`;
  const kind = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
  const expected = name.endsWith("/") ? FOLDER : REGULAR;
  if (kind !== 0 && kind !== expected) {
    throw new ArchiveError(`${place} is a link or another special file, and only regular files are imported`);
  }
  if (name.endsWith("/") && entry.uncompressedSize > 0)
    throw new ArchiveError(`${place} is a folder with contents`);
  if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) {
    throw new ArchiveError(`${place} is encrypted; ask for an archive that is not`);
  }
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    throw new ArchiveError(
      `${place} is compressed by method ${entry.compressionMethod}; only deflate is read`,
    );
  }
}

/** Entries that share bytes unpack to far more than the archive holds, and those with two names are read differently by different programs. */
async function requireApart(file: string, zip: ZipFile, entries: readonly ZipEntry[]): Promise<void> {
  const spans: { name: string; start: number; end: number }[] = [];
  for (const { name, entry } of entries) {
    const header = await zip.readLocalFileHeaderPromise(entry).catch((error) => {
      throw damaged(`${file}: ${quoted(name)}`, error);
    });
    if (!header.fileName.equals(entry.fileName as unknown as Buffer)) {
      throw new ArchiveError(`${file}: ${quoted(name)} has another name where its contents stand`);
    }
    const end = header.fileDataStart + entry.compressedSize;
    if (end > zip.fileSize)
      throw damaged(`${file}: ${quoted(name)}`, new Error("it goes past the end of the archive"));
    spans.push({ name, start: entry.relativeOffsetOfLocalHeader, end });
  }
  spans.sort((a, b) => a.start - b.start);
  spans.forEach(({ name, start }, i) => {
    const before = spans[i - 1];
    if (before && start < before.end) {
      throw new ArchiveError(`${file}: ${quoted(before.name)} and ${quoted(name)} share their contents`);
    }
  });
}

function damaged(place: string, error: unknown): ArchiveError {
  const reason = (error as Error).message.replace(/\.+$/, "");
  return new ArchiveError(`${place} is damaged or no zip file (${reason}); ask for it again`, {
    cause: error,
  });
}
