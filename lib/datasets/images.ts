/** Colour images held as bytes, channel after channel, normalised one channel at a time when they are asked for. */

import type { Examples } from "./examples";

const CHANNELS = 3;

/** The images and labels of one file. */
export interface ImageShard {
  /** Row-major [examples, channel, row, column]. */
  readonly pixels: Uint8Array;
  /** Classes from 0. */
  readonly labels: Int32Array;
}

/** Mean and standard deviation of red, green and blue on a scale of 0 to 1. */
export interface ChannelNormalisation {
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

/** The images of all shards in turn, each pixel as (value / 255 − mean) / deviation of its channel. */
export function channelExamples(
  shards: readonly ImageShard[],
  features: number,
  { mean, deviation }: ChannelNormalisation,
): Examples {
  const normalised = new Float32Array(CHANNELS * 256); // [channel, byte]
  for (let entry = 0; entry < normalised.length; entry++) {
    const channel = entry >> 8;
    normalised[entry] = ((entry & 255) / 255 - mean[channel]!) / deviation[channel]!;
  }
  const ends: number[] = []; // of each shard, in examples
  for (const shard of shards) ends.push((ends.at(-1) ?? 0) + shard.labels.length);
  const plane = features / CHANNELS;
  return {
    size: ends.at(-1) ?? 0,
    write(example, images, at) {
      const found = ends.findIndex((end) => example < end);
      const { pixels, labels } = shards[found]!;
      const within = example - (ends[found]! - labels.length);
      const source = within * features;
      for (let channel = 0; channel < CHANNELS; channel++) {
        for (let n = channel * plane; n < (channel + 1) * plane; n++) {
          images[at + n] = normalised[channel * 256 + pixels[source + n]!]!;
        }
      }
      return labels[within]!;
    },
  };
}
