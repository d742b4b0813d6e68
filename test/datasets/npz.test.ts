import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readImagenetNpz } from "../../lib/datasets/imagenet-npz";
import { failuresOfDamaged, folderWith, int64, noise, npy, zip } from "./fixtures";

const FEATURES = 12; // 2×2 pixels
const pixels = noise(3 * FEATURES);
const arrays = {
  "data.npy": npy("|u1", `(3, ${FEATURES})`, pixels),
  "labels.npy": npy("<i8", "(3,)", int64([1, 1000, 7])),
  "mean.npy": npy("<f8", "(1,)", new Uint8Array(8)),
};

async function read(archive: Uint8Array) {
  const path = join(folderWith({ "batch.npz": archive }), "batch.npz");
  return await readImagenetNpz(path, FEATURES, 1000);
}

test.each([true, false])("reads images and labels, which count from 1 (deflated: %s)", async (deflate) => {
  const shard = await read(zip(arrays, deflate));
  expect(shard.pixels).toEqual(pixels);
  expect([...shard.labels]).toEqual([0, 999, 6]);
});

test.each(["|u1", "<u2", "<i4"])("reads labels of type %s", async (type) => {
  const bytes = new Uint8Array(3 * { "|u1": 1, "<u2": 2, "<i4": 4 }[type]!);
  for (let n = 0; n < 3; n++) bytes[(n * bytes.length) / 3] = n + 1;
  const shard = await read(zip({ ...arrays, "labels.npy": npy(type, "(3,)", bytes) }));
  expect([...shard.labels]).toEqual([0, 1, 2]);
});

describe("an error names the file, the member and the offset for", () => {
  const labels = (values: readonly number[]) => npy("<i8", `(${values.length},)`, int64(values));
  test.each([
    [
      "label 0",
      { "labels.npy": labels([1, 0, 2]) },
      /batch.npz \(labels.npy\), byte 136: example 1 has label 0, which is not a class from 1 to 1000/,
    ],
    ["label 1001", { "labels.npy": labels([1, 2, 1001]) }, /byte 144: example 2 has label 1001/],
    ["too few labels", { "labels.npy": labels([1, 2]) }, /shape \(2\), expected \(3,\)/],
    [
      "images of another size",
      { "data.npy": npy("|u1", "(2, 18)", pixels) },
      /expected \|u1 with shape \(N, 12\)/,
    ],
    ["images of another type", { "data.npy": npy("|i1", "(3, 12)", pixels) }, /array of \|i1/],
    ["big-endian labels", { "labels.npy": npy(">i8", "(3,)", int64([1, 2, 3])) }, /big-endian/],
    [
      "images in Fortran order",
      { "data.npy": npy("|u1", "(3, 12)", pixels, { fortran: "True" }) },
      /Fortran/,
    ],
  ])("%s", async (_, replaced, message) => {
    await expect(read(zip({ ...arrays, ...replaced }))).rejects.toThrow(message);
  });

  test("a missing member", async () => {
    const { "labels.npy": _, ...rest } = arrays;
    await expect(read(zip(rest))).rejects.toThrow(/batch.npz: the archive has no member labels.npy/);
  });

  test("a CRC that does not match", async () => {
    const archive = zip(arrays, false);
    archive[archive.indexOf(Buffer.from(pixels)) + 5]! ^= 1;
    await expect(read(archive)).rejects.toThrow(
      /batch.npz, byte 0: member data.npy does not match its CRC-32/,
    );
  });

  test("a member that claims more than memory can hold", async () => {
    const archive = zip(arrays);
    const entry = archive.indexOf(Buffer.from("PK\x01\x02"));
    archive.writeUInt32LE(0xfffffff0, entry + 24);
    await expect(read(archive)).rejects.toThrow(/member data.npy claims 4294967280 bytes/);
  });
});

test.each([true, false])(
  "a damaged archive gives the very same data or a DatasetError (deflated: %s)",
  async (deflate) => {
    const archive = zip(arrays, deflate);
    const path = join(folderWith(), "batch.npz");
    const failures = await failuresOfDamaged(archive, 400, path, async (damaged) => {
      writeFileSync(path, damaged);
      const shard = await readImagenetNpz(path, FEATURES, 1000);
      expect(shard.pixels).toEqual(pixels);
      expect([...shard.labels]).toEqual([0, 999, 6]);
    });
    expect(failures).toBeGreaterThan(100);
  },
);
