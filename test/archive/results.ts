/** A small results folder, and zip files written byte by byte, for the tests of the archive. */

import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { parseStudy } from "../../lib/studies/study";
import { studyHash, trialsOf } from "../../lib/studies/trials";

export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), "offcurve-archive-"));
}

const STUDY = parseStudy(
  {
    name: "small",
    title: "A small study",
    dataset: { name: "kanji-1000" },
    base: { updates: 10, hidden_size: 4 },
    factors: { learning_rate: [1e-3, 1e-2] },
  },
  "small",
);

const MANIFEST = {
  offcurve: "0.1.0",
  study: "small",
  study_hash: studyHash(STUDY),
  trials: 2,
  dataset: { name: "kanji-1000", licence: "several", sha256: {} },
  engine: { name: "onnx-cpu", description: "onnxruntime-node 1.30.0" },
  node: "v20.20.2",
  system: "linux x64",
  processor: "AMD EPYC",
  cores: 2,
  memory_bytes: 1e9,
  started: "2026-11-22T03:34:46.100Z",
};

const RECORDS = trialsOf(STUDY).map(({ id, factors }) => ({
  id,
  factors,
  curve: [[10, 5]],
  engine: "onnx-cpu",
  seconds: 1,
  status: "completed",
  loss: 5,
  test_loss: 5,
  test_accuracy: 0.1,
  plateau: false,
}));

/** The files that every export has, by their path. */
export const RESULTS: Readonly<Record<string, Buffer>> = {
  "ledger.jsonl": Buffer.from(RECORDS.map((record) => `${JSON.stringify(record)}\n`).join("")),
  "manifest.json": Buffer.from(JSON.stringify(MANIFEST)),
  "study.json": Buffer.from(JSON.stringify(STUDY)),
};

/** Writes files, by default the small results, into a folder, by default a new one. */
export function filesIn(
  files: Readonly<Record<string, string | Buffer>> = RESULTS,
  folder = emptyFolder(),
): string {
  for (const [path, contents] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
  return folder;
}

/** Every file and link under a folder, with its contents; an empty folder is left out. */
export function treeOf(folder: string, above = ""): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .flatMap((name) => {
        const path = join(folder, name);
        if (lstatSync(path).isDirectory()) return Object.entries(treeOf(path, `${above}${name}/`));
        return [[`${above}${name}`, readFileSync(path).toString("latin1")]];
      }),
  );
}

export interface RawEntry {
  readonly name: string | Buffer;
  readonly contents: Buffer;
  /** Defaults to the contents' own. */
  readonly declaredSize?: number;
  readonly checksum?: number;
  /** Defaults to the name. */
  readonly localName?: string;
  /** Unix mode with the type of the file; defaults to a regular file. */
  readonly mode?: number;
  readonly flags?: number;
  readonly method?: number;
  readonly extra?: Buffer;
  /** Offset of the local header, where it is written already. */
  readonly at?: number;
}

/** A zip file by the format's specification (PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16), without asking whether it makes sense. */
export function zipOf(entries: readonly RawEntry[], entryCount = entries.length): Buffer {
  const [locals, centrals]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const entry of entries) {
    const { contents, mode = 0o100644, flags = 0x800, method = 8, extra = Buffer.alloc(0) } = entry;
    const name = Buffer.from(entry.name as string);
    const localName = Buffer.from(entry.localName ?? (entry.name as string));
    const data = method === 8 ? deflateRawSync(contents) : contents;
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(entry.checksum ?? crc32(contents), 0);
    sizes.writeUInt32LE(data.length, 4);
    sizes.writeUInt32LE(entry.declaredSize ?? contents.length, 8);

    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(method, 8);
    sizes.copy(local, 14);
    local.writeUInt16LE(localName.length, 26);

    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE((3 << 8) | 20, 4);
    central.writeUInt16LE(20, 6);
    central.writeUInt16LE(flags, 8);
    central.writeUInt16LE(method, 10);
    sizes.copy(central, 16);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt16LE(extra.length, 30);
    central.writeUInt32LE((mode << 16) >>> 0, 38);
    central.writeUInt32LE(entry.at ?? offset, 42);
    centrals.push(central, name, extra);
    if (entry.at !== undefined) continue;
    locals.push(local, localName, data);
    offset += local.length + localName.length + data.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entryCount, 8);
  end.writeUInt16LE(entryCount, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** The entry of metadata that describe files as they are, or as they are said to be. */
export function metadataOf(
  files: Readonly<Record<string, Buffer>>,
  claims: Readonly<Record<string, object>> = {},
): RawEntry {
  const graph = Object.entries(files).map(([path, contents]) => ({
    "@id": path.split("/").map(encodeURIComponent).join("/"),
    "@type": "File",
    contentSize: String(contents.length),
    sha256: createHash("sha256").update(contents).digest("hex"),
    ...claims[path],
  }));
  const root = { "@id": "./", "@type": "Dataset" };
  return {
    name: "ro-crate-metadata.json",
    contents: Buffer.from(JSON.stringify({ "@graph": [root, ...graph] })),
  };
}

/** The entries of files as they are. */
export function entriesOf(files: Readonly<Record<string, Buffer>>): RawEntry[] {
  return Object.entries(files).map(([name, contents]) => ({ name, contents }));
}
