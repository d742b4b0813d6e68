import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExampleStream } from "../../lib/datasets/dataset";
import { SharedExamples } from "../../lib/sweep/examples";

const FEATURES = 3;
const ENCODING = { scale: [1], shift: [0] };

/** Example i is 7 i, 7 i + 1, 7 i + 2, modulo 256, with the label 5 i. */
const stream: ExampleStream = {
  size: undefined,
  fill(start, images, labels) {
    images.forEach((_, n) => {
      images[n] = (7 * (start + Math.floor(n / FEATURES)) + (n % FEATURES)) % 256;
    });
    labels.forEach((_, n) => {
      labels[n] = 5 * (start + n);
    });
  },
};

describe("shared examples", () => {
  // A study of 1,000 examples keeps them, one of 10⁹ (or of as many in float32) does not.
  it.each([
    ["kept, in float32", undefined, 1000],
    ["kept, in bytes", ENCODING, 1000],
    ["made for each call, in float32", undefined, 1e9],
    ["made for each call, in bytes", ENCODING, 2e9],
  ])("are those of the stream wherever they are asked for: %s", (_, encoding, count) => {
    const examples = new SharedExamples(stream, { features: FEATURES, encoding }, count);
    fc.assert(
      fc.property(fc.nat(900), fc.integer({ min: 1, max: 100 }), (start, length) => {
        const { images, labels } = examples.slice(start, length);
        const expected = new (encoding ? Uint8Array : Float32Array)(length * FEATURES);
        const expectedLabels = new Int32Array(length);
        stream.fill(start, expected, expectedLabels);
        expect(images).toEqual(expected);
        expect(labels).toEqual(expectedLabels);
      }),
    );
  });
});
