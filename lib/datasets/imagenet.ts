/**
 * ImageNet (ILSVRC 2012) downsampled to 16, 32 or 64 pixels, from files that the user supplies. Which files make a
 * split is said here; the two formats are `imagenet-npz.ts` and `imagenet-parquet.ts`.
 */

import type { Dataset } from "./dataset";
import { DatasetError } from "./errors";
import { finiteDataset } from "./examples";
import type { DataFolder } from "./folder";
import { readImagenetNpz } from "./imagenet-npz";
import { readImagenetParquet } from "./imagenet-parquet";
import { channelEncoding, type ImageShard, shardExamples } from "./images";

const CLASSES = 1000;

/** The channel means and deviations that are usual for ImageNet, at every side. */
export const imagenetEncoding = channelEncoding({
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
});

/** Files of the `.npz` distribution, by split. The validation set is what the kit tests on. */
const NPZ_FILES = {
  train: Array.from({ length: 10 }, (_, n) => `train_data_batch_${n + 1}.npz`),
  test: ["val_data.npz"],
};

/** How the names of the Parquet files of a split begin. */
const PARQUET_NAMES = { train: /^train.*\.parquet$/, test: /^val.*\.parquet$/ };

type Split = keyof typeof NPZ_FILES;

/** @param sizes examples that each split must hold */
export async function loadImagenet(
  folder: DataFolder,
  side: number,
  sizes: Readonly<Record<string, number>>,
): Promise<Dataset> {
  const features = 3 * side * side;
  const files = findFiles(folder);
  const shards: Record<Split, ImageShard[]> = { train: [], test: [] };
  for (const split of ["test", "train"] as const) {
    for (const file of files[split]) {
      await folder.hash(file);
      const path = folder.pathOf(file);
      shards[split].push(
        file.endsWith(".npz")
          ? await readImagenetNpz(path, features, CLASSES)
          : await readImagenetParquet(path, side, CLASSES),
      );
    }
    const found = shards[split].reduce((sum, shard) => sum + shard.labels.length, 0);
    if (found !== sizes[split]) {
      throw new DatasetError(
        folder.path,
        `split ${split} has ${found} examples in ${files[split].join(", ")}, expected ${sizes[split]}; ` +
          "complete the files, or give the sizes of a subset as the option sizes",
      );
    }
  }
  return finiteDataset(
    {
      name: folder.name,
      title: `ImageNet at ${side}×${side}`,
      licence: "ImageNet terms of access: non-commercial research and education",
      classes: CLASSES,
      features,
      encoding: imagenetEncoding,
      checksums: folder.checksums,
    },
    { train: shardExamples(shards.train, features), test: shardExamples(shards.test, features) },
  );
}

/** The files of each split, in one of the two formats. */
function findFiles(folder: DataFolder): Record<Split, readonly string[]> {
  const names = folder.list();
  const parquet = {
    train: names.filter((name) => PARQUET_NAMES.train.test(name)),
    test: names.filter((name) => PARQUET_NAMES.test.test(name)),
  };
  const hasParquet = parquet.train.length + parquet.test.length > 0;
  const hasNpz = names.some((name) => name.endsWith(".npz"));
  if (hasNpz && hasParquet) {
    throw new DatasetError(folder.path, "both .npz and .parquet files; leave the files of one format here");
  }
  if (hasNpz) {
    folder.require(Object.values(NPZ_FILES).flat());
    return NPZ_FILES;
  }
  if (parquet.train.length === 0) {
    throw folder.missing(
      "train_data_batch_1.npz … _10.npz and val_data.npz, or train*.parquet and val*.parquet",
    );
  }
  if (parquet.test.length === 0) throw folder.missing("val*.parquet");
  requireShards(folder, [...parquet.train, ...parquet.test]);
  return parquet;
}

/** Where names count their shards (`train-00001-of-00040.parquet`), all of them must be there. */
function requireShards(folder: DataFolder, names: readonly string[]): void {
  for (const name of names) {
    const { prefix, digits, total, suffix } =
      /^(?<prefix>.*-)\d+-of-(?<total>(?<digits>\d+))(?<suffix>.*)$/.exec(name)?.groups ?? {};
    if (prefix === undefined || total === undefined || digits === undefined) continue;
    folder.require(
      Array.from(
        { length: Number(total) },
        (_, n) => `${prefix}${String(n).padStart(digits.length, "0")}-of-${total}${suffix}`,
      ),
    );
  }
}
