/** The data sets by name: what options each takes, where its files come from, and which reader reads them. */

import { join, resolve } from "node:path";
import { cifar10, cifar100, loadCifar } from "./cifar";
import type { Dataset } from "./dataset";
import { fashionMnistChecksums, loadFashionMnist } from "./fashion-mnist";
import { DataFolder } from "./folder";
import { loadImagenet } from "./imagenet";
import { kanjiChecksums, loadKanji } from "./kanji";
import { defaultDataRoot } from "./root";
import { type DatasetSpec, requireValid } from "./spec";

interface Entry {
  /** Where the files come from, as the end of "get …". */
  readonly origin: string;
  /** SHA-256 of files that the project embeds. */
  readonly checksums?: Readonly<Record<string, string>>;
  /** Sides that can be asked for, the default first. */
  readonly sides?: readonly number[];
  /** Published number of examples of each split, where a user may have a subset. */
  readonly sizes?: Readonly<Record<string, number>>;
  load(folder: DataFolder, side: number, sizes: Readonly<Record<string, number>>): Promise<Dataset>;
}

const imagenet = (side: number): Entry => ({
  origin:
    `the ${side}×${side} downsampled ImageNet (train and validation, npz format, from image-net.org after ` +
    "registration), or a Parquet edition of it with encoded images,",
  sizes: { train: 1_281_167, test: 50_000 },
  load: (folder, _side, sizes) => loadImagenet(folder, side, sizes),
});

const entries: Readonly<Record<string, Entry>> = {
  "kanji-1000": {
    origin: "it from the project's repository, which embeds it in data/kanji-1000,",
    checksums: kanjiChecksums,
    load: (folder) => loadKanji(folder),
  },
  "fashion-mnist": {
    origin: "it from the project's repository, which embeds it in data/fashion-mnist,",
    checksums: fashionMnistChecksums,
    sides: [14, 28],
    load: (folder, side) => loadFashionMnist(folder, side),
  },
  "cifar-10": {
    origin: "the CIFAR-10 binary version (cifar-10-binary.tar.gz of A. Krizhevsky, University of Toronto)",
    sizes: { train: 50_000, test: 10_000 },
    load: (folder, _side, sizes) => loadCifar(folder, cifar10, sizes),
  },
  "cifar-100": {
    origin: "the CIFAR-100 binary version (cifar-100-binary.tar.gz of A. Krizhevsky, University of Toronto)",
    sizes: { train: 50_000, test: 10_000 },
    load: (folder, _side, sizes) => loadCifar(folder, cifar100, sizes),
  },
  "imagenet-16": imagenet(16),
  "imagenet-32": imagenet(32),
  "imagenet-64": imagenet(64),
};

/** The names that `loadDataset` knows. */
export const datasetNames: readonly string[] = Object.keys(entries);

/**
 * Reads a data set into memory and checks it.
 *
 * @param spec the name, and options where it is not the usual
 * @param options dataRoot: folder that holds a folder for each data set; defaults to the environment variable
 *   OFFCURVE_DATA, else to the repository's `data`
 * @throws RangeError for a name or option that does not exist
 * @throws DatasetError for files that are missing, damaged or not what they should be
 */
export async function loadDataset(
  spec: DatasetSpec,
  options: { readonly dataRoot?: string | undefined } = {},
): Promise<Dataset> {
  const entry = Object.hasOwn(entries, spec.name) ? entries[spec.name] : undefined;
  if (!entry) throw new RangeError(`invalid data set; not one of ${datasetNames.join(", ")}: ${spec.name}`);
  requireValid(spec);
  const side = chooseSide(spec, entry);
  const sizes = chooseSizes(spec, entry);
  const path = resolve(spec.path ?? join(options.dataRoot ?? defaultDataRoot(), spec.name));
  const folder = new DataFolder(spec.name, path, entry.origin, { ...spec.checksums, ...entry.checksums });
  return await entry.load(folder, side, sizes);
}

function chooseSide({ name, side }: DatasetSpec, { sides }: Entry): number {
  if (side === undefined) return sides?.[0] ?? 0;
  if (!sides) throw new RangeError(`invalid side; ${name} has no choice of sides: ${side}`);
  if (!sides.includes(side)) {
    throw new RangeError(`invalid side of ${name}; not one of ${sides.join(", ")}: ${side}`);
  }
  return side;
}

function chooseSizes({ name, sizes = {} }: DatasetSpec, entry: Entry): Readonly<Record<string, number>> {
  for (const [split, size] of Object.entries(sizes)) {
    if (!entry.sizes) throw new RangeError(`invalid sizes; ${name} has no subsets: ${split}`);
    if (!Object.hasOwn(entry.sizes, split)) {
      throw new RangeError(
        `invalid split in sizes; not one of ${Object.keys(entry.sizes).join(", ")}: ${split}`,
      );
    }
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`invalid size of split ${split}; not an integer from 1 up: ${size}`);
    }
  }
  return { ...entry.sizes, ...sizes };
}
