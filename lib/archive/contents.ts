/**
 * Which files of a results folder are packed, and their contents at one moment. A list of what belongs in, never all that lies there: locks, drafts and
 * checkpoints stay out, and so does everything that a link leads to outside the folder.
 */

import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from "node:fs";
import { extname, join, sep } from "node:path";
import { notebooksIn } from "../jupyter/reading-order";
import { ArchiveError, fileError, quoted } from "./errors";
import { LIMITS } from "./limits";
import { collisionOf, nameProblem } from "./names";

/** A file as it is packed. */
export interface PackedFile {
  /** Its path in the archive, `/` between the parts. */
  readonly path: string;
  readonly contents: Buffer;
  /** In hexadecimal digits. */
  readonly sha256: string;
  readonly mediaType: string;
}

export interface Sources {
  /** The results folder. */
  readonly folder: string;
  /** Folder of the notebooks; none are packed where undefined. */
  readonly notebooks?: string | undefined;
  /** The report; none is packed where undefined. */
  readonly report?: string | undefined;
}

/** Without these there are no results. */
const REQUIRED = ["study.json", "manifest.json", "ledger.jsonl"];

const OPTIONAL = ["trials.csv", "trials.parquet"];

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".csv": "text/csv",
  ".html": "text/html",
  ".ipynb": "application/x-ipynb+json",
  ".json": "application/json",
  ".jsonl": "application/jsonl",
  ".parquet": "application/vnd.apache.parquet",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

/** What a folder of figures may hold. */
const FIGURES = [".json", ".pdf", ".png", ".svg"];

/**
 * Reads the files to be packed, in the order of their paths.
 *
 * @throws ArchiveError where one is missing, cannot be read, lies behind a link that leaves its folder, or has a name that not every system can have
 */
export function packedFiles({ folder, notebooks, report }: Sources): PackedFile[] {
  const files = [
    ...REQUIRED.map((name) => packed(folder, name, name)),
    ...OPTIONAL.filter((name) => existsSync(join(folder, name))).map((name) => packed(folder, name, name)),
    ...(existsSync(join(folder, "figures")) ? namesIn(join(folder, "figures"), FIGURES) : []).map((name) =>
      packed(folder, `figures/${name}`, `figures/${name}`),
    ),
    ...(notebooks === undefined
      ? []
      : notebookNames(notebooks).map((name) => packed(notebooks, name, `notebooks/${name}`))),
    ...(report === undefined ? [] : [packed(undefined, report, "report.html")]),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  requirePortable(files.map(({ path }) => path));
  const bytes = files.reduce((sum, { contents }) => sum + contents.length, 0);
  if (bytes > LIMITS.bytes || files.length >= LIMITS.files) {
    throw new ArchiveError(
      `${folder} is too large to export: ${files.length} files of ${bytes} bytes, where ${LIMITS.files - 1} files and ${LIMITS.bytes} bytes are the limit`,
    );
  }
  return files;
}

function notebookNames(folder: string): string[] {
  try {
    const { listed, others } = notebooksIn(folder);
    return [...listed, ...others];
  } catch (error) {
    throw fileError(error, "read", folder);
  }
}

/** Files of a folder with one of those extensions; hidden ones are left out. */
function namesIn(folder: string, extensions: readonly string[]): string[] {
  try {
    return readdirSync(folder).filter(
      (name) => !name.startsWith(".") && extensions.includes(extname(name).toLowerCase()),
    );
  } catch (error) {
    throw fileError(error, "read", folder);
  }
}

/**
 * @param root the folder that the file must not leave; undefined for a file that was named by itself
 * @param name its path from there
 * @param path its path in the archive
 */
function packed(root: string | undefined, name: string, path: string): PackedFile {
  const file = root === undefined ? name : join(root, name);
  let contents: Buffer;
  try {
    const real = realpathSync(file);
    if (root !== undefined && !real.startsWith(withSeparator(realpathSync(root)))) {
      throw new ArchiveError(
        `${file} is a link that leaves ${root}; put a copy of the file there to export it`,
      );
    }
    contents = readRegular(real, file);
  } catch (error) {
    throw fileError(error, "read", file);
  }
  return {
    path,
    contents,
    sha256: createHash("sha256").update(contents).digest("hex"),
    mediaType: MEDIA_TYPES[extname(path).toLowerCase()] ?? "application/octet-stream",
  };
}

/** A pipe or a device would keep the reader waiting, so neither is read; nor is a link that came in between. */
function readRegular(real: string, file: string): Buffer {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const descriptor = openSync(real, flags);
  try {
    if (!fstatSync(descriptor).isFile())
      throw new ArchiveError(`cannot export ${file}: it is not a regular file`);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function requirePortable(paths: readonly string[]): void {
  for (const path of paths) {
    const problem = nameProblem(path);
    if (problem)
      throw new ArchiveError(`cannot export ${quoted(path)}: the name ${problem}; rename the file`);
  }
  const collision = collisionOf(paths);
  if (collision) {
    throw new ArchiveError(
      `cannot export ${quoted(collision[0])} beside ${quoted(collision[1])}: some systems take the names for the same; rename one`,
    );
  }
}

function withSeparator(folder: string): string {
  return folder.endsWith(sep) ? folder : folder + sep;
}
