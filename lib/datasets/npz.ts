/** NPZ, a zip archive of NPY arrays: opens it, decompresses the members asked for and checks their CRC-32. */

import { crc32 } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { asDatasetError, DatasetError } from "./errors";

/** Deflate cannot do better: a member that claims more is damaged, and must not make us reserve memory for it. */
const MAX_EXPANSION = 1032;

/**
 * The members of an archive, decompressed.
 *
 * @param path the archive
 * @param names the members wanted; others are not read
 * @throws DatasetError for a damaged archive, a missing or repeated member, or a CRC that does not match
 */
export async function readZipMembers<Name extends string>(
  path: string,
  names: readonly Name[],
): Promise<Record<Name, Uint8Array>> {
  return await asDatasetError(path, "the zip archive is damaged; get the file again", async () => {
    const zip = await openPromise(path, { lazyEntries: true, autoClose: false });
    try {
      const members: Partial<Record<string, Uint8Array>> = {};
      for await (const entry of zip.eachEntry()) {
        if (!names.some((name) => name === entry.fileName)) continue;
        if (members[entry.fileName]) {
          throw new DatasetError(path, `two members are called ${entry.fileName}`, offsetOf(entry));
        }
        members[entry.fileName] = await inflate(zip, entry, path);
      }
      const missing = names.filter((name) => !members[name]);
      if (missing.length > 0) throw new DatasetError(path, `the archive has no member ${missing.join(", ")}`);
      return members as Record<Name, Uint8Array>;
    } finally {
      zip.close();
    }
  });
}

async function inflate(zip: ZipFile, entry: Entry, path: string): Promise<Uint8Array> {
  const fail = (problem: string, cause?: unknown) =>
    new DatasetError(path, `member ${entry.fileName} ${problem}`, offsetOf(entry), { cause });
  const { compressedSize, uncompressedSize } = entry;
  if (compressedSize > zip.fileSize || uncompressedSize > MAX_EXPANSION * (compressedSize + 1)) {
    throw fail(`claims ${uncompressedSize} bytes from ${compressedSize}, which cannot be`);
  }
  let length = 0;
  let crc = 0;
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(uncompressedSize);
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      bytes.set(chunk as Buffer, length);
      crc = crc32(chunk as Buffer, crc);
      length += (chunk as Buffer).length;
    }
  } catch (cause) {
    throw fail(`cannot be decompressed (${(cause as Error).message}); get the file again`, cause);
  }
  if (length !== uncompressedSize) throw fail(`holds ${length} bytes, expected ${uncompressedSize}`);
  if (crc !== entry.crc32) throw fail("does not match its CRC-32: it is corrupt; get the file again");
  return bytes;
}

const offsetOf = (entry: Entry): number => entry.relativeOffsetOfLocalHeader;
