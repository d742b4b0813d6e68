/** What is known of the data sets without their files: the shape of an example, for planning. */

import { cifar10, cifar100 } from "./cifar";
import type { ByteEncoding } from "./encoding";
import { imagenetEncoding } from "./imagenet";
import { datasetNames } from "./load";
import { type DatasetSpec, requireValid } from "./spec";

/** What a model and a budget have to know of a data set, without reading its files. */
export interface DatasetShape {
  /** Inputs per example after preprocessing. */
  readonly features: number;
  readonly classes: number;
  /** Where examples are handed over as bytes, what a model is fed of them. */
  readonly encoding?: ByteEncoding | undefined;
  /** Bytes of its files' contents that are held in memory while it is in use. */
  readonly memoryBytes: number;
}

const MNIST_EXAMPLES = 70_000;
const MNIST_PIXELS = 28 * 28;
const KANJI_GLYPHS = 1000 * 28;
const KANJI_PIXELS = 32 * 32;

/** Three colours, a byte each, of as many examples as are read. */
function colours(
  side: number,
  classes: number,
  encoding: ByteEncoding,
  published: Readonly<Record<string, number>>,
) {
  return ({ sizes }: DatasetSpec): DatasetShape => {
    const features = 3 * side * side;
    const examples = Object.values({ ...published, ...sizes }).reduce((sum, size) => sum + size, 0);
    return { features, classes, encoding, memoryBytes: examples * features };
  };
}

const IMAGENET = { train: 1_281_167, test: 50_000 };
const CIFAR = { train: 50_000, test: 10_000 };

const SHAPES: Readonly<Record<string, (spec: DatasetSpec) => DatasetShape>> = {
  "kanji-1000": () => ({ features: 256, classes: 1000, memoryBytes: KANJI_GLYPHS * KANJI_PIXELS }),
  "fashion-mnist": ({ side = 14 }) => {
    if (side !== 14 && side !== 28) {
      throw new RangeError(`invalid side of fashion-mnist; not one of 14, 28: ${side}`);
    }
    return { features: side * side, classes: 10, memoryBytes: MNIST_EXAMPLES * MNIST_PIXELS };
  },
  "cifar-10": colours(32, cifar10.classes, cifar10.encoding, CIFAR),
  "cifar-100": colours(32, cifar100.classes, cifar100.encoding, CIFAR),
  "imagenet-16": colours(16, 1000, imagenetEncoding, IMAGENET),
  "imagenet-32": colours(32, 1000, imagenetEncoding, IMAGENET),
  "imagenet-64": colours(64, 1000, imagenetEncoding, IMAGENET),
};

/**
 * The shape that `loadDataset` gives a data set, its files unseen.
 *
 * @throws RangeError for a name or side that does not exist
 */
export function datasetShape(spec: DatasetSpec): DatasetShape {
  const shape = Object.hasOwn(SHAPES, spec.name) ? SHAPES[spec.name] : undefined;
  if (!shape) throw new RangeError(`invalid data set; not one of ${datasetNames.join(", ")}: ${spec.name}`);
  requireValid(spec);
  return shape(spec);
}
