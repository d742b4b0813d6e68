import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Dataset } from "../../lib/datasets/dataset";
import { loadDataset } from "../../lib/datasets/load";
import { folderWith, moments } from "./fixtures";

const FOLDER = join(__dirname, "../../data/fashion-mnist");
const content = (file: string) => gunzipSync(readFileSync(join(FOLDER, file)));
const half = loadDataset({ name: "fashion-mnist" });
const full = loadDataset({ name: "fashion-mnist", side: 28 });

function draw(data: Dataset, split: string, seed: number, start: number, count: number) {
  const images = new Float32Array(count * data.features);
  const labels = new Int32Array(count);
  data.stream(split, seed).fill(start, images, labels);
  return { images, labels };
}

test("describes itself", async () => {
  const { title, licence, classes, features, splits, checksums } = await half;
  expect({ title, licence, classes, features, splits }).toEqual({
    title: "Fashion-MNIST at 14×14",
    licence: "MIT",
    classes: 10,
    features: 196,
    splits: ["train", "test"],
  });
  expect(Object.keys(checksums)).toHaveLength(4);
  expect((await full).features).toBe(784);
});

test("its page states the checksums that were verified", async () => {
  const page = readFileSync(join(FOLDER, "README.md"), "utf8");
  for (const [file, sha256] of Object.entries((await half).checksums)) {
    expect(page).toContain(`\`${file.replace("fashion-mnist/", "")}\``);
    expect(page).toContain(sha256);
  }
});

test.each([
  ["14×14", half],
  ["28×28", full],
])("the training pixels at %s have mean 0 and deviation 1 to four digits", async (_, dataset) => {
  const { images, labels } = draw(await dataset, "train", 0, 0, 60_000);
  const { mean, deviation } = moments(images);
  expect(mean).toBeCloseTo(0, 4);
  expect(deviation).toBeCloseTo(1, 4);
  for (let label = 0; label < 10; label++)
    expect(labels.filter((found) => found === label)).toHaveLength(6000);
});

test("the test split is in file order, pooled over 2×2 pixels", async () => {
  const { images, labels } = draw(await half, "test", 0, 0, 10_000);
  const pixels = content("t10k-images-idx3-ubyte.gz").subarray(16);
  expect(Buffer.from(labels)).toEqual(content("t10k-labels-idx1-ubyte.gz").subarray(8));
  for (const [example, row, column] of [
    [0, 7, 7],
    [1, 0, 0],
    [1234, 5, 9],
    [9999, 13, 13],
  ] as const) {
    const at = (y: number, x: number) => pixels[example * 784 + (2 * row + y) * 28 + 2 * column + x]!;
    const average = (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4 / 255;
    expect(images[example * 196 + row * 14 + column]).toBeCloseTo((average - 0.28604) / 0.33007, 5);
  }
});

test("the test split has a size and ends", async () => {
  const data = await half;
  expect(data.stream("test", 0).size).toBe(10_000);
  expect(() => draw(data, "test", 0, 9_999, 1)).not.toThrow();
  expect(() => draw(data, "test", 0, 9_999, 2)).toThrow(/the split ends at 10000/);
});

test("the training split repeats in epochs, each a new order that seed and epoch determine", async () => {
  const data = await full;
  expect(data.stream("train", 0).size).toBe(60_000);
  const fingerprints = (seed: number, start: number, count: number) => {
    const { images } = draw(data, "train", seed, start, count);
    return Array.from({ length: count }, (_, n) => images.subarray(n * 784, (n + 1) * 784).join());
  };
  const first = fingerprints(0, 0, 300);
  const second = fingerprints(0, 60_000, 300);
  expect(new Set([...first, ...second]).size).toBeGreaterThan(590);
  expect(new Set([...first, ...fingerprints(1, 0, 300)]).size).toBeGreaterThan(590);
  expect(fingerprints(0, 59_900, 400).slice(100)).toEqual(second);
});

test("a part of the training stream equals the slice of the whole, across the end of an epoch", async () => {
  const data = await half;
  const start = 59_950;
  const { images, labels } = draw(data, "train", 2, start, 100);
  const used = data.stream("train", 2);
  fc.assert(
    fc.property(fc.nat(60), fc.nat(40), (from, count) => {
      const part = new Float32Array(count * 196);
      const partLabels = new Int32Array(count);
      used.fill(start + from, part, partLabels);
      expect(part).toEqual(images.slice(from * 196, (from + count) * 196));
      expect(partLabels).toEqual(labels.slice(from, from + count));
    }),
    { numRuns: 30 },
  );
});

test("missing files are named with their source and place", async () => {
  const dataRoot = folderWith();
  await expect(loadDataset({ name: "fashion-mnist" }, { dataRoot })).rejects.toThrow(
    `${join(dataRoot, "fashion-mnist")}: fashion-mnist needs train-images-idx3-ubyte.gz`,
  );
});
