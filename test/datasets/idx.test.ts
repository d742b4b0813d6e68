import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DatasetError } from "../../lib/datasets/errors";
import { gunzip } from "../../lib/datasets/gzip";
import { parseIdx } from "../../lib/datasets/idx";
import { failuresOfDamaged, idx, noise, truncation } from "./fixtures";

const shape = [3, 5, 7];
const data = noise(3 * 5 * 7);
const file = idx(shape, data);

/** What the parser throws, reduced to what a caller can rely on. */
function failure(run: () => unknown): { offset: number | undefined; message: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof DatasetError) return { offset: error.offset, message: error.message };
    throw error;
  }
  throw new Error("did not fail");
}

test("gives the elements in order", () => {
  expect(parseIdx(file, "x", shape)).toEqual(data);
});

test.each([
  ["a magic number that is not zero", 1, 0, /two zeros/],
  ["another element type", 2, 2, /type 0x09/],
  ["another number of dimensions", 3, 3, /9 dimensions, expected 3/],
  ["another first dimension", 7, 4, /dimension 1 is 9, expected 3/],
  ["another last dimension", 15, 12, /dimension 3 is 9, expected 7/],
])("names file and offset for %s", (_, byte, offset, message) => {
  const changed = Uint8Array.from(file);
  changed[byte] = 9;
  const found = failure(() => parseIdx(changed, "glyphs.idx", shape));
  expect(found.offset).toBe(offset);
  expect(found.message).toMatch(message);
  expect(found.message).toMatch(new RegExp(`^glyphs.idx, byte ${offset}: `));
});

test("names the end of the data where bytes follow", () => {
  const found = failure(() => parseIdx(Buffer.concat([file, Buffer.alloc(2)]), "x", shape));
  expect(found).toEqual({ offset: file.length, message: `x, byte ${file.length}: 2 bytes follow the data` });
});

test("any truncation is an error at the place where the file ends", () => {
  fc.assert(
    fc.property(truncation(file.length), (cut) => {
      const short = cut(file);
      expect(failure(() => parseIdx(short, "x", shape)).offset).toBe(short.length);
    }),
  );
});

test("a damaged gzipped file gives the very same data or a DatasetError", async () => {
  const failures = await failuresOfDamaged(gzipSync(file), 500, "x.gz, byte ", async (damaged) => {
    const content = await gunzip(damaged, "x.gz", file.length);
    expect(parseIdx(content, "x", shape)).toEqual(data);
  });
  expect(failures).toBeGreaterThan(400);
});

test("a truncated gzip file is an error at its end", async () => {
  const compressed = gzipSync(file);
  await expect(gunzip(compressed.subarray(0, -1), "x.gz", 1000)).rejects.toMatchObject({
    name: "DatasetError",
    offset: compressed.length - 1,
  });
});

test.each([[[0]], [[0, 0, 0]], [[7, 7]], [[...gzipSync("more")]]])(
  "bytes %j after the gzip data are an error, be they zeros or another member",
  async (extra) => {
    const compressed = gzipSync(file);
    await expect(
      gunzip(Buffer.concat([compressed, Buffer.from(extra)]), "x.gz", file.length),
    ).rejects.toBeInstanceOf(DatasetError);
  },
);

test("content longer than the limit is refused before it fills the memory", async () => {
  await expect(gunzip(gzipSync(Buffer.alloc(50_000_000)), "x.gz", 1000)).rejects.toThrow(
    /longer than the 1000/,
  );
});
