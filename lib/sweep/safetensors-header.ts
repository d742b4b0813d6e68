/**
 * The header of a safetensors file: made from tensors, and checked when it is read. The bytes around it are
 * `safetensors.ts`.
 */

export interface Tensor {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array;
}

export interface Header {
  readonly metadata: Readonly<Record<string, string>>;
  /** The shape of every tensor, in the order in which the values stand. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** A file that is not whole, or not one that `writeSafetensors` wrote. The message says what is wrong, not where. */
export class DamagedFileError extends Error {
  override readonly name = "DamagedFileError";
}

const METADATA = "__metadata__";
export const CHECKSUM = "sha256";
export const NO_CHECKSUM = "0".repeat(64);
export const LENGTH_BYTES = 8;

/**
 * The length of the header and the header, padded with spaces so that the values start at a multiple of 8; its checksum is
 * still `NO_CHECKSUM`.
 */
export function headOf(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>>,
): Buffer {
  if (METADATA in tensors) throw new RangeError(`invalid tensor name; the format reserves it: ${METADATA}`);
  if (CHECKSUM in metadata) throw new RangeError(`invalid metadata; the file's own checksum: ${CHECKSUM}`);
  let offset = 0;
  const entries = Object.entries(tensors).map(([name, { shape, values }]) => {
    if (sizeOf(shape) !== values.length) {
      throw new RangeError(`invalid values of ${name}; [${shape}] is not ${values.length} numbers`);
    }
    const start = offset;
    offset += values.byteLength;
    return [name, { dtype: "F32", shape, data_offsets: [start, offset] }];
  });
  const first = [METADATA, { ...metadata, [CHECKSUM]: NO_CHECKSUM }];
  const json = Buffer.from(JSON.stringify(Object.fromEntries([first, ...entries])));
  const padded = Math.ceil(json.length / 8) * 8;
  const head = Buffer.alloc(LENGTH_BYTES + padded, " ");
  head.writeBigUInt64LE(BigInt(padded));
  json.copy(head, LENGTH_BYTES);
  return head;
}

/** Where the digits of the checksum begin, or -1. No value can imitate the key: quotes inside JSON strings are escaped. */
export function checksumPlace(head: Buffer, checksum: string): number {
  const key = `"${CHECKSUM}":"`;
  const found = head.indexOf(`${key}${checksum}"`);
  return found < 0 ? -1 : found + key.length;
}

/**
 * @param text the JSON, without its length
 * @param dataBytes bytes of the file behind it
 * @throws DamagedFileError where the header is not of the format, or does not describe so many bytes
 */
export function parseHeader(text: string, dataBytes: number): Header {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new DamagedFileError("its header is not JSON");
  }
  if (!isObject(parsed)) throw new DamagedFileError("its header is not an object");
  const { [METADATA]: metadata = {}, ...entries } = parsed;
  if (!isObject(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
    throw new DamagedFileError("its metadata are not texts");
  }
  const tensors = Object.entries(entries).map(([name, entry]) => parseEntry(name, entry));
  tensors.sort((a, b) => a.start - b.start || a.end - b.end);
  let end = 0;
  for (const tensor of tensors) {
    if (tensor.start !== end)
      throw new DamagedFileError(`tensor ${tensor.name} does not follow the one before`);
    end = tensor.end;
  }
  if (end !== dataBytes) {
    throw new DamagedFileError(`its tensors have ${end} bytes by the header, and ${dataBytes} in the file`);
  }
  return {
    metadata: metadata as Record<string, string>,
    shapes: new Map(tensors.map(({ name, shape }) => [name, shape])),
  };
}

function parseEntry(name: string, entry: unknown) {
  const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {};
  if (dtype !== "F32") throw new DamagedFileError(`tensor ${name} has the type ${dtype}, expected F32`);
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw new DamagedFileError(`tensor ${name} has no shape and offsets in whole numbers`);
  }
  const [start, end] = offsets as [number, number];
  if (end - start !== 4 * sizeOf(shape)) {
    throw new DamagedFileError(`tensor ${name} has ${end - start} bytes, expected 4 for each of [${shape}]`);
  }
  return { name, shape, start, end };
}

/** Numbers in a tensor of the shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}
