/**
 * Bundles: one compressed archive that runs on a machine on which nothing is installed and which reaches no network.
 *
 *     node binary ┐
 *     natives     ├→ parts → tar → xz, part by part → one file
 *     library     │
 *     data        ┘
 */

import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { ENGINE_NAMES, type EngineName } from "../engines/names";
import { writeWhole } from "../sweep/folder";
import type { Part } from "./entry";
import { BundleError } from "./errors";
import { BUNDLED_DATASETS, dataEntries, libraryEntries, projectEntries } from "./library";
import { nativeParts, nodePart } from "./natives";
import { TAR_END, tarBytes } from "./tar";
import { BUNDLED_ENGINES, leftOut, requireBundled, type Target } from "./target";
import { type BundleDescription, bundledStudies, writtenEntries } from "./written";
import { compressed, type Level, xzVersion } from "./xz";

const { version } = require("offcurve/package.json") as { version: string };

/** The most that a bundle may take, in bytes, unless told otherwise. */
export const SIZE_LIMIT = 60e6;

/** Compressing takes 0.7 GB of memory for each part that is in work. */
const MOST_AT_ONCE = 4;

export interface BundleOptions {
  readonly target: Target;
  /** Engines to pack for; by default all that can be packed. `onnx-cpu` is always among them. */
  readonly engines?: readonly EngineName[] | undefined;
  /** Largest size of the file in bytes; 60 MB unless given. */
  readonly sizeLimit?: number | undefined;
  /** How hard to compress; "9e", the smallest, unless given. */
  readonly level?: Level | undefined;
  /** Told what begins, as "compressing Node 20.20.2, 86 MB". */
  readonly onStep?: ((step: string) => void) | undefined;
}

export interface BundleSummary {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The folder that it is unpacked into. */
  readonly folder: string;
  readonly engines: readonly EngineName[];
  /** Studies of the kit that it can run without further data. */
  readonly studies: readonly string[];
  readonly parts: readonly PartSummary[];
}

export interface PartSummary {
  readonly name: string;
  readonly files: number;
  /** Size in the archive, in bytes. */
  readonly bytes: number;
  /** The same compressed. */
  readonly packedBytes: number;
}

/**
 * Makes a bundle. The same project, packages and xz make the same bytes.
 *
 * @param file to write, whole or not at all
 * @throws BundleError where something is missing, or the bundle is larger than allowed
 */
export async function makeBundle(file: string, options: BundleOptions): Promise<BundleSummary> {
  const { target, sizeLimit = SIZE_LIMIT, level = "9e", onStep = () => {} } = options;
  const asked = options.engines ?? BUNDLED_ENGINES;
  requireBundled(asked);
  const engines = ENGINE_NAMES.filter((name) => name === "onnx-cpu" || asked.includes(name));
  const library = realpathSync(dirname(require.resolve("offcurve/package.json")));
  const cache = join(dirname(library), "node_modules", ".cache", "offcurve-bundle");
  const compression = { level, version: await xzVersion(), cache };
  const description: BundleDescription = { version, target, engines, datasets: BUNDLED_DATASETS };
  const folder = `offcurve-${version}-${target}`;

  onStep(`gathering the files for ${engines.join(", ")}`);
  const parts = await gathered(description, library, cache);
  const archives = parts.map(({ entries }) => tarBytes(folder, entries));
  const streams = await inParallel(parts, async ({ name, kind }, i) => {
    const isLast = i === parts.length - 1;
    const bytes = isLast ? Buffer.concat([archives[i]!, TAR_END]) : archives[i]!;
    onStep(`compressing ${name}, ${megabytes(bytes.length)}`);
    return await compressed(bytes, kind, compression);
  });

  const bytes = Buffer.concat(streams);
  const summaries = parts.map(
    ({ name, entries }, i): PartSummary => ({
      name,
      files: entries.length,
      bytes: archives[i]!.length,
      packedBytes: streams[i]!.length,
    }),
  );
  if (bytes.length > sizeLimit) throw tooLarge(bytes.length, sizeLimit, summaries);
  writeWhole(file, bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return {
    file,
    bytes: bytes.length,
    sha256,
    folder,
    engines,
    studies: bundledStudies(description),
    parts: summaries,
  };
}

async function gathered(description: BundleDescription, library: string, cache: string): Promise<Part[]> {
  const { target, engines } = description;
  const missing = leftOut(engines);
  const code = libraryEntries(library, engines, missing);
  const data = dataEntries(library);
  const natives = [await nodePart(target, cache), ...(await nativeParts(target, engines, library, cache))];
  const taken = new Set(natives.flatMap(({ entries }) => entries.map(({ path }) => path)));
  const own = [...writtenEntries(description, missing), ...projectEntries(library), ...code];
  return [
    { name: "library", kind: "other", entries: own.filter(({ path }) => !taken.has(path)) },
    ...natives,
    { name: "data", kind: "other", entries: data },
  ];
}

/** All at once would take more memory than many machines have. */
async function inParallel<T, R>(items: readonly T[], work: (item: T, i: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i]!, i);
  };
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, availableParallelism()) }, worker));
  return results;
}

function tooLarge(bytes: number, limit: number, parts: readonly PartSummary[]): BundleError {
  const sizes = parts.map(({ name, packedBytes }) => `${name} ${megabytes(packedBytes)}`);
  return new BundleError(
    `the bundle would take ${megabytes(bytes)}, more than the ${megabytes(limit)} allowed (${sizes.join(", ")}); leave out engines with --engines, or allow more with --limit`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
