/**
 * Import: an archive of strangers becomes a results folder, or leaves nothing behind.
 *
 *     directory ─ metadata ─ unpacking into a draft, every checksum compared ─ results ─ folder
 */

import { createHash, randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { type Manifest, readManifest } from "../sweep/manifest";
import { readResults } from "../sweep/results";
import { METADATA } from "./crate";
import { type DescribedFile, describedFiles } from "./crate-files";
import { ArchiveError, fileError, quoted } from "./errors";
import { type ArchiveLimits, LIMITS } from "./limits";
import { type ZipEntry, ZipReader } from "./zip-reader";

/** Which archive is unpacked, and where to. */
export interface ImportOptions {
  /** The zip file. */
  readonly file: string;
  /** The results folder to be made; there must be none. */
  readonly folder: string;
  /** Ends the import, which then leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
  /** How large the archive may be; defaults to 10,000 files and 1 GiB. */
  readonly limits?: Partial<ArchiveLimits> | undefined;
}

/** The results folder that an archive became. */
export interface ImportSummary {
  readonly folder: string;
  /** Files, the metadata included, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** Name and title of the study. */
  readonly study: string;
  readonly title: string;
  /** Trials that are finished, of those that the study has. */
  readonly finished: number;
  readonly trials: number;
  readonly manifest: Manifest;
  /** What a reader should know of the results. */
  readonly notices: readonly string[];
}

/**
 * Unpacks an archive into a new folder. Each of its files must be described by the archive's metadata and have the length and SHA-256 that stand there, and the
 * whole must be results that this library reads.
 *
 * @throws ArchiveError naming the archive and the entry; nothing is left then
 */
export async function importArchive({ file, folder, signal, limits }: ImportOptions): Promise<ImportSummary> {
  const target = resolve(folder);
  requireAbsent(target, folder);
  const reader = await ZipReader.open(file, { ...LIMITS, ...limits });
  let made: string | undefined; // the first folder above the results that had to be made
  const draft = `${target}.${randomBytes(4).toString("hex")}.importing`;
  try {
    // 1. What should be there, against what is.
    const described = await readMetadata(reader, file, { ...LIMITS, ...limits });
    requireSame(reader.entries, described, file);

    // 2. The files.
    made = mkdirSync(dirname(target), { recursive: true });
    mkdirSync(draft);
    let bytes = 0;
    for (const entry of reader.entries) {
      await unpack(reader, entry, { draft, expected: described.get(entry.name), file, signal });
      bytes += entry.bytes;
    }

    // 3. The results.
    const results = unpackedResults(draft, file);
    requireAbsent(target, folder);
    renameSync(draft, target);
    made = undefined;
    return { folder, files: reader.entries.length, bytes, ...results };
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    throw fileError(error, "write", folder);
  } finally {
    reader.close();
  }
}

function requireAbsent(target: string, folder: string): void {
  try {
    lstatSync(target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw fileError(error, "write", folder);
  }
  throw new ArchiveError(`${folder} exists already; import into a new folder with --out`);
}

async function readMetadata(reader: ZipReader, file: string, { metadataBytes }: ArchiveLimits) {
  const entry = reader.entries.find(({ name }) => name === METADATA);
  if (!entry) {
    throw new ArchiveError(`${file} has no ${METADATA}; ask for an archive made by offcurve export`);
  }
  if (entry.bytes > metadataBytes) {
    throw new ArchiveError(
      `${file}: ${quoted(METADATA)} declares ${entry.bytes} bytes, more than the ${metadataBytes} that are allowed`,
    );
  }
  const pieces: Buffer[] = [];
  for await (const piece of reader.read(entry)) pieces.push(piece);
  return describedFiles(Buffer.concat(pieces).toString("utf8"), `${file}: ${quoted(METADATA)}`);
}

function requireSame(
  entries: readonly ZipEntry[],
  described: ReadonlyMap<string, DescribedFile>,
  file: string,
): void {
  const present = new Set(entries.map(({ name }) => name));
  const missing = [...described.keys()].find((name) => !present.has(name));
  if (missing !== undefined) {
    throw new ArchiveError(
      `${file} lacks ${quoted(missing)}, which its metadata describe; ask for the archive again`,
    );
  }
  for (const { name, bytes } of entries) {
    if (name === METADATA) continue;
    const expected = described.get(name);
    if (!expected)
      throw new ArchiveError(
        `${file} has ${quoted(name)}, which its metadata do not describe; do not trust it`,
      );
    if (expected.bytes !== bytes) {
      throw new ArchiveError(
        `${file}: ${quoted(name)} has ${bytes} bytes where its metadata say ${expected.bytes}; ask for the archive again`,
      );
    }
  }
}

interface Unpacking {
  readonly draft: string;
  /** Undefined for the metadata alone, which cannot hold their own checksum. */
  readonly expected: DescribedFile | undefined;
  readonly file: string;
  readonly signal: AbortSignal | undefined;
}

async function unpack(
  reader: ZipReader,
  entry: ZipEntry,
  { draft, expected, file, signal }: Unpacking,
): Promise<void> {
  const path = join(draft, ...entry.name.split("/"));
  if (!path.startsWith(draft + sep))
    throw new ArchiveError(`${file}: the name ${quoted(entry.name)} leaves the folder`);
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash("sha256");
  const output = await open(path, "wx");
  try {
    for await (const piece of reader.read(entry)) {
      if (signal?.aborted) throw new ArchiveError("interrupted; nothing was imported");
      hash.update(piece);
      await output.writeFile(piece);
    }
  } finally {
    await output.close();
  }
  if (expected && hash.digest("hex") !== expected.sha256) {
    throw new ArchiveError(
      `${file}: ${quoted(entry.name)} does not have the SHA-256 that its metadata say; it was changed or damaged: ask for the archive again`,
    );
  }
}

/** Reads the results as every command does, and words what is wrong by the archive, since the draft will be gone. */
function unpackedResults(draft: string, file: string): Omit<ImportSummary, "folder" | "files" | "bytes"> {
  const reworded = (text: string) => text.replaceAll(draft + sep, `${file}: `).replaceAll(draft, file);
  try {
    const { study, trials, records, notices } = readResults(draft);
    return {
      study: study.name,
      title: study.title,
      finished: records.length,
      trials: trials.length,
      manifest: readManifest(draft),
      notices: notices.map(reworded),
    };
  } catch (error) {
    throw new ArchiveError(reworded((error as Error).message), { cause: error });
  }
}
