import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decoded } from "../../lib/datasets/encoding";
import { DatasetError } from "../../lib/datasets/errors";
import { readImagenetParquet } from "../../lib/datasets/imagenet-parquet";
import { loadDataset } from "../../lib/datasets/load";
import {
  encodeImage,
  failuresOfDamaged,
  folderWith,
  int64,
  noise,
  npy,
  truncation,
  writeParquet,
  zip,
} from "./fixtures";

const SIDE = 16;
const FEATURES = 3 * SIDE * SIDE;
const image = (n: number) => noise(FEATURES, 100 + n);
const concat = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** One .npz file with the images first … first + count - 1, the label of each its number. */
function batch(first: number, count: number): Buffer {
  const numbers = Array.from({ length: count }, (_, n) => first + n);
  return zip({
    "data.npy": npy("|u1", `(${count}, ${FEATURES})`, concat(numbers.map(image))),
    "labels.npy": npy("<i8", `(${count},)`, int64(numbers.map((n) => n + 1))),
  });
}

const npzFiles = {
  ...Object.fromEntries(
    Array.from({ length: 10 }, (_, n) => [`train_data_batch_${n + 1}.npz`, batch(2 * n, 2)]),
  ),
  "val_data.npz": batch(20, 3),
} as Record<string, Buffer>;
const sizes = { train: 20, test: 3 };

const normalised = (pixels: Uint8Array) =>
  [...pixels].map((byte, n) => {
    const channel = Math.floor((3 * n) / FEATURES);
    return (byte / 255 - [0.485, 0.456, 0.406][channel]!) / [0.229, 0.224, 0.225][channel]!;
  });

async function expectImages(spec: Parameters<typeof loadDataset>[0]) {
  const data = await loadDataset(spec);
  expect(data).toMatchObject({
    name: spec.name,
    classes: 1000,
    features: FEATURES,
    splits: ["train", "test"],
  });
  const images = new Uint8Array(3 * FEATURES);
  const labels = new Int32Array(3);
  data.stream("test", 0).fill(0, images, labels);
  expect([...labels]).toEqual([20, 21, 22]);
  const expected = [20, 21, 22].flatMap((n) => normalised(image(n)));
  decoded(images, FEATURES, data.encoding).forEach((value, n) => {
    expect(value).toBeCloseTo(expected[n]!, 12);
  });

  const epoch = new Uint8Array(20 * FEATURES);
  const order = new Int32Array(20);
  data.stream("train", 0).fill(0, epoch, order);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  order.forEach((label, n) => {
    expect(epoch.subarray(n * FEATURES, (n + 1) * FEATURES)).toEqual(Uint8Array.from(image(label)));
  });
  return data;
}

/** A folder with the same images as Parquet: two training shards and one of validation. */
async function parquetFolder(): Promise<string> {
  const folder = folderWith();
  for (const [name, first, count] of [
    ["train-00000-of-00002.parquet", 0, 9],
    ["train-00001-of-00002.parquet", 9, 11],
    ["validation-00000-of-00001.parquet", 20, 3],
  ] as const) {
    const numbers = Array.from({ length: count }, (_, n) => first + n);
    const encoded = await Promise.all(numbers.map((n) => encodeImage(image(n), SIDE, "png")));
    await writeParquet(join(folder, name), encoded, numbers, { rowGroupSize: 4 });
  }
  return folder;
}

test("the npz distribution is read whole, normalised by channel", async () => {
  const data = await expectImages({ name: "imagenet-16", path: folderWith(npzFiles), sizes });
  expect(Object.keys(data.checksums).sort()).toEqual(
    Object.keys(npzFiles)
      .map((file) => `imagenet-16/${file}`)
      .sort(),
  );
});

test("Parquet files with PNG images give the same data", async () => {
  const data = await expectImages({ name: "imagenet-16", path: await parquetFolder(), sizes });
  expect(Object.keys(data.checksums)).toHaveLength(3);
});

