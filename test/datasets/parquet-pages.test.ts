import { crc32 } from "node:zlib";
import type { ColumnMetaData } from "hyparquet";
import { expect, test } from "vitest";
import { DatasetError } from "../../lib/datasets/errors";
import { checkPages } from "../../lib/datasets/parquet-pages";
import { noise } from "./fixtures";

/** A 32-bit integer as Thrift's compact protocol writes it: zigzag, then seven bits a byte. */
function varint(value: number): number[] {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  const bytes: number[] = [];
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

const NEXT_I32 = 0x15;
const NEXT_STRUCT = 0x1c;
const STOP = 0;

/** A data page (format 1) of plain values with its CRC, as parquet-format's PageHeader defines it. */
function page(
  data: Uint8Array,
  values: number,
  { crc = crc32(data) | 0, size = data.length } = {},
): number[] {
  const fields = [0, data.length, size, crc].flatMap((value) => [NEXT_I32, ...varint(value)]);
  const dataHeader = [values, 0, 3, 3].flatMap((value) => [NEXT_I32, ...varint(value)]);
  return [...fields, NEXT_STRUCT, ...dataHeader, STOP, STOP, ...data];
}

const column = { path_in_schema: ["image", "bytes"], total_uncompressed_size: 1000n } as ColumnMetaData;
const check = (bytes: readonly number[], rows: number) => () =>
  checkPages(Uint8Array.from(bytes).buffer, 500, column, rows, "train.parquet");
const data = noise(60);

test("sound pages pass", () => {
  expect(check([...page(data, 4), ...page(data, 6)], 10)).not.toThrow();
});

test("a page that does not match its CRC-32 is named with its offset in the file", () => {
  const first = page(data, 4);
  expect(check([...first, ...page(data, 6, { crc: crc32(data) ^ 1 })], 10)).toThrow(
    `train.parquet, byte ${500 + first.length}: the page of column image.bytes does not match its CRC-32`,
  );
  for (let at = first.length - data.length; at < first.length; at++) {
    const flipped = first.slice();
    flipped[at]! ^= 0x10;
    expect(check(flipped, 4)).toThrow(DatasetError);
  }
});

test.each([
  [
    "a page longer than its column",
    page(data, 4, { size: 61 }),
    4,
    /claims 61 bytes, beyond the end of its column/,
  ],
  ["a page of negative length", page(data, 4, { size: -1 }), 4, /claims -1 bytes/],
  ["more values than rows", page(data, 2 ** 30), 4, /claims 1073741824 values, but its row group has 4 rows/],
  ["fewer values than rows", page(data, 3), 4, /hold 3 values, but the row group has 4 rows/],
  [
    "a torn header",
    page(data, 4).slice(0, 6),
    4,
    /byte 500: the page of column image.bytes has a damaged header/,
  ],
])("%s is refused", (_, bytes, rows, message) => {
  expect(check(bytes, rows)).toThrow(message);
});
