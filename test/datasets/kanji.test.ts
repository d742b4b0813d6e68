import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GlyphRenderer, NORMALS_PER_EXAMPLE } from "../../lib/datasets/glyphs";
import { loadDataset } from "../../lib/datasets/load";
import { randomStream } from "../../lib/random/stream";
import { folderWith, moments } from "./fixtures";

const FEATURES = 256;
const FILE = join(__dirname, "../../data/kanji-1000/glyphs-idx4-ubyte.gz");
const dataset = loadDataset({ name: "kanji-1000" });

async function draw(split: string, seed: number, start: number, count: number) {
  const images = new Float32Array(count * FEATURES);
  const labels = new Int32Array(count);
  (await dataset).stream(split, seed).fill(start, images, labels);
  return { images, labels };
}

test("describes itself", async () => {
  const { title, classes, features, splits, checksums, stream } = await dataset;
  expect({ title, classes, features, splits }).toEqual({
    title: "kanji-1000",
    classes: 1000,
    features: 256,
    splits: ["train", "test", "new-typefaces"],
  });
  expect(checksums).toEqual({
    "kanji-1000/glyphs-idx4-ubyte.gz": "b50ea44a344ba1c5c274570b9dff1a79511c62f8f7d3a1f2f9f72806173fe007",
  });
  expect(stream("train", 0).size).toBeUndefined();
});

describe("random access", () => {
  test("examples depend on their number only, not on what was drawn with or before them", async () => {
    const { images, labels } = await draw("train", 0, 0, 200);
    const used = (await dataset).stream("train", 0);
    fc.assert(
      fc.property(fc.nat(150), fc.integer({ min: 0, max: 50 }), (start, count) => {
        const part = new Float32Array(count * FEATURES);
        const partLabels = new Int32Array(count);
        used.fill(start, part, partLabels);
        expect(part).toEqual(images.slice(start * FEATURES, (start + count) * FEATURES));
        expect(partLabels).toEqual(labels.slice(start, start + count));
      }),
    );
  });

  test("seed and split change the examples", async () => {
    const base = await draw("train", 0, 0, 100);
    for (const other of [await draw("train", 1, 0, 100), await draw("test", 0, 0, 100)]) {
      const same = other.labels.filter((label, n) => label === base.labels[n]).length;
      expect(same).toBeLessThan(4);
      expect(other.images.filter((value, n) => value === base.images[n]).length).toBe(0);
    }
  });

  test("the stream goes on far beyond any study", async () => {
    const { images } = await draw("train", 0, 2 ** 40, 2);
    expect(images.every(Number.isFinite)).toBe(true);
  });
});

describe("statistics", () => {
  test("features have mean 0 and deviation 1, within 0.03 for the typefaces trained on", async () => {
    for (const split of ["train", "test"]) {
      const { images } = await draw(split, 3, 0, 20_000);
      const { mean, deviation } = moments(images);
      expect(Math.abs(mean)).toBeLessThan(0.03);
      expect(Math.abs(deviation - 1)).toBeLessThan(0.03);
    }
  });

  test("all classes are equally likely", async () => {
    const { labels } = await draw("train", 1, 0, 50_000);
    const counts = new Uint32Array(1000);
    for (const label of labels) counts[label]!++;
    // Chi-square with 999 degrees of freedom: mean 999, deviation 44.7.
    const statistic = counts.reduce((sum, count) => sum + (count - 50) ** 2 / 50, 0);
    expect(Math.abs(statistic - 999) / Math.sqrt(2 * 999)).toBeLessThan(4.5);
  });
});

describe("an example is the glyph of its class, drawn with the normal numbers of its index, in a typeface of", () => {
  const glyphs = gunzipSync(readFileSync(FILE)).subarray(20);
  const renderer = new GlyphRenderer();
  const normals = new Float32Array(NORMALS_PER_EXAMPLE);
  const rendered = new Float32Array(FEATURES);
  const keptOut = [10, 13, 20, 25];
  const all = Array.from({ length: 28 }, (_, n) => n);
  const known = all.filter((typeface) => !keptOut.includes(typeface));

  test.each([
    ["train", known],
    ["test", known],
    ["new-typefaces", keptOut],
  ])("%s", async (split, expected) => {
    const first = 5_000_000_000;
    const { images, labels } = await draw(split, 7, first, 400);
    const random = randomStream(`kanji-1000/${split}`, 7);
    const found = Array.from(labels, (label, example) => {
      random.normal(first + example, normals);
      const image = images.subarray(example * FEATURES, (example + 1) * FEATURES);
      return all.filter((typeface) => {
        renderer.render(glyphs, (label * 28 + typeface) * 32 * 32, normals, rendered, 0);
        return rendered.every((value, n) => value === image[n]);
      });
    });
    expect(found.every((typefaces) => typefaces.length === 1)).toBe(true);
    expect([...new Set(found.flat())].sort((a, b) => a - b)).toEqual(expected);
  });
});

describe("errors", () => {
  test("a file with one bit flipped is named", async () => {
    const dataRoot = folderWith();
    const bytes = readFileSync(FILE);
    bytes[4_000_000]! ^= 1;
    const file = join(dataRoot, "glyphs-idx4-ubyte.gz");
    writeFileSync(file, bytes);
    await expect(loadDataset({ name: "kanji-1000", path: dataRoot })).rejects.toThrow(
      new RegExp(`^${file}: SHA-256 is [0-9a-f]{64}, expected b50ea44a`),
    );
    copyFileSync(FILE, file);
    await expect(loadDataset({ name: "kanji-1000", path: dataRoot })).resolves.toMatchObject({
      classes: 1000,
    });
  });

  test("a split that does not exist, and arrays that do not fit, are refused", async () => {
    const data = await dataset;
    expect(() => data.stream("validation", 0)).toThrow(
      "invalid split of kanji-1000; not one of train, test, new-typefaces: validation",
    );
    const stream = data.stream("train", 0);
    expect(() => stream.fill(0, new Float32Array(255), new Int32Array(1))).toThrow(RangeError);
    expect(() => stream.fill(-1, new Float32Array(256), new Int32Array(1))).toThrow(RangeError);
    expect(() => data.stream("train", -1)).toThrow(RangeError);
  });
});