describe("missing and mixed files", () => {
  const load = (path: string) => loadDataset({ name: "imagenet-16", path, sizes });

  test("an empty folder is told what to get", async () => {
    await expect(load(folderWith())).rejects.toThrow(
      /imagenet-16 needs train_data_batch_1.npz … _10.npz and val_data.npz, or train\*.parquet .* get the 16×16 downsampled ImageNet/,
    );
  });

  test("a missing batch is named", async () => {
    const { "train_data_batch_7.npz": _, ...rest } = npzFiles;
    await expect(load(folderWith(rest))).rejects.toThrow(/needs train_data_batch_7.npz, which is not/);
  });

  test("a label that is no class is named as it stands in the file, where labels count from 1", async () => {
    for (const label of [0, 1001]) {
      const val = zip({
        "data.npy": npy("|u1", `(1, ${FEATURES})`, image(0)),
        "labels.npy": npy("<i8", "(1,)", int64([label])),
      });
      await expect(load(folderWith({ ...npzFiles, "val_data.npz": val }))).rejects.toThrow(
        new RegExp(`example 0 has label ${label}, which is not a class from 1 to 1000$`),
      );
    }
  });

  test("a missing shard of a counted set is named", async () => {
    const path = await parquetFolder();
    writeFileSync(
      join(path, "train-00001-of-00003.parquet"),
      readFileSync(join(path, "train-00001-of-00002.parquet")),
    );
    await expect(load(path)).rejects.toThrow(
      /needs train-00000-of-00003.parquet, train-00002-of-00003.parquet/,
    );
  });

  test("files of both formats in one folder are refused", async () => {
    const path = await parquetFolder();
    writeFileSync(join(path, "val_data.npz"), npzFiles["val_data.npz"]!);
    await expect(load(path)).rejects.toThrow(/both .npz and .parquet files/);
  });

  test("a split with fewer examples than published is refused unless the sizes say so", async () => {
    await expect(loadDataset({ name: "imagenet-16", path: folderWith(npzFiles) })).rejects.toThrow(
      /split test has 3 examples in val_data.npz, expected 50000/,
    );
  });

  test("files of another side are refused", async () => {
    await expect(loadDataset({ name: "imagenet-32", path: folderWith(npzFiles), sizes })).rejects.toThrow(
      /shape \(3, 768\), expected \|u1 with shape \(N, 3072\)/,
    );
    await expect(loadDataset({ name: "imagenet-32", path: await parquetFolder(), sizes })).rejects.toThrow(
      /row 0: the image has 16×16 pixels, expected 32×32/,
    );
  });
});

