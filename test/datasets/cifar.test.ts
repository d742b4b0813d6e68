import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decoded } from "../../lib/datasets/encoding";
import { DatasetError } from "../../lib/datasets/errors";
import { loadDataset } from "../../lib/datasets/load";
import { failuresOfDamaged, folderWith, noise, truncation } from "./fixtures";

const PIXELS = 3072;

/** Records of label bytes and random pixels. */
function records(labels: readonly (readonly number[])[], seed: number): Buffer {
  return Buffer.concat(
    labels.map((bytes, n) => Buffer.concat([Buffer.from(bytes), noise(PIXELS, seed + n)])),
  );
}

const sizes = { train: 10, test: 2 };
const cifar10Files = {
  ...Object.fromEntries(
    [1, 2, 3, 4, 5].map((n) => [`data_batch_${n}.bin`, records([[2 * n - 2], [2 * n - 1]], 10 * n)]),
  ),
  "test_batch.bin": records([[9], [3]], 60),
} as Record<string, Buffer>;
const cifar100Files = {
  "train.bin": records(
    Array.from({ length: 10 }, (_, n) => [19, 10 * n]),
    1,
  ),
  "test.bin": records(
    [
      [0, 99],
      [19, 0],
    ],
    20,
  ),
};

test("CIFAR-10 is read in order, normalised by channel", async () => {
  const data = await loadDataset({ name: "cifar-10", path: folderWith(cifar10Files), sizes });
  expect(data).toMatchObject({ classes: 10, features: 3072, splits: ["train", "test"] });
  const stream = data.stream("test", 0);
  expect(stream.size).toBe(2);
  const images = new Uint8Array(2 * PIXELS);
  const labels = new Int32Array(2);
  stream.fill(0, images, labels);
  expect([...labels]).toEqual([9, 3]);
  const pixels = noise(PIXELS, 61);
  const mean = [0.4914, 0.4822, 0.4465];
  const deviation = [0.247, 0.2435, 0.2616];
  const expected = [...pixels].map((byte, n) => {
    const channel = Math.floor(n / 1024);
    return (byte / 255 - mean[channel]!) / deviation[channel]!;
  });
  expect(images.subarray(PIXELS)).toEqual(Uint8Array.from(pixels));
  decoded(images, PIXELS, data.encoding)
    .subarray(PIXELS)
    .forEach((value, n) => {
      expect(value).toBeCloseTo(expected[n]!, 12);
    });
});

test("numbers of another type than bytes are refused", async () => {
  const data = await loadDataset({ name: "cifar-10", path: folderWith(cifar10Files), sizes });
  expect(() => data.stream("test", 0).fill(0, new Float32Array(PIXELS), new Int32Array(1))).toThrow(
    "invalid images; this data set fills a Uint8Array: Float32Array",
  );
});

test("every epoch of the training split holds each example once, in an order of its own", async () => {
  const data = await loadDataset({ name: "cifar-10", path: folderWith(cifar10Files), sizes });
  const labels = new Int32Array(30);
  data.stream("train", 4).fill(0, new Uint8Array(30 * PIXELS), labels);
  const epochs = [0, 10, 20].map((start) => [...labels.subarray(start, start + 10)]);
  for (const epoch of epochs) expect([...epoch].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(new Set(epochs.map(String)).size).toBe(3);
});

test("CIFAR-100 is read with its fine labels", async () => {
  const data = await loadDataset({ name: "cifar-100", path: folderWith(cifar100Files), sizes });
  expect(data.classes).toBe(100);
  const labels = new Int32Array(2);
  data.stream("test", 0).fill(0, new Uint8Array(2 * PIXELS), labels);
  expect([...labels]).toEqual([99, 0]);
});

test("checksums name every file", async () => {
  const data = await loadDataset({ name: "cifar-100", path: folderWith(cifar100Files), sizes });
  const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  expect(data.checksums).toEqual({
    "cifar-100/train.bin": sha256(cifar100Files["train.bin"]),
    "cifar-100/test.bin": sha256(cifar100Files["test.bin"]),
  });
});

describe("errors", () => {
  const load = (files: Record<string, Uint8Array>, name = "cifar-10") =>
    loadDataset({ name, path: folderWith(files), sizes });

  test("missing files are all named, with their source and their place", async () => {
    const { "data_batch_2.bin": _, "test_batch.bin": __, ...rest } = cifar10Files;
    const path = folderWith(rest);
    await expect(loadDataset({ name: "cifar-10", path, sizes })).rejects.toThrow(
      `${path}: cifar-10 needs data_batch_2.bin, test_batch.bin, which are not in this folder; ` +
        "get the CIFAR-10 binary version (cifar-10-binary.tar.gz of A. Krizhevsky, University of Toronto) and put the files here",
    );
  });

  test("a file that ends at a record, which the format cannot tell, is too short", async () => {
    const short = cifar10Files["data_batch_3.bin"]!.subarray(0, 3073);
    await expect(load({ ...cifar10Files, "data_batch_3.bin": short })).rejects.toThrow(
      /data_batch_3.bin, byte 3073: 3073 bytes, expected 6146 \(2 records of 3073 bytes\)/,
    );
  });

  test("a label that is no class is named with its offset", async () => {
    const wrong = records([[1], [10]], 1);
    await expect(load({ ...cifar10Files, "data_batch_1.bin": wrong })).rejects.toThrow(
      /data_batch_1.bin, byte 3073: example 1 has label 10, which is not a class from 0 to 9/,
    );
  });

  test("files of CIFAR-100 under another name are refused, and so is a coarse label of 20", async () => {
    await expect(load({ ...cifar10Files, "test_batch.bin": cifar100Files["test.bin"] })).rejects.toThrow(
      /test_batch.bin, byte 6146: 6148 bytes, expected 6146/,
    );
    await expect(
      load(
        {
          ...cifar100Files,
          "test.bin": records(
            [
              [0, 99],
              [20, 0],
            ],
            20,
          ),
        },
        "cifar-100",
      ),
    ).rejects.toThrow(/test.bin, byte 3074: example 1 has label 20/);
  });

  test("without sizes the published numbers of examples are demanded", async () => {
    await expect(loadDataset({ name: "cifar-10", path: folderWith(cifar10Files) })).rejects.toThrow(
      /data_batch_1.bin, byte 6146: 6146 bytes, expected 30730000 \(10000 records/,
    );
  });

  test("any truncation is a DatasetError at the end of the file", async () => {
    const whole = cifar10Files["data_batch_5.bin"]!;
    const path = folderWith(cifar10Files);
    await fc.assert(
      fc.asyncProperty(truncation(whole.length), async (cut) => {
        const short = cut(whole);
        writeFileSync(join(path, "data_batch_5.bin"), short);
        const error = await loadDataset({ name: "cifar-10", path, sizes }).catch((thrown) => thrown);
        expect(error).toBeInstanceOf(DatasetError);
        expect(error.offset).toBe(short.length);
      }),
      { numRuns: 50 },
    );
  });

  test("with checksums given, any damage is a DatasetError that names the file", async () => {
    const path = folderWith(cifar100Files);
    const { checksums } = await loadDataset({ name: "cifar-100", path, sizes });
    const whole = cifar100Files["test.bin"];
    const failures = await failuresOfDamaged(whole, 50, "test.bin: SHA-256 is ", (damaged) => {
      writeFileSync(join(path, "test.bin"), damaged);
      return loadDataset({ name: "cifar-100", path, sizes, checksums });
    });
    expect(failures).toBe(50);
  });
});
