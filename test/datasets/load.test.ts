import { chdir, cwd, env } from "node:process";
import { afterEach, expect, test } from "vitest";
import { datasetNames, loadDataset } from "../../lib/datasets/load";
import type { DatasetSpec } from "../../lib/datasets/spec";
import { folderWith } from "./fixtures";

const before = { folder: cwd(), data: env.OFFCURVE_DATA };

afterEach(() => {
  chdir(before.folder);
  if (before.data === undefined) delete env.OFFCURVE_DATA;
  else env.OFFCURVE_DATA = before.data;
});

test("knows the data sets of the studies", () => {
  expect(datasetNames).toEqual([
    "kanji-1000",
    "fashion-mnist",
    "cifar-10",
    "cifar-100",
    "imagenet-16",
    "imagenet-32",
    "imagenet-64",
  ]);
});

test.each([
  [{ name: "mnist" }, /invalid data set; not one of kanji-1000, .*: mnist/],
  [{ name: "toString" }, /invalid data set/],
  [{ name: "fashion-mnist", side: 16 }, /invalid side of fashion-mnist; not one of 14, 28: 16/],
  [{ name: "kanji-1000", side: 16 }, /invalid side; kanji-1000 has no choice of sides: 16/],
  [{ name: "kanji-1000", sizes: { train: 5 } }, /invalid sizes; kanji-1000 has no subsets: train/],
  [
    { name: "cifar-10", sizes: { validation: 5 } },
    /invalid split in sizes; not one of train, test: validation/,
  ],
  [{ name: "cifar-10", sizes: { train: 0 } }, /invalid size of split train; not an integer from 1 up: 0/],
  [
    { name: "cifar-10", sizes: { train: 21_511 } },
    /invalid size of split train; its 5 files have as many examples each, so it must be a multiple of 5: 21511/,
  ],
  [
    { name: "kanji-1000", sise: 14 },
    /invalid data set kanji-1000; it has no option "sise", known are path, side/,
  ],
  [{ name: "kanji-1000", path: 5 }, /invalid path of the data set; expected the path of the folder .*: 5$/],
  [
    { name: "cifar-10", sizes: null },
    /invalid sizes of the data set; expected the number of examples .*: null$/,
  ],
  [{ name: "fashion-mnist", side: "14" }, /invalid side of the data set; expected a number of pixels: "14"$/],
  [{ name: "cifar-10", checksums: { a: 5 } }, /invalid checksums of the data set; .*: \{"a":5\}$/],
  [{ name: "cifar-10", checksums: { a: "x".repeat(5e6) } }, /^.{0,200}…$/],
] as [DatasetSpec, RegExp][])("refuses %j", async (spec, message) => {
  await expect(loadDataset(spec)).rejects.toThrow(message);
  await expect(loadDataset(spec)).rejects.toBeInstanceOf(RangeError);
});

test("finds the repository's data from any working folder", async () => {
  delete env.OFFCURVE_DATA;
  chdir("/");
  await expect(loadDataset({ name: "fashion-mnist" })).resolves.toMatchObject({ classes: 10 });
});

test("OFFCURVE_DATA names another data root, and the option dataRoot comes before it", async () => {
  const folder = folderWith();
  env.OFFCURVE_DATA = folder;
  await expect(loadDataset({ name: "cifar-10" })).rejects.toThrow(`${folder}/cifar-10: cifar-10 needs`);
  await expect(loadDataset({ name: "cifar-10" }, { dataRoot: "/elsewhere" })).rejects.toThrow(
    "/elsewhere/cifar-10: cifar-10 needs",
  );
});