describe("Parquet", () => {
  const write = async (
    images: readonly Uint8Array[],
    labels: readonly number[],
    options?: Parameters<typeof writeParquet>[3],
  ) => {
    const path = join(folderWith(), "train.parquet");
    await writeParquet(path, images, labels, options);
    return path;
  };
  const pngs = () => Promise.all([1, 2, 3].map((n) => encodeImage(image(n), SIDE, "png")));

  test.each(["uncompressed", "snappy", "gzip", "brotli"])("compressed by %s is read", async (compression) => {
    const path = await write(await pngs(), [5, 0, 999], { compression });
    const shard = await readImagenetParquet(path, SIDE, 1000);
    expect(shard.pixels).toEqual(concat([1, 2, 3].map(image)));
    expect([...shard.labels]).toEqual([5, 0, 999]);
  });

  test("JPEG images are read as nearly what was encoded", async () => {
    const smooth = Uint8Array.from(
      { length: FEATURES },
      (_, n) => 40 + 80 * Math.floor((3 * n) / FEATURES) + (n % 16),
    );
    const path = await write([await encodeImage(smooth, SIDE, "jpeg")], [1]);
    const { pixels } = await readImagenetParquet(path, SIDE, 1000);
    pixels.forEach((byte, n) => {
      expect(Math.abs(byte - smooth[n]!)).toBeLessThan(12);
    });
  });

  test.each([
    [
      "a label of 1000",
      [0, 1000, 1],
      /byte \d+: example 1 has label 1000, which is not a class from 0 to 999/,
    ],
    ["a label of -1", [0, 0, -1], /byte \d+: example 2 has label -1/],
  ])("%s is refused", async (_, labels, message) => {
    await expect(readImagenetParquet(await write(await pngs(), labels), SIDE, 1000)).rejects.toThrow(message);
  });

  test("a bad label in a later row group is named with where that group starts", async () => {
    const images = (await pngs()).flatMap((png) => [png, png]);
    const path = await write(images, [0, 1, 2, 3, 4, 1000], { rowGroupSize: 2 });
    await expect(readImagenetParquet(path, SIDE, 1000)).rejects.toThrow(
      /train.parquet \(row group from row 4\), byte [1-9]\d{2,}: example 1 has label 1000/,
    );
  });

  test("a compression that cannot be read is named with what to do", async () => {
    const path = await write(await pngs(), [0, 1, 2], { compression: "lz4" });
    await expect(readImagenetParquet(path, SIDE, 1000)).rejects.toThrow(
      /compression LZ4_RAW cannot be read with this Node; write the file again with one of UNCOMPRESSED, SNAPPY/,
    );
  });

  test("bytes that are no image are refused, naming the row", async () => {
    const [first, second] = await pngs();
    const path = await write([first!, second!, Buffer.from("<svg/>")], [0, 1, 2]);
    await expect(readImagenetParquet(path, SIDE, 1000)).rejects.toThrow(
      /row 2: image.bytes is not a PNG or JPEG/,
    );
  });

  test("a truncated image is refused, naming the row", async () => {
    const [first, second] = await pngs();
    const path = await write([first!, second!.subarray(0, 400)], [0, 1]);
    await expect(readImagenetParquet(path, SIDE, 1000)).rejects.toThrow(/train.parquet, byte \d+: row 1: /);
  });

  test("another file is refused", async () => {
    const path = join(folderWith({ "train.parquet": Buffer.from("not a parquet file") }), "train.parquet");
    await expect(readImagenetParquet(path, SIDE, 1000)).rejects.toThrow(/byte 0: not a Parquet file/);
  });

  test("any truncation is a DatasetError", async () => {
    const path = await write(await pngs(), [5, 0, 999]);
    const whole = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(truncation(whole.length), async (cut) => {
        writeFileSync(path, cut(whole));
        await expect(readImagenetParquet(path, SIDE, 1000)).rejects.toBeInstanceOf(DatasetError);
      }),
      { numRuns: 100 },
    );
  });

  test("a damaged file is read to the same images, up to labels that another class explains, or is a DatasetError", async () => {
    // Parquet as usually written has no checksum of its own: only the images carry one. Checksums given to
    // loadDataset close the gap (the test below).
    const path = await write(await pngs(), [5, 0, 999]);
    const failures = await failuresOfDamaged(readFileSync(path), 400, path, async (damaged) => {
      writeFileSync(path, damaged);
      const shard = await readImagenetParquet(path, SIDE, 1000);
      expect(shard.pixels).toEqual(concat([1, 2, 3].map(image)));
      expect(shard.labels).toHaveLength(3);
    });
    expect(failures).toBeGreaterThan(100);
  });

  test("with checksums given, any damage is a DatasetError that names the file", async () => {
    const path = await parquetFolder();
    const { checksums } = await loadDataset({ name: "imagenet-16", path, sizes });
    const file = join(path, "validation-00000-of-00001.parquet");
    const failures = await failuresOfDamaged(readFileSync(file), 30, `${file}: SHA-256 is `, (damaged) => {
      writeFileSync(file, damaged);
      return loadDataset({ name: "imagenet-16", path, sizes, checksums });
    });
    expect(failures).toBe(30);
  });
});
