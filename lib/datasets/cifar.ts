/** CIFAR-10 and CIFAR-100 in their binary version: records of one or two label bytes and 3×32×32 pixel bytes. */

import type { Dataset } from "./dataset";
import type { ByteEncoding } from "./encoding";
import { DatasetError } from "./errors";
import { type Examples, finiteDataset } from "./examples";
import type { DataFolder } from "./folder";
import { channelEncoding, type ImageShard, shardExamples } from "./images";
import { checkLabels } from "./labels";

const FEATURES = 3 * 32 * 32;

/** What tells the two apart. */
export interface CifarVariant {
  readonly title: string;
  readonly classes: number;
  /** Number of classes of each label byte of a record; the last is the one that is learnt. */
  readonly labelBytes: readonly number[];
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly encoding: ByteEncoding;
}

/** Normalised by the training split's channel means and deviations, as commonly published. */
export const cifar10: CifarVariant = {
  title: "CIFAR-10",
  classes: 10,
  labelBytes: [10],
  files: { train: [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`), test: ["test_batch.bin"] },
  encoding: channelEncoding({ mean: [0.4914, 0.4822, 0.4465], deviation: [0.247, 0.2435, 0.2616] }),
};

/** The label learnt is the fine one, of 100 classes; the coarse one is only checked. */
export const cifar100: CifarVariant = {
  title: "CIFAR-100",
  classes: 100,
  labelBytes: [20, 100],
  files: { train: ["train.bin"], test: ["test.bin"] },
  encoding: channelEncoding({ mean: [0.5071, 0.4865, 0.4409], deviation: [0.2673, 0.2564, 0.2762] }),
};

/**
 * The images and labels of one binary file.
 *
 * @param bytes the file
 * @param file its name for messages
 * @param labelBytes number of classes of each label byte that precedes the pixels
 * @param examples how many the file must hold: the format cannot tell a file that ends early at a record
 * @throws DatasetError where the length is another or a label is not a class
 */
export function parseCifar(
  bytes: Uint8Array,
  file: string,
  labelBytes: readonly number[],
  examples: number,
): ImageShard {
  const record = labelBytes.length + FEATURES;
  const expected = examples * record;
  if (bytes.length !== expected) {
    throw new DatasetError(
      file,
      `${bytes.length} bytes, expected ${expected} (${examples} records of ${record} bytes)`,
      Math.min(bytes.length, expected),
    );
  }
  const columns = labelBytes.map((classes, column) => {
    const labels = Int32Array.from({ length: examples }, (_, n) => bytes[n * record + column]!);
    checkLabels(labels, classes, file, (example) => example * record + column);
    return labels;
  });
  const pixels = new Uint8Array(examples * FEATURES);
  for (let n = 0; n < examples; n++) {
    const start = n * record + labelBytes.length;
    pixels.set(bytes.subarray(start, start + FEATURES), n * FEATURES);
  }
  return { pixels, labels: columns.at(-1)! };
}

/**
 * @param sizes examples of each split, spread evenly over its files
 * @throws RangeError where they cannot be spread evenly
 * @throws DatasetError for files that are missing or damaged
 */
export async function loadCifar(
  folder: DataFolder,
  variant: CifarVariant,
  sizes: Readonly<Record<string, number>>,
): Promise<Dataset> {
  const { title, classes, labelBytes, files, encoding } = variant;
  for (const [split, names] of Object.entries(files)) {
    if (sizes[split]! % names.length !== 0) {
      throw new RangeError(
        `invalid size of split ${split}; its ${names.length} files have as many examples each, so it must be a multiple of ${names.length}: ${sizes[split]}`,
      );
    }
  }
  folder.require(Object.values(files).flat());
  const splits: Record<string, Examples> = {};
  for (const [split, names] of Object.entries(files)) {
    const shards: ImageShard[] = [];
    for (const file of names) {
      const content = await folder.read(file);
      shards.push(parseCifar(content, folder.pathOf(file), labelBytes, sizes[split]! / names.length));
    }
    splits[split] = shardExamples(shards, FEATURES);
  }
  return finiteDataset(
    {
      name: folder.name,
      title,
      licence: "not stated by the authors; cite A. Krizhevsky, Learning Multiple Layers of Features (2009)",
      classes,
      features: FEATURES,
      encoding,
      checksums: folder.checksums,
    },
    splits,
  );
}
