// The seeds are fixed, so these tests always see the same numbers. Thresholds are 4.5 standard deviations of what is
// tested (chance 7e-6 for a sound generator with another seed).
import { describe, expect, test } from "vitest";
import { randomStream } from "../../lib/random/stream";

const LIMIT = 4.5;
const COUNT = 1_000_000;

function uniforms(what: string, seed: number, index: number, count = COUNT): Float64Array {
  const out = new Float64Array(count);
  randomStream(what, seed).uniform(index, out);
  return out;
}

function normals(what: string, seed: number, index: number, count = COUNT): Float64Array {
  const out = new Float64Array(count);
  randomStream(what, seed).normal(index, out);
  return out;
}

const mean = (values: ArrayLike<number>, f = (x: number) => x) => {
  let sum = 0;
  for (let n = 0; n < values.length; n++) sum += f(values[n]!);
  return sum / values.length;
};

/** Pearson's statistic for equal expected counts, standardised: (χ² − k) / √(2k). */
function chiSquareScore(counts: ArrayLike<number>): number {
  const expected = mean(counts);
  const degrees = counts.length - 1;
  const statistic = mean(counts, (count) => (count - expected) ** 2 / expected) * counts.length;
  return (statistic - degrees) / Math.sqrt(2 * degrees);
}

/** The standard normal distribution function, by Simpson's rule from −8 on a grid of 1/1000. */
const GRID = 1000;
const distribution = new Float64Array(16 * GRID + 1);
for (let n = 1; n < distribution.length; n++) {
  const density = (at: number) => Math.exp(-0.5 * at * at) / Math.sqrt(2 * Math.PI);
  const [a, b] = [-8 + (n - 1) / GRID, -8 + n / GRID];
  distribution[n] = distribution[n - 1]! + (density(a) + 4 * density((a + b) / 2) + density(b)) / (6 * GRID);
}
const normalProbability = (x: number): number => {
  const at = (x + 8) * GRID;
  const n = Math.floor(at);
  return distribution[n]! + (at - n) * (distribution[n + 1]! - distribution[n]!);
};

describe("uniform numbers", () => {
  const values = uniforms("statistics", 20, 0);

  test("have the moments of the uniform distribution", () => {
    for (const power of [1, 2, 3, 4]) {
      const expected = 1 / (power + 1);
      const deviation = Math.sqrt((1 / (2 * power + 1) - expected ** 2) / COUNT);
      expect(Math.abs(mean(values, (u) => u ** power) - expected) / deviation).toBeLessThan(LIMIT);
    }
  });

  test("fill 1,000 cells evenly, and 100×100 cells of neighbouring pairs", () => {
    const cells = new Uint32Array(1000);
    const pairs = new Uint32Array(10_000);
    for (let n = 0; n < COUNT; n++) cells[Math.floor(values[n]! * 1000)]!++;
    for (let n = 0; n < COUNT; n += 2) {
      pairs[Math.floor(values[n]! * 100) * 100 + Math.floor(values[n + 1]! * 100)]!++;
    }
    expect(Math.abs(chiSquareScore(cells))).toBeLessThan(LIMIT);
    expect(Math.abs(chiSquareScore(pairs))).toBeLessThan(LIMIT);
  });

  test("are uncorrelated at lags of 1 to 16, 64 and 256", () => {
    for (const lag of [...Array(16).keys()].map((n) => n + 1).concat(64, 256)) {
      let sum = 0;
      for (let n = lag; n < COUNT; n++) sum += (values[n]! - 0.5) * (values[n - lag]! - 0.5) * 12;
      expect(Math.abs(sum / Math.sqrt(COUNT - lag)), `lag ${lag}`).toBeLessThan(LIMIT);
    }
  });

  test("have every one of their 53 bits set half of the time", () => {
    const count = 100_000;
    for (let bit = 1; bit <= 53; bit++) {
      let ones = 0;
      for (let n = 0; n < count; n++) ones += Math.floor(values[n]! * 2 ** bit) % 2;
      expect(Math.abs(ones - count / 2) / Math.sqrt(count / 4), `bit ${bit}`).toBeLessThan(LIMIT);
    }
  });
});

