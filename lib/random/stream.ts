/**
 * Random numbers by key: what they are for, a seed and an index name a sequence whose every element can be had
 * alone, in any order, in any process. No shared state advances. The generator is `philox.ts`, the normal
 * distribution `ziggurat.ts`.
 */

import { createHash } from "node:crypto";
import { philoxBlocks } from "./philox";
import { normalsFromWords } from "./ziggurat";

/** Words made at a time: small enough to stay in the first-level cache. */
const CHUNK = 4096;
/** The block number is 32 bits of the counter, four words a block. */
const MAX_WORDS = 2 ** 34;

/** The last word of the counter keeps what is drawn for different distributions independent. */
const KIND = { uniform: 0, normal: 1, integer: 2, permutation: 3 } as const;

/** The independent sequences of one (what, seed): one for each index, a safe integer from 0 up. */
export interface RandomStream {
  /**
   * Elements start … start + out.length - 1 of the index's uniform sequence, in [0, 1): multiples of 2^-53 in a
   * Float64Array, the same numbers rounded down to multiples of 2^-24 in a Float32Array. `start` defaults to 0.
   */
  uniform(index: number, out: Float64Array | Float32Array, start?: number): void;
  /**
   * Elements of the index's standard normal sequence (25 random bits within a ziggurat layer); a Float32Array gets
   * the same numbers rounded. `start` defaults to 0.
   */
  normal(index: number, out: Float64Array | Float32Array, start?: number): void;
  /**
   * Elements of the index's sequence of integers 0 … below - 1, each exactly equally likely; `below` is an integer
   * from 1 to 2^32 (2^31 for an Int32Array). `start` defaults to 0.
   */
  integers(index: number, below: number, out: Int32Array | Uint32Array, start?: number): void;
  /** Fills `out` with the numbers 0 … out.length - 1 in the order that belongs to the index. */
  permutation(index: number, out: Int32Array | Uint32Array): void;
}

/**
 * The random numbers for one purpose and seed.
 *
 * The Philox key is the first 64 bits of SHA-256 of `seed:what`; the counter is (block, index mod 2^32, index / 2^32,
 * kind + 4 · attempt), where attempts above 0 serve the elements that a rejection method asks for again.
 *
 * @param what name of the purpose, for example a tensor's name; other names give independent numbers
 * @param seed safe integer from 0 up
 * @throws RangeError for a seed, index, start or bound outside its range
 */
export function randomStream(what: string, seed: number): RandomStream {
  requireIndex("seed", seed);
  const digest = createHash("sha256").update(`${seed}:${what}`).digest();
  return new PhiloxStream(digest.readInt32LE(0), digest.readInt32LE(4));
}

class PhiloxStream implements RandomStream {
  private readonly words = new Int32Array(CHUNK);
  private readonly single = new Int32Array(4);

  constructor(
    private readonly key0: number,
    private readonly key1: number,
  ) {}

  uniform(index: number, out: Float64Array | Float32Array, start = 0): void {
    const narrow = out instanceof Float32Array;
    this.forChunks(KIND.uniform, index, 2, out.length, start, (words, from) => {
      for (let n = 0; n < words.length; n += 2) {
        const high = words[n]!;
        out[from + (n >> 1)] = narrow
          ? (high >>> 8) * 2 ** -24
          : ((high >>> 0) * 2 ** 21 + (words[n + 1]! >>> 11)) * 2 ** -53;
      }
    });
  }

  normal(index: number, out: Float64Array | Float32Array, start = 0): void {
    this.forChunks(KIND.normal, index, 1, out.length, start, (words, from) => {
      normalsFromWords(words, out, from, (n, attempt) =>
        this.word(KIND.normal, index, start + from + n, attempt),
      );
    });
  }

  integers(index: number, below: number, out: Int32Array | Uint32Array, start = 0): void {
    const limit = out instanceof Int32Array ? 2 ** 31 : 2 ** 32;
    if (!Number.isInteger(below) || below < 1 || below > limit) {
      throw new RangeError(`invalid bound of random integers; not an integer in 1 … ${limit}: ${below}`);
    }
    this.forChunks(KIND.integer, index, 1, out.length, start, (words, from) => {
      for (let n = 0; n < words.length; n++) {
        out[from + n] = this.integer(index, start + from + n, words[n]!, below);
      }
    });
  }

  permutation(index: number, out: Int32Array | Uint32Array): void {
    requireIndex("index", index);
    // Fisher and Yates, inside out: item i goes to a place among the first i + 1 and what stood there moves to the end.
    for (let from = 0; from < out.length; from += CHUNK) {
      const words = this.chunk(KIND.permutation, index, from, Math.min(CHUNK, out.length - from));
      for (let n = 0; n < words.length; n++) {
        const i = from + n;
        const place = this.integer(index, i, words[n]!, i + 1, KIND.permutation);
        out[i] = out[place]!;
        out[place] = i;
      }
    }
  }

  /** An unbiased integer below a bound (Lemire, "Fast random integer generation in an interval", 2019). */
  private integer(
    index: number,
    element: number,
    first: number,
    below: number,
    kind: number = KIND.integer,
  ): number {
    for (let word = first, attempt = 1; ; word = this.word(kind, index, element, attempt++)) {
      // word · below is 64 bits wide: its upper half is the result, its lower half says whether to reject.
      const upper = (word >>> 16) * below;
      const lower = (word & 0xffff) * below + (upper % 2 ** 16) * 2 ** 16;
      const remainder = lower % 2 ** 32;
      if (remainder >= below || remainder >= (2 ** 32 - below) % below) {
        return Math.floor(upper / 2 ** 16) + Math.floor(lower / 2 ** 32);
      }
    }
  }

  /** Calls `use` with the words of consecutive elements and the place in the output where the first belongs. */
  private forChunks(
    kind: number,
    index: number,
    wordsEach: number,
    length: number,
    start: number,
    use: (words: Int32Array, from: number) => void,
  ): void {
    requireIndex("index", index);
    requireIndex("start", start);
    if ((start + length) * wordsEach > MAX_WORDS) {
      throw new RangeError(
        `invalid start; a sequence has ${MAX_WORDS / wordsEach} elements: ${start} + ${length}`,
      );
    }
    const each = CHUNK / wordsEach;
    for (let from = 0; from < length; from += each) {
      const count = Math.min(each, length - from);
      use(this.chunk(kind, index, (start + from) * wordsEach, count * wordsEach), from);
    }
  }

  /** Words first … first + count - 1 of a sequence, count at most CHUNK; valid until the next call. */
  private chunk(kind: number, index: number, first: number, count: number): Int32Array {
    const block = Math.floor(first / 4);
    const skipped = first % 4;
    const needed = Math.ceil((skipped + count) / 4) * 4;
    // Only a run that starts inside a block can need a word more than a chunk holds.
    const words = needed <= CHUNK ? this.words.subarray(0, needed) : new Int32Array(needed);
    philoxBlocks(words, block, index, index / 2 ** 32, kind, this.key0, this.key1);
    return words.subarray(skipped, skipped + count);
  }

  /** The word of one element at a later attempt. */
  private word(kind: number, index: number, element: number, attempt: number): number {
    const block = Math.floor(element / 4);
    philoxBlocks(this.single, block, index, index / 2 ** 32, kind + 4 * attempt, this.key0, this.key1);
    return this.single[element % 4]!;
  }
}

function requireIndex(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`invalid ${name} of random numbers; not an integer in 0 … 2^53 - 1: ${value}`);
  }
}
