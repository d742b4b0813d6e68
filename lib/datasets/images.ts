/** Colour images, held and handed over as bytes, channel after channel, each channel with a normalisation of its own. */

import type { ByteEncoding } from "./encoding";
import type { Examples } from "./examples";

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

/** Each pixel as (value / 255 − mean) / deviation of its channel. */
export function channelEncoding({ mean, deviation }: ChannelNormalisation): ByteEncoding {
  return {
    scale: deviation.map((value) => 1 / (255 * value)),
    shift: mean.map((value, channel) => -value / deviation[channel]!),
  };
}

/** The images of all shards in turn. */
export function shardExamples(shards: readonly ImageShard[], features: number): Examples {
  const ends: number[] = []; // of each shard, in examples
  for (const shard of shards) ends.push((ends.at(-1) ?? 0) + shard.labels.length);
  return {
    size: ends.at(-1) ?? 0,
    write(example, images, at) {
      const found = ends.findIndex((end) => example < end);
      const { pixels, labels } = shards[found]!;
      const within = example - (ends[found]! - labels.length);
      images.set(pixels.subarray(within * features, (within + 1) * features), at);
      return labels[within]!;
    },
  };
}
