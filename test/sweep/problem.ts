/** A small classification problem in memory, and a small study on it, for the tests of the sweep. */

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Dataset } from "../../lib/datasets/dataset";
import { randomStream } from "../../lib/random/stream";
import { parseStudy, type Study } from "../../lib/studies/study";

export const FEATURES = 6;
export const CLASSES = 5;
export const UPDATES = 50;

/** Points around one centre for each class; example i is a function of (split, seed, i) alone. */
export const dataset: Dataset = {
  name: "clusters",
  title: "Clusters",
  licence: "none",
  classes: CLASSES,
  features: FEATURES,
  checksums: {},
  splits: ["train", "test"],
  stream: (split, seed) => ({
    size: split === "test" ? 300 : undefined,
    fill(start, images, labels) {
      const stream = randomStream(`clusters/${split}`, seed);
      const [label, noise] = [new Int32Array(1), new Float32Array(FEATURES)];
      for (let i = 0; i < labels.length; i++) {
        stream.integers(start + i, CLASSES, label);
        stream.normal(start + i, noise);
        labels[i] = label[0]!;
        for (let f = 0; f < FEATURES; f++)
          images[i * FEATURES + f] = noise[f]! + 2 * Math.sin(label[0]! * 7 + f * 3);
      }
    },
  }),
};

export function smallStudy(changes: object = {}): Study {
  return parseStudy(
    {
      name: "small",
      dataset: { name: "clusters" },
      evaluation: { examples: 300 },
      base: { updates: UPDATES, batch_size: 16, depth: 2 },
      factors: { hidden_size: [4, 6], learning_rate: [1e-2, 3e-2], seed: [0, 1] },
      ...changes,
    },
    "small",
  );
}

export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), "offcurve-sweep-"));
}
