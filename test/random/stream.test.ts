import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { philoxBlocks } from "../../lib/random/philox";
import { randomStream } from "../../lib/random/stream";

const index = fc.oneof(fc.nat(), fc.maxSafeNat());
const seed = fc.oneof(fc.nat(), fc.maxSafeNat());
const length = fc.integer({ min: 0, max: 300 });

describe("random access", () => {
  test("the same key gives the same numbers, whatever was drawn before", () => {
    fc.assert(
      fc.property(fc.string(), seed, index, length, (what, seed, index, length) => {
        const used = randomStream(what, seed);
        used.normal(index + 1 > Number.MAX_SAFE_INTEGER ? 0 : index + 1, new Float64Array(50));
        const first = new Float64Array(length);
        const second = new Float64Array(length);
        used.normal(index, first);
        randomStream(what, seed).normal(index, second);
        expect(first).toEqual(second);
      }),
    );
  });

  // The longest run makes more words than are generated at a time.
  const whole = 10_000;
  const interval = fc
    .tuple(fc.integer({ min: 0, max: whole }), fc.integer({ min: 0, max: whole }))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

  test.each(["uniform", "normal"] as const)(
    "a part of the %s sequence equals the slice of the whole",
    (kind) => {
      fc.assert(
        fc.property(fc.constantFrom(Float64Array, Float32Array), interval, (Type, [from, to]) => {
          const random = randomStream("slices", 3);
          const all = new Type(whole);
          const part = new Type(to - from);
          random[kind](7, all);
          random[kind](7, part, from);
          expect(part).toEqual(all.slice(from, to));
        }),
        {
          numRuns: 60,
          examples: [
            [Float64Array, [1, 4098]],
            [Float64Array, [3, 4099]],
          ],
        },
      );
    },
  );

  test("a part of the integers equals the slice of the whole", () => {
    fc.assert(
      fc.property(interval, fc.integer({ min: 1, max: 2 ** 32 }), ([from, to], below) => {
        const random = randomStream("slices", 3);
        const all = new Uint32Array(whole);
        const part = new Uint32Array(to - from);
        random.integers(7, below, all);
        random.integers(7, below, part, from);
        expect(part).toEqual(all.slice(from, to));
      }),
      { numRuns: 60 },
    );
  });

  test("a Float32Array receives the numbers of a Float64Array, uniform ones rounded down so that 1 never appears", () => {
    const random = randomStream("precision", 0);
    const wide = new Float64Array(5000);
    const narrow = new Float32Array(5000);
    random.uniform(0, wide);
    random.uniform(0, narrow);
    expect([...narrow]).toEqual([...wide].map((u) => Math.floor(u * 2 ** 24) / 2 ** 24));
    random.normal(0, wide);
    random.normal(0, narrow);
    expect(narrow).toEqual(Float32Array.from(wide));
  });
});

describe("keys", () => {
  test("purpose, seed and index each change every number", () => {
    const draw = (what: string, seed: number, index: number) => {
      const out = new Float64Array(64);
      randomStream(what, seed).uniform(index, out);
      return [...out];
    };
    const base = draw("weights", 1, 1);
    for (const other of [
      draw("weightt", 1, 1),
      draw("", 1, 1),
      draw("weights", 2, 1),
      draw("weights", 1 + 2 ** 32, 1),
      draw("weights", 1, 2),
      draw("weights", 1, 1 + 2 ** 32),
      draw("weights", 1, Number.MAX_SAFE_INTEGER),
    ]) {
      expect(other.filter((value, n) => value === base[n])).toEqual([]);
    }
  });

  test("a digit that moves from the seed to the purpose names another stream", () => {
    const first = new Float64Array(4);
    const second = new Float64Array(4);
    randomStream("2:x", 1).uniform(0, first);
    randomStream("x", 12).uniform(0, second);
    expect(first).not.toEqual(second);
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
    "refuses %d as a seed or an index",
    (bad) => {
      expect(() => randomStream("x", bad)).toThrow(/invalid seed/);
      expect(() => randomStream("x", 0).normal(bad, new Float64Array(1))).toThrow(/invalid index/);
      expect(() => randomStream("x", 0).normal(0, new Float64Array(1), bad)).toThrow(/invalid start/);
      expect(() => randomStream("x", 0).permutation(bad, new Int32Array(1))).toThrow(/invalid index/);
    },
  );

  test("refuses a bound that the output cannot hold and elements past the end of a sequence", () => {
    const random = randomStream("x", 0);
    expect(() => random.integers(0, 0, new Int32Array(1))).toThrow(RangeError);
    expect(() => random.integers(0, 2 ** 31 + 1, new Int32Array(1))).toThrow(RangeError);
    expect(() => random.integers(0, 2 ** 32, new Uint32Array(1))).not.toThrow();
    expect(() => random.normal(0, new Float64Array(1), 2 ** 34 - 1)).not.toThrow();
    expect(() => random.normal(0, new Float64Array(1), 2 ** 34)).toThrow(RangeError);
  });
});

test("the first uniform numbers are the words of the documented key and counter", () => {
  // Results on disk stay reproducible only as long as this holds.
  const digest = createHash("sha256").update("12:layer-1/kernel").digest();
  const index = 3 * 2 ** 32 + 7;
  const words = new Int32Array(4);
  philoxBlocks(words, 0, 7, 3, 0, digest.readUInt32LE(0), digest.readUInt32LE(4));
  const [a, b, c, d] = [...words].map((word) => BigInt(word >>> 0)) as [bigint, bigint, bigint, bigint];
  const out = new Float64Array(2);
  randomStream("layer-1/kernel", 12).uniform(index, out);
  expect([...out]).toEqual(
    [(a << 21n) | (b >> 11n), (c << 21n) | (d >> 11n)].map((bits) => Number(bits) / 2 ** 53),
  );
});

describe("integers and permutations", () => {
  test("integers lie below their bound", () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 2 ** 32 }), (seed, below) => {
        const out = new Uint32Array(100);
        randomStream("integers", seed).integers(0, below, out);
        expect(out.every((value) => value < below)).toBe(true);
      }),
    );
  });

  test("a permutation holds every item once", () => {
    fc.assert(
      fc.property(seed, index, fc.integer({ min: 0, max: 6000 }), (seed, index, length) => {
        const order = new Uint32Array(length);
        randomStream("order", seed).permutation(index, order);
        expect(order.slice().sort()).toEqual(Uint32Array.from({ length }, (_, n) => n));
      }),
    );
  });
});
