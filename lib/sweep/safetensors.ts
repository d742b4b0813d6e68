/**
 * Files of named float32 tensors in the safetensors format: the length of a JSON header as 8 little-endian bytes, the
 * header (`{name: {dtype, shape, data_offsets}, __metadata__: {key: text}}`), and the values. What a checkpoint puts
 * into one is `checkpoint.ts`. See https://github.com/huggingface/safetensors, "Format".
 *
 * The metadata hold a SHA-256 of the whole file, its own 64 digits taken as zeros, so that no damage goes unseen.
 */

import { createHash, type Hash, randomUUID } from "node:crypto";
import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import {
  CHECKSUM,
  checksumPlace,
  DamagedFileError,
  type Header,
  headOf,
  LENGTH_BYTES,
  NO_CHECKSUM,
  parseHeader,
  sizeOf,
  type Tensor,
} from "./safetensors-header";

/** What the format's own reader allows. */
const MAX_HEADER_BYTES = 100_000_000;

/** Bytes that are read, written and hashed at a time. */
const PIECE = 2 ** 24;

/**
 * Writes the tensors by way of a draft beside the file, which takes the file's place once it is on the disk: readers
 * see the old contents or the new, never a part. A draft that could not be finished is removed.
 *
 * @throws the file system's error
 */
export function writeSafetensors(
  file: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>>,
): void {
  const head = headOf(tensors, metadata);
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    const descriptor = openSync(draft, "w");
    try {
      const hash = createHash("sha256").update(head);
      writeAll(descriptor, head);
      for (const { values } of Object.values(tensors)) {
        for (const piece of piecesOf(values)) {
          hash.update(piece);
          writeAll(descriptor, piece);
        }
      }
      const place = checksumPlace(head, NO_CHECKSUM);
      writeAll(descriptor, Buffer.from(hash.digest("hex")), place);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * Names, shapes and metadata as the header has them, the checksum not verified.
 *
 * @throws DamagedFileError where there is no whole header, or the file is not as long as it says
 */
export function readSafetensorsHeader(file: string): Header {
  return withFile(file, (descriptor) => parseHead(descriptor).header);
}

/**
 * Reads the whole file and verifies its checksum.
 *
 * @param destinationOf where the values of a tensor go: an array of its length, or undefined to pass over them. The
 *   arrays have been written to even where an error is thrown.
 * @throws DamagedFileError for anything but the file that was written
 */
export function readSafetensors(
  file: string,
  destinationOf: (name: string, shape: readonly number[]) => Float32Array | undefined,
): Header {
  return withFile(file, (descriptor) => {
    const { head, header } = parseHead(descriptor);
    const checksum = header.metadata[CHECKSUM] ?? "";
    const place = /^[0-9a-f]{64}$/.test(checksum) ? checksumPlace(head, checksum) : -1;
    if (place < 0) throw new DamagedFileError("it has no checksum");
    head.write(NO_CHECKSUM, place);
    const hash = createHash("sha256").update(head);
    const scratch = new Uint8Array(PIECE);
    let position = head.length;
    for (const [name, shape] of header.shapes) {
      const values = destinationOf(name, shape);
      if (values && values.length !== sizeOf(shape)) {
        throw new RangeError(
          `invalid destination of ${name}; not ${sizeOf(shape)} numbers: ${values.length}`,
        );
      }
      position = values
        ? readHashed(descriptor, position, piecesOf(values), hash)
        : readHashed(descriptor, position, scratchPieces(scratch, 4 * sizeOf(shape)), hash);
    }
    if (hash.digest("hex") !== checksum) throw new DamagedFileError("its checksum does not fit its contents");
    return header;
  });
}

function parseHead(descriptor: number): { head: Buffer; header: Header } {
  const { size } = fstatSync(descriptor);
  if (size < LENGTH_BYTES) throw new DamagedFileError(`it has ${size} bytes, too few for a header`);
  const lengthBytes = Buffer.alloc(LENGTH_BYTES);
  readAll(descriptor, lengthBytes, 0);
  const length = Number(lengthBytes.readBigUInt64LE());
  if (length > Math.min(MAX_HEADER_BYTES, size - LENGTH_BYTES)) {
    throw new DamagedFileError(`its header is said to have ${length} of the file's ${size} bytes`);
  }
  const head = Buffer.alloc(LENGTH_BYTES + length);
  readAll(descriptor, head, 0);
  const header = parseHeader(head.toString("utf8", LENGTH_BYTES), size - head.length);
  return { head, header };
}

/** The bytes of the array, at most a piece at a time, as views. */
function* piecesOf({ buffer, byteOffset, byteLength }: Float32Array): Generator<Uint8Array> {
  for (let done = 0; done < byteLength; done += PIECE) {
    yield new Uint8Array(buffer, byteOffset + done, Math.min(PIECE, byteLength - done));
  }
}

function* scratchPieces(scratch: Uint8Array, bytes: number): Generator<Uint8Array> {
  for (let done = 0; done < bytes; done += scratch.length) {
    yield scratch.subarray(0, Math.min(scratch.length, bytes - done));
  }
}

/** Fills the pieces from the file and hashes them; answers the position behind them. */
function readHashed(descriptor: number, start: number, pieces: Iterable<Uint8Array>, hash: Hash): number {
  let position = start;
  for (const piece of pieces) {
    readAll(descriptor, piece, position);
    hash.update(piece);
    position += piece.length;
  }
  return position;
}

function readAll(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    const count = readSync(descriptor, bytes, done, bytes.length - done, position + done);
    if (count === 0) throw new DamagedFileError("it became shorter while it was read");
    done += count;
  }
}

function writeAll(descriptor: number, bytes: Uint8Array, position?: number): void {
  for (let done = 0; done < bytes.length; ) {
    const at = position === undefined ? null : position + done;
    done += writeSync(descriptor, bytes, done, bytes.length - done, at);
  }
}

function withFile<T>(file: string, use: (descriptor: number) => T): T {
  const descriptor = openSync(file, "r");
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
