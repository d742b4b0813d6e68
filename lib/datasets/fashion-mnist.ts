/** Fashion-MNIST: 70,000 photographs of clothes in 10 classes, embedded as gzipped IDX and pooled to 14×14. */

import type { Dataset } from "./dataset";
import { type Examples, finiteDataset } from "./examples";
import type { DataFolder } from "./folder";
import { readIdx } from "./idx";
import { checkLabels } from "./labels";

const CLASSES = 10;
const FULL_SIDE = 28;

export const fashionMnistChecksums = {
  "fashion-mnist/train-images-idx3-ubyte.gz":
    "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
  "fashion-mnist/train-labels-idx1-ubyte.gz":
    "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056",
  "fashion-mnist/t10k-images-idx3-ubyte.gz":
    "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa",
  "fashion-mnist/t10k-labels-idx1-ubyte.gz":
    "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05",
};

/** Mean and standard deviation of the training pixels on a scale of 0 to 1, by side after pooling. */
export const fashionMnistNormalisation: Readonly<Record<number, { mean: number; deviation: number }>> = {
  14: { mean: 0.28604, deviation: 0.33007 },
  28: { mean: 0.28604, deviation: 0.35302 },
};

/** @param side 14 for the average of 2×2 pixels, 28 for the pixels as they are */
export async function loadFashionMnist(folder: DataFolder, side: number): Promise<Dataset> {
  const splits: Record<string, Examples> = {};
  for (const [split, prefix, size] of [
    ["train", "train", 60_000],
    ["test", "t10k", 10_000],
  ] as const) {
    const pixels = await readIdx(folder, `${prefix}-images-idx3-ubyte.gz`, [size, FULL_SIDE, FULL_SIDE]);
    const labelFile = `${prefix}-labels-idx1-ubyte.gz`;
    const labels = await readIdx(folder, labelFile, [size]);
    checkLabels(labels, CLASSES, `${folder.pathOf(labelFile)} (decompressed)`, (example) => 8 + example);
    splits[split] = pooled(pixels, labels, side);
  }
  return finiteDataset(
    {
      name: folder.name,
      title: side === FULL_SIDE ? "Fashion-MNIST" : `Fashion-MNIST at ${side}×${side}`,
      licence: "MIT",
      classes: CLASSES,
      features: side * side,
      checksums: folder.checksums,
    },
    splits,
  );
}

/** Examples of [side, side] features, each the normalised average of a square of the 28×28 pixels. */
function pooled(pixels: Uint8Array, labels: Uint8Array, side: number): Examples {
  const { mean, deviation } = fashionMnistNormalisation[side]!;
  const window = FULL_SIDE / side;
  const scale = 1 / (255 * window * window * deviation);
  const shift = -mean / deviation;
  return {
    size: labels.length,
    write(example, images, at) {
      for (let row = 0; row < side; row++) {
        for (let column = 0; column < side; column++) {
          const corner = (example * FULL_SIDE + row * window) * FULL_SIDE + column * window;
          let sum = 0;
          for (let y = 0; y < window; y++) {
            for (let x = 0; x < window; x++) sum += pixels[corner + y * FULL_SIDE + x]!;
          }
          images[at + row * side + column] = sum * scale + shift;
        }
      }
      return labels[example]!;
    },
  };
}