describe("normal numbers", () => {
  const values = normals("statistics", 20, 0);

  test("have the moments of the standard normal distribution", () => {
    // Raw moments 1 to 6 and the variances of x^k, E x^2k − (E x^k)².
    const moments = [0, 1, 0, 3, 0, 15];
    const variances = [1, 2, 15, 96, 945, 10_170];
    moments.forEach((expected, n) => {
      const deviation = Math.sqrt(variances[n]! / COUNT);
      expect(Math.abs(mean(values, (x) => x ** (n + 1)) - expected) / deviation).toBeLessThan(LIMIT);
    });
  });

  test("fill 2,000 cells of equal probability evenly, tails included", () => {
    expect(normalProbability(1.959963984540054)).toBeCloseTo(0.975, 7);
    const counts = new Uint32Array(2000);
    for (const x of values) counts[Math.floor(normalProbability(x) * 2000)]!++;
    expect(Math.abs(chiSquareScore(counts))).toBeLessThan(LIMIT);
  });

  test("reach beyond ±3.4426, where the ziggurat ends, as often and as far as they should", () => {
    const R = 3.442619855899;
    const tail = values.filter((x) => Math.abs(x) > R);
    const probability = 2 * normalProbability(-R);
    expect(Math.abs(tail.length - COUNT * probability) / Math.sqrt(COUNT * probability)).toBeLessThan(LIMIT);
    const negative = tail.filter((x) => x < 0).length;
    expect(Math.abs(negative - tail.length / 2) / Math.sqrt(tail.length / 4)).toBeLessThan(LIMIT);
    // Given that |x| > R, the exceedance probability of |x| is uniform.
    const exceedance = tail.map((x) => (2 * normalProbability(-Math.abs(x))) / probability);
    expect(Math.abs(mean(exceedance) - 0.5) * Math.sqrt(12 * tail.length)).toBeLessThan(LIMIT);
    expect(Math.min(...exceedance)).toBeLessThan(0.02);
  });

  test("are uncorrelated, and so are their squares, at lags of 1 to 16", () => {
    for (const [name, f, variance] of [
      ["value", (x: number) => x, 1],
      ["square", (x: number) => x * x - 1, 4],
    ] as const) {
      for (let lag = 1; lag <= 16; lag++) {
        let sum = 0;
        for (let n = lag; n < COUNT; n++) sum += f(values[n]!) * f(values[n - lag]!);
        expect(Math.abs(sum / variance / Math.sqrt(COUNT - lag)), `${name}, lag ${lag}`).toBeLessThan(LIMIT);
      }
    }
  });
});

describe("streams with different keys", () => {
  const COUNT = 200_000;

  test.each([
    ["neighbouring seeds", ["weights", 5, 0], ["weights", 6, 0]],
    ["seeds that share their lower 32 bits", ["weights", 5, 0], ["weights", 5 + 2 ** 32, 0]],
    ["neighbouring indices", ["weights", 5, 8], ["weights", 5, 9]],
    ["indices that share their lower 32 bits", ["weights", 5, 8], ["weights", 5, 8 + 2 ** 32]],
    ["purposes that differ in a letter", ["layer-1", 5, 0], ["layer-2", 5, 0]],
    ["seed and index exchanged", ["weights", 5, 6], ["weights", 6, 5]],
  ] as const)("%s give uncorrelated normal numbers, shifted by up to 8 places either way", (_, one, two) => {
    const first = normals(one[0], one[1], one[2], COUNT);
    const second = normals(two[0], two[1], two[2], COUNT);
    for (let shift = -8; shift <= 8; shift++) {
      let sum = 0;
      for (let n = 8; n < COUNT - 8; n++) sum += first[n]! * second[n + shift]!;
      expect(Math.abs(sum) / Math.sqrt(COUNT - 16), `shift ${shift}`).toBeLessThan(LIMIT);
    }
  });

  test("the first numbers of 100,000 neighbouring seeds fill 100×100 cells of pairs evenly", () => {
    const pairs = new Uint32Array(10_000);
    const out = new Float64Array(1);
    const first = Float64Array.from({ length: 100_001 }, (_, seed) => {
      randomStream("seeds", seed).uniform(0, out);
      return out[0]!;
    });
    for (let n = 0; n < 100_000; n++) {
      pairs[Math.floor(first[n]! * 100) * 100 + Math.floor(first[n + 1]! * 100)]!++;
    }
    expect(Math.abs(chiSquareScore(pairs))).toBeLessThan(LIMIT);
  });

  test("uniform and normal numbers of the same key are independent", () => {
    const u = uniforms("weights", 5, 0, COUNT);
    const x = normals("weights", 5, 0, COUNT);
    let sum = 0;
    for (let n = 0; n < COUNT; n++) sum += (u[n]! - 0.5) * Math.sqrt(12) * x[n]!;
    expect(Math.abs(sum) / Math.sqrt(COUNT)).toBeLessThan(LIMIT);
  });
});

describe("integers", () => {
  test.each([2, 3, 7, 1000])("below %d are equally likely", (below) => {
    const values = new Int32Array(COUNT);
    const counts = new Uint32Array(below);
    randomStream("integers", 1).integers(0, below, values);
    for (const value of values) counts[value]!++;
    expect(Math.abs(chiSquareScore(counts))).toBeLessThan(LIMIT);
  });

  test("below 3·2^30 show no bias, which taking a remainder of 32 bits would double in the lower third", () => {
    const values = new Uint32Array(100_000);
    const counts = new Uint32Array(12);
    randomStream("integers", 1).integers(0, 3 * 2 ** 30, values);
    for (const value of values) counts[Math.floor(value / 2 ** 28)]!++;
    expect(Math.abs(chiSquareScore(counts))).toBeLessThan(LIMIT);
  });
});

test("all 120 permutations of five items are equally likely", () => {
  const random = randomStream("order", 4);
  const order = new Uint32Array(5);
  const counts = new Map<string, number>();
  for (let epoch = 0; epoch < 60_000; epoch++) {
    random.permutation(epoch, order);
    counts.set(order.join(), (counts.get(order.join()) ?? 0) + 1);
  }
  expect(counts.size).toBe(120);
  expect(Math.abs(chiSquareScore([...counts.values()]))).toBeLessThan(LIMIT);
});
