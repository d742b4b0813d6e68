/** What a data set is to the rest of the library. How each one is read is in the file named after it. */

import type { ByteEncoding, Images } from "./encoding";

/** An endless or finite sequence of labelled examples with random access. */
export interface ExampleStream {
  /** Number of distinct examples before repetition, or undefined for an endless stream. */
  readonly size: number | undefined;
  /**
   * Writes examples start … start + labels.length - 1.
   *
   * @param start number of the first example, from 0
   * @param images row-major [labels.length, features]: normalised float32, or bytes where the data set has an encoding
   * @param labels classes 0 … classes - 1
   * @throws RangeError where types or lengths do not fit together, or past the end of a split that does not repeat
   */
  fill(start: number, images: Images, labels: Int32Array): void;
}

/** A loaded data set: read, checked and held in memory. */
export interface Dataset {
  /** Name by which `loadDataset` knows it. */
  readonly name: string;
  /** Name for a reader. */
  readonly title: string;
  readonly licence: string;
  readonly classes: number;
  /** Inputs per example after preprocessing. */
  readonly features: number;
  /** Where examples are handed over as bytes, what a model is fed of them; otherwise they are float32, fed as they are. */
  readonly encoding?: ByteEncoding | undefined;
  /** SHA-256 of every file that was read, by `name/file`: its path under the data root unless `path` was given. */
  readonly checksums: Readonly<Record<string, string>>;
  /** What `stream` can be asked for: `train`, `test`, and what else the data set has. */
  readonly splits: readonly string[];
  /**
   * The examples of a split. The training split of finite data is an endless sequence of epochs, each in an order
   * keyed by (seed, epoch); its other splits are in file order, end, and take no notice of the seed.
   *
   * @param split one of `splits`
   * @param seed the data seed, a safe integer from 0 up
   */
  stream(split: string, seed: number): ExampleStream;
}

/** What an example is made of. */
export type ExampleForm = Pick<Dataset, "features" | "encoding">;

/** @throws RangeError where a call of `fill` asks for something that cannot be */
export function checkFill(
  start: number,
  images: Images,
  labels: Int32Array,
  { features, encoding }: ExampleForm,
): void {
  if (!Number.isSafeInteger(start) || start < 0) {
    throw new RangeError(`invalid start of examples; not an integer from 0 up: ${start}`);
  }
  if (images instanceof Uint8Array !== (encoding !== undefined)) {
    const [wanted, given] = encoding ? ["Uint8Array", "Float32Array"] : ["Float32Array", "Uint8Array"];
    throw new RangeError(`invalid images; this data set fills a ${wanted}: ${given}`);
  }
  if (images.length !== labels.length * features) {
    throw new RangeError(
      `invalid images; ${labels.length} examples of ${features} features need ${labels.length * features} numbers: ${images.length}`,
    );
  }
}

/** @throws RangeError where the split is not one of the data set's */
export function checkSplit(split: string, splits: readonly string[], name: string): void {
  if (!splits.includes(split)) {
    throw new RangeError(`invalid split of ${name}; not one of ${splits.join(", ")}: ${split}`);
  }
}
