import fc from "fast-check";
import { expect, test } from "vitest";
import { philoxBlocks } from "../../lib/random/philox";

const hex = (words: Int32Array) => [...words].map((word) => (word >>> 0).toString(16).padStart(8, "0"));

// Random123, kat_vectors, the lines "philox4x32 10": counter, key, result.
test.each([
  [
    [0, 0, 0, 0],
    [0, 0],
    ["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    ["408f276d", "41c83b0e", "a20bc7c6", "6d5451fd"],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    ["d16cfe09", "94fdcceb", "5001e420", "24126ea1"],
  ],
] as const)(
  "gives the published answer for counter %j under key %j",
  ([c0, c1, c2, c3], [k0, k1], answer) => {
    const words = new Int32Array(4);
    philoxBlocks(words, c0, c1, c2, c3, k0, k1);
    expect(hex(words)).toEqual(answer);
  },
);

/** The paper's round function in 64-bit integers, written without regard to speed. */
function referencePhilox(counter: readonly number[], key: readonly number[]): number[] {
  const mask = 0xffffffffn;
  let [x0, x1, x2, x3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const p0 = 0xd2511f53n * x0;
    const p1 = 0xcd9e8d57n * x2;
    [x0, x1, x2, x3] = [(p1 >> 32n) ^ x1 ^ k0, p1 & mask, (p0 >> 32n) ^ x3 ^ k1, p0 & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [x0, x1, x2, x3].map((x) => Number(x) | 0);
}

test("agrees with 64-bit arithmetic for any counter and key, and counts blocks modulo 2^32", () => {
  const word = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
      const [c0, ...rest] = counter;
      const words = new Int32Array(8);
      philoxBlocks(words, c0, ...rest, ...key);
      expect([...words]).toEqual([
        ...referencePhilox(counter, key),
        ...referencePhilox([(c0 + 1) % 2 ** 32, ...rest], key),
      ]);
    }),
    {
      examples: [
        [
          [0xffffffff, 1, 2, 3],
          [4, 5],
        ],
      ],
    },
  );
});
