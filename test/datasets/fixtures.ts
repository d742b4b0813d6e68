/** Small files in the formats of the data sets, written from scratch, ways to damage them, and what is measured of images. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import pl from "nodejs-polars";
import sharp from "sharp";
import { expect, onTestFinished } from "vitest";
import { DatasetError } from "../../lib/datasets/errors";

/** A new folder that is removed after the test, with the files given. */
export function folderWith(files: Readonly<Record<string, Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "offcurve-datasets-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}

/** Bytes that look random and depend only on the seed. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed * 2654435761;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >>> 24;
  });
}

export function idx(shape: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = 0x08;
  header[3] = shape.length;
  shape.forEach((length, axis) => {
    header.writeUInt32BE(length, 4 + 4 * axis);
  });
  return Buffer.concat([header, data]);
}

/** An NPY file as NumPy writes it: the header padded with spaces to a multiple of 64 bytes. */
export function npy(
  type: string,
  shape: string,
  data: Uint8Array,
  { fortran = "False", version = 1 }: { fortran?: string; version?: number } = {},
): Buffer {
  const fixed = version === 1 ? 10 : 12;
  const dictionary = `{'descr': '${type}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
  const length = Math.ceil((fixed + dictionary.length + 1) / 64) * 64 - fixed;
  const start = Buffer.alloc(fixed);
  start.write("\x93NUMPY", "latin1");
  start[6] = version;
  if (version === 1) start.writeUInt16LE(length, 8);
  else start.writeUInt32LE(length, 8);
  return Buffer.concat([start, Buffer.from(`${dictionary.padEnd(length - 1)}\n`), data]);
}

export function int64(values: readonly number[]): Uint8Array {
  return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
}

/** A zip archive, its members stored or deflated. */
export function zip(members: Readonly<Record<string, Uint8Array>>, deflate = true): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, bytes] of Object.entries(members)) {
    const data = deflate ? deflateRawSync(bytes) : Buffer.from(bytes);
    const common = Buffer.alloc(26); // from "version needed" to "extra length", the same in both headers
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(deflate ? 8 : 0, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const rest = Buffer.alloc(14); // comment length, disk, attributes, offset
    rest.writeUInt32LE(offset, 10);
    parts.push(Buffer.from("PK\x03\x04"), common, Buffer.from(name), data);
    directory.push(Buffer.from("PK\x01\x02\x14\x00"), common, rest, Buffer.from(name));
    offset += 30 + name.length + data.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(Object.keys(members).length, 8);
  end.writeUInt16LE(Object.keys(members).length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, entries, end]);
}

/** An image file whose pixels are the bytes, given as [channel, row, column]. */
export async function encodeImage(planes: Uint8Array, side: number, format: "png" | "jpeg"): Promise<Buffer> {
  const plane = side * side;
  const interleaved = Uint8Array.from(
    { length: 3 * plane },
    (_, n) => planes[(n % 3) * plane + Math.floor(n / 3)]!,
  );
  return await sharp(interleaved, { raw: { width: side, height: side, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}

/** Writes a Parquet file with the columns image {bytes, path} and label. */
export async function writeParquet(
  path: string,
  images: readonly Uint8Array[],
  labels: readonly number[],
  { compression = "snappy", rowGroupSize = 1000 }: { compression?: string; rowGroupSize?: number } = {},
): Promise<void> {
  // Polars for Node takes no binary column from JavaScript, but decodes one from hexadecimal text.
  await pl
    .DataFrame({ hex: images.map((bytes) => Buffer.from(bytes).toString("hex")), label: labels as number[] })
    .withColumns(
      pl.col("hex").str.decode("hex").alias("bytes"),
      pl.lit("image.png").alias("path"),
      pl.col("label").cast(pl.Int64),
    )
    .withColumn(pl.struct([pl.col("bytes"), pl.col("path")]).alias("image"))
    .select("image", "label")
    .lazy()
    .sinkParquet(path, {
      compression,
      rowGroupSize,
      sinkOptions: { syncOnClose: "none", maintainOrder: true, mkdir: false },
    })
    .collect();
}

/** A way to damage a file of that length: cut it short, flip one bit, or append a byte. */
const damage = (length: number): fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> =>
  fc.oneof(
    { weight: 1, arbitrary: truncation(length) },
    { weight: 3, arbitrary: bitFlip(length) },
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: 0, max: 255 })
        .map((byte) => named(`append ${byte}`, (bytes: Uint8Array) => Uint8Array.of(...bytes, byte))),
    },
  );

export const truncation = (length: number): fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> =>
  fc
    .integer({ min: 0, max: length - 1 })
    .map((end) => named(`cut at ${end}`, (bytes) => bytes.slice(0, end)));

export const bitFlip = (length: number): fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> =>
  fc.tuple(fc.integer({ min: 0, max: length - 1 }), fc.integer({ min: 0, max: 7 })).map(([at, bit]) =>
    named(`flip bit ${bit} of byte ${at}`, (bytes) => {
      const flipped = Uint8Array.from(bytes);
      flipped[at]! ^= 1 << bit;
      return flipped;
    }),
  );

/**
 * Reads a file after each of many damages. `read` must find in it what the whole file holds, or throw a DatasetError
 * whose message contains `words`.
 *
 * @returns how often it threw.
 */
export async function failuresOfDamaged(
  whole: Uint8Array,
  damages: number,
  words: string,
  read: (damaged: Uint8Array) => Promise<unknown>,
): Promise<number> {
  let failures = 0;
  await fc.assert(
    fc.asyncProperty(damage(whole.length), async (harm) => {
      try {
        await read(harm(whole));
      } catch (error) {
        expect(error).toBeInstanceOf(DatasetError);
        expect((error as DatasetError).message).toContain(words);
        failures++;
      }
    }),
    { numRuns: damages },
  );
  return failures;
}

/** The mean of the values and their standard deviation. */
export function moments(values: Float32Array): { mean: number; deviation: number } {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { mean, deviation: Math.sqrt(squares / values.length - mean * mean) };
}

/** Lets a counterexample say what was done to the file. */
function named<F extends (bytes: Uint8Array) => Uint8Array>(name: string, f: F): F {
  return Object.assign(f, { [fc.toStringMethod]: () => name });
}
