/**
 * Export: a results folder as one zip file, an RO-Crate that others can check and import.
 *
 *     files ─ checks ─ metadata ─ zip
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";
import { namesHome } from "../machine/home";
import { writeWhole } from "../sweep/folder";
import { readManifest } from "../sweep/manifest";
import { readResults } from "../sweep/results";
import { counted } from "../sweep/words";
import { type PackedFile, packedFiles, type Sources } from "./contents";
import { crateMetadata, METADATA } from "./crate";
import { fileError } from "./errors";

/** What is packed, and into which file. */
export interface ExportOptions {
  /** The results folder. */
  readonly folder: string;
  /** The zip file to be written; an older one is replaced. */
  readonly file: string;
  /** Folder of the notebooks to pack; defaults to `notebooks` in the results folder, where there is one. */
  readonly notebooks?: string | undefined;
  /** The report to pack; defaults to `report.html` in the results folder, where there is one. */
  readonly report?: string | undefined;
}

/** The archive that was written. */
export interface ExportSummary {
  readonly file: string;
  /** Size and checksum of the zip file. */
  readonly bytes: number;
  readonly sha256: string;
  /** What is in it, besides the metadata. */
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
  /** What the sender should know before passing it on. */
  readonly notices: readonly string[];
}

/**
 * Packs a results folder. The same results give the same bytes; the file appears whole or not at all.
 *
 * @throws ResultsError or ArchiveError where the folder holds no valid results, a file cannot be packed, or the archive cannot be written
 */
export async function exportArchive(options: ExportOptions): Promise<ExportSummary> {
  const { folder, file } = options;
  // 1. The results must be what they seem to be.
  const { study, records, notices } = readResults(folder);
  const manifest = readManifest(folder);

  // 2. The files, each read once, so that checksum and contents agree.
  const sources: Sources = {
    folder,
    notebooks: options.notebooks ?? ifThere(join(folder, "notebooks")),
    report: options.report ?? ifThere(join(folder, "report.html")),
  };
  const files = packedFiles(sources);

  // 3. The archive.
  const metadata = crateMetadata({ study, manifest, finished: records.length, files });
  const zip = await zipped([{ path: METADATA, contents: Buffer.from(metadata) }, ...files]);
  writeWhole(file, zip, (error) => fileError(error, "write", file));
  return {
    file,
    bytes: zip.length,
    sha256: createHash("sha256").update(zip).digest("hex"),
    files: files.map(({ path, contents, sha256 }) => ({ path, bytes: contents.length, sha256 })),
    notices: [...notices, ...noticesOf(files, records.length, manifest.trials, folder)],
  };
}

/**
 * All files have the same time, that the bytes do not depend on when and in which time zone they are packed: the beginning of 1980, in the local
 * time that zip files hold, and the first that they can.
 */
function zipped(files: readonly Pick<PackedFile, "path" | "contents">[]): Promise<Buffer> {
  const mtime = new Date(1980, 0, 1, 0, 0, 0);
  const zip = new ZipFile();
  for (const { path, contents } of files) {
    zip.addBuffer(contents, path, {
      mtime,
      forceDosTimestamp: true,
      mode: 0o100644,
      compressionLevel: 9,
    });
  }
  zip.end();
  return buffer(zip.outputStream);
}

function noticesOf(files: readonly PackedFile[], finished: number, trials: number, folder: string): string[] {
  const has = (test: (path: string) => boolean) => files.some(({ path }) => test(path));
  const lacking = [
    has((path) => path.startsWith("trials.")) ? "" : "tables",
    has((path) => path.startsWith("figures/")) ? "" : "figures",
    has((path) => path.startsWith("notebooks/")) ? "" : "notebooks",
    has((path) => path === "report.html") ? "" : "report",
  ].filter(Boolean);
  return [
    ...(finished < trials
      ? [`${finished} of ${counted(trials, "trial")} are finished: the archive says so`]
      : []),
    ...(lacking.length > 0 ? [`${folder} has no ${lacking.join(", no ")} to pack`] : []),
    // Notebooks keep what their cells printed, and a study may name the folder of its data: either may tell who ran it.
    ...files
      .filter(({ contents }) => namesHome(contents))
      .map(
        ({ path }) => `${path} holds the path of your home folder; look at it before you pass the archive on`,
      ),
  ];
}

function ifThere(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}
