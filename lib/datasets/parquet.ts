/**
 * Rows of chosen columns of a Parquet file, one row group at a time, by hyparquet; every way in which a damaged file
 * can fail becomes a DatasetError. What the columns mean is left to the caller.
 */

import { type FileHandle, open } from "node:fs/promises";
import * as zlib from "node:zlib";
import { type Compressors, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { asDatasetError, DatasetError } from "./errors";
import { checkPages, columnRange } from "./parquet-pages";

/** The rows of one row group. */
export interface ParquetRows {
  /** Row number of the first, counted over the file. */
  readonly start: number;
  /** Where in the file the row group begins. */
  readonly offset: number;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Zstandard came to Node with 22.15. */
const { zstdDecompressSync } = zlib as {
  zstdDecompressSync?: (input: Uint8Array, options: { maxOutputLength: number }) => Buffer;
};

/** Snappy and no compression are the decoder's own. */
const compressors: Compressors = {
  GZIP: (input, length) => zlib.gunzipSync(input, { maxOutputLength: length }),
  BROTLI: (input, length) => zlib.brotliDecompressSync(input, { maxOutputLength: length }),
  ...(zstdDecompressSync && {
    ZSTD: (input: Uint8Array, length: number) => zstdDecompressSync(input, { maxOutputLength: length }),
  }),
};
const CODECS = ["UNCOMPRESSED", "SNAPPY", ...Object.keys(compressors)];

/**
 * @param path the file
 * @param columns dotted paths of the leaf columns that must be there: `image.bytes`, `label`
 * @param use is awaited for each row group in turn
 * @returns the number of rows of the file
 * @throws DatasetError for a damaged file, a missing column, an unknown compression, or what `use` throws
 */
export async function readParquet(
  path: string,
  columns: readonly string[],
  use: (group: ParquetRows) => Promise<void>,
): Promise<number> {
  return await asDatasetError(path, "the Parquet file is damaged; get it again", async () => {
    const handle = await open(path);
    try {
      const file = await randomAccess(handle, path);
      if (file.byteLength < 12)
        throw new DatasetError(path, "the Parquet file is truncated", file.byteLength);
      const magic = Buffer.from(await file.slice(0, 4)).toString("latin1");
      if (magic !== "PAR1") throw new DatasetError(path, "not a Parquet file: it must start with PAR1", 0);
      const metadata = await asDatasetError(path, "the Parquet footer is damaged; get the file again", () =>
        parquetMetadataAsync(file, { geoparquet: false }),
      );
      let start = 0;
      for (const group of metadata.row_groups) {
        const rows = Number(group.num_rows);
        const offset = await checkRowGroup(group, columns, rows, file, path);
        const read = await asDatasetError(path, `the row group at byte ${offset} is damaged`, () =>
          parquetReadObjects({
            file,
            metadata: { ...metadata, row_groups: [group], num_rows: group.num_rows },
            columns: topLevel(columns),
            utf8: false,
            geoparquet: false,
            compressors,
            rowFormat: "object",
          }),
        );
        if (read.length !== rows) {
          throw new DatasetError(path, `the row group holds ${read.length} rows, expected ${rows}`, offset);
        }
        await use({ start, offset, rows: read });
        start += rows;
      }
      if (BigInt(start) !== metadata.num_rows) {
        throw new DatasetError(
          path,
          `the row groups hold ${start} rows, but the file claims ${metadata.num_rows}`,
        );
      }
      return start;
    } finally {
      await handle.close();
    }
  });
}

/** Checks the columns' places and pages, and returns where the row group begins. */
async function checkRowGroup(
  group: FileMetaData["row_groups"][number],
  columns: readonly string[],
  rows: number,
  file: RandomAccess,
  path: string,
): Promise<number> {
  const wanted = topLevel(columns);
  const missing = new Set(columns);
  let first = file.byteLength;
  for (const { meta_data: column } of group.columns) {
    if (!column || !wanted.includes(column.path_in_schema[0]!)) continue;
    const { start, end } = columnRange(column);
    if (!CODECS.includes(column.codec)) {
      throw new DatasetError(
        path,
        `compression ${column.codec} cannot be read with this Node; write the file again with one of ${CODECS.join(", ")}`,
        start,
      );
    }
    checkPages(await file.slice(start, end), start, column, rows, path);
    missing.delete(column.path_in_schema.join("."));
    first = Math.min(first, start);
  }
  if (missing.size > 0) {
    const found = group.columns.map((column) => column.meta_data?.path_in_schema.join(".")).join(", ");
    throw new DatasetError(path, `no column ${[...missing].join(", ")}; the file has ${found}`, 4);
  }
  return first;
}

interface RandomAccess {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** Reads exactly the bytes asked for, or fails: a short read must not look like the end of a column. */
async function randomAccess(handle: FileHandle, path: string): Promise<RandomAccess> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      if (!(start >= 0 && end >= start && end <= size)) {
        throw new DatasetError(
          path,
          `a part from byte ${start} to ${end} lies outside the ${size} bytes`,
          size,
        );
      }
      const bytes = new ArrayBuffer(end - start);
      const { bytesRead } = await handle.read(new Uint8Array(bytes), 0, end - start, start);
      if (bytesRead !== end - start) {
        throw new DatasetError(path, "the file became shorter while it was read", start + bytesRead);
      }
      return bytes;
    },
  };
}

const topLevel = (columns: readonly string[]): string[] => [
  ...new Set(columns.map((column) => column.split(".")[0]!)),
];
