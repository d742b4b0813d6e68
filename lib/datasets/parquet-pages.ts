/**
 * A look at the pages of a Parquet column before they are decoded: sizes, counts and CRC-32. The decoder trusts
 * these numbers, so a damaged one must be found first. Decoding is left to hyparquet.
 */

import { crc32 } from "node:zlib";
import type { ColumnMetaData } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { DatasetError } from "./errors";

/** The bytes [start, end) of the file that a column of a row group takes. */
export function columnRange(column: ColumnMetaData): { start: number; end: number } {
  const start = Number(column.dictionary_page_offset || column.data_page_offset);
  return { start, end: start + Number(column.total_compressed_size) };
}

/**
 * @param bytes the column's part of the file
 * @param start where it begins in the file
 * @param rows rows of the row group, each with one value of the column
 * @throws DatasetError for the first page that is damaged or does not fit, and for pages with too few or many values
 */
export function checkPages(
  bytes: ArrayBuffer,
  start: number,
  column: ColumnMetaData,
  rows: number,
  file: string,
): void {
  const reader = { view: new DataView(bytes), offset: 0 };
  let values = 0;
  while (reader.offset < bytes.byteLength) {
    const at = start + reader.offset;
    const fail = (problem: string, cause?: unknown) =>
      new DatasetError(file, `the page of column ${column.path_in_schema.join(".")} ${problem}`, at, {
        cause,
      });
    let header: ReturnType<typeof parquetHeader>;
    try {
      header = parquetHeader(reader);
    } catch (cause) {
      throw fail("has a damaged header", cause);
    }
    const compressed = header.compressed_page_size;
    const uncompressed = header.uncompressed_page_size;
    if (!(compressed >= 0 && compressed <= bytes.byteLength - reader.offset)) {
      throw fail(`claims ${compressed} bytes, beyond the end of its column`);
    }
    if (!(uncompressed >= 0 && uncompressed <= Number(column.total_uncompressed_size))) {
      throw fail(`claims ${uncompressed} bytes decompressed, more than its column`);
    }
    const found = crc32(new Uint8Array(bytes, reader.offset, compressed));
    if (header.crc !== undefined && header.crc >>> 0 !== found) {
      throw fail("does not match its CRC-32: it is corrupt; get the file again");
    }
    reader.offset += compressed;
    const data = header.data_page_header ?? header.data_page_header_v2;
    const held = (data ?? header.dictionary_page_header)?.num_values;
    if (held === undefined || !(held >= 0 && held <= rows)) {
      throw fail(`claims ${held} values, but its row group has ${rows} rows`);
    }
    if (data) values += held;
  }
  if (values !== rows) {
    throw new DatasetError(
      file,
      `the pages of column ${column.path_in_schema.join(".")} hold ${values} values, but the row group has ${rows} rows`,
      start,
    );
  }
}
