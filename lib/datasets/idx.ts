/** IDX, the format of the MNIST family: a magic number, big-endian dimensions, then unsigned bytes. */

import { DatasetError } from "./errors";
import type { DataFolder } from "./folder";
import { gunzip } from "./gzip";

const UNSIGNED_BYTE = 0x08;

/**
 * The elements of an IDX file of unsigned bytes.
 *
 * @param bytes the file, decompressed
 * @param file its name for messages
 * @param shape the dimensions that it must have, outermost first
 * @returns the elements in row-major order, a view of `bytes`
 * @throws DatasetError where magic, type, dimensions or length differ
 */
export function parseIdx(bytes: Uint8Array, file: string, shape: readonly number[]): Uint8Array {
  const header = 4 + 4 * shape.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) throw new DatasetError(file, "the IDX header is truncated", bytes.length);
  if (view.getUint16(0) !== 0)
    throw new DatasetError(file, "not an IDX file: it must start with two zeros", 0);
  if (bytes[2] !== UNSIGNED_BYTE) {
    throw new DatasetError(file, `IDX type ${hex(bytes[2]!)} is not unsigned byte (0x08)`, 2);
  }
  if (bytes[3] !== shape.length) {
    throw new DatasetError(
      file,
      `${bytes[3]} dimensions, expected ${shape.length} (${shape.join(" × ")})`,
      3,
    );
  }
  if (bytes.length < header) throw new DatasetError(file, "the IDX header is truncated", bytes.length);
  shape.forEach((expected, axis) => {
    const found = view.getUint32(4 + 4 * axis);
    if (found !== expected) {
      throw new DatasetError(file, `dimension ${axis + 1} is ${found}, expected ${expected}`, 4 + 4 * axis);
    }
  });
  const end = header + shape.reduce((product, length) => product * length, 1);
  if (bytes.length < end) {
    throw new DatasetError(file, `the data are truncated: ${bytes.length} of ${end} bytes`, bytes.length);
  }
  if (bytes.length > end) throw new DatasetError(file, `${bytes.length - end} bytes follow the data`, end);
  return new Uint8Array(bytes.buffer, bytes.byteOffset + header, end - header);
}

/** Reads a gzipped IDX file; offsets in errors about its content count decompressed bytes and say so. */
export async function readIdx(
  folder: DataFolder,
  file: string,
  shape: readonly number[],
): Promise<Uint8Array> {
  const compressed = await folder.read(file);
  const path = folder.pathOf(file);
  const length = 4 + 4 * shape.length + shape.reduce((product, n) => product * n, 1);
  return parseIdx(await gunzip(compressed, path, length), `${path} (decompressed)`, shape);
}

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;
