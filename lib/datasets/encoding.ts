/** How examples are handed over: as the numbers that a model is fed, or as the bytes that these are made of. */

/** Values of examples, row-major [examples, features]. */
export type Images = Float32Array | Uint8Array;

/**
 * What a model is fed of bytes: scale · byte + shift, each with an entry for every channel. The channels of an example
 * follow one another, all of the same number of bytes.
 */
export interface ByteEncoding {
  readonly scale: readonly number[];
  readonly shift: readonly number[];
}

/** Room for so many values: of bytes where there is an encoding of them, of float32 otherwise. */
export function emptyImages(length: number, encoding: ByteEncoding | undefined): Images {
  return encoding ? new Uint8Array(length) : new Float32Array(length);
}

/** Bytes of the values of one example. */
export function exampleBytes(features: number, encoding: ByteEncoding | undefined): number {
  return features * (encoding ? Uint8Array : Float32Array).BYTES_PER_ELEMENT;
}

/**
 * What a model is fed, in float64.
 *
 * @param features values of an example
 */
export function decoded(images: Images, features: number, encoding: ByteEncoding | undefined): Float64Array {
  const values = new Float64Array(images);
  if (!encoding) return values;
  const plane = features / encoding.scale.length;
  return values.map((value, i) => {
    const channel = Math.floor((i % features) / plane);
    return value * encoding.scale[channel]! + encoding.shift[channel]!;
  });
}
