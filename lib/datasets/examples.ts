/**
 * Finite data held in memory, and the two ways to go through them: epoch after epoch, each shuffled by its own key,
 * or once in file order. What an example is made from is up to the data set.
 */

import { randomStream } from "../random/stream";
import { checkFill, checkSplit, type Dataset, type ExampleForm, type ExampleStream } from "./dataset";
import type { Images } from "./encoding";

/** A finite, ordered set of examples. */
export interface Examples {
  readonly size: number;
  /** Writes the features of an example to images[at … at + features) and returns its label. */
  write(example: number, images: Images, at: number): number;
}

/** A data set of finite splits: `train` in shuffled epochs, the others once in their order. */
export function finiteDataset(
  about: Omit<Dataset, "splits" | "stream">,
  examples: Readonly<Record<string, Examples>>,
): Dataset {
  const { name } = about;
  const splits = Object.keys(examples);
  return {
    ...about,
    splits,
    stream(split, seed) {
      checkSplit(split, splits, name);
      return split === "train"
        ? shuffledEpochs(examples[split]!, about, name, seed)
        : inOrder(examples[split]!, about);
    },
  };
}

/** The examples once, in their order; asking for more is an error. */
function inOrder(examples: Examples, form: ExampleForm): ExampleStream {
  return {
    size: examples.size,
    fill(start, images, labels) {
      checkFill(start, images, labels, form);
      if (start + labels.length > examples.size) {
        throw new RangeError(
          `invalid range of examples; the split ends at ${examples.size}: ${start} … ${start + labels.length - 1}`,
        );
      }
      for (let n = 0; n < labels.length; n++) {
        labels[n] = examples.write(start + n, images, n * form.features);
      }
    },
  };
}

/**
 * Endless epochs over the examples: example number i of the stream is the (i mod size)-th of a permutation keyed by
 * (name, seed, floor(i / size)).
 */
function shuffledEpochs(examples: Examples, form: ExampleForm, name: string, seed: number): ExampleStream {
  const random = randomStream(`${name}/epoch`, seed);
  const order = new Uint32Array(examples.size);
  let epochOfOrder = -1;
  return {
    size: examples.size,
    fill(start, images, labels) {
      checkFill(start, images, labels, form);
      for (let n = 0; n < labels.length; n++) {
        const epoch = Math.floor((start + n) / examples.size);
        if (epoch !== epochOfOrder) {
          random.permutation(epoch, order);
          epochOfOrder = epoch;
        }
        labels[n] = examples.write(order[(start + n) % examples.size]!, images, n * form.features);
      }
    },
  };
}
