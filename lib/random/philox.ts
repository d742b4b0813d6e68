/**
 * Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy
 * as 1, 2, 3" (SC 2011): a bijection of a 128-bit counter under a 64-bit key. What the words are used for, and how
 * counters and keys are chosen, is `stream.ts`.
 */

/** Multipliers and key increments of the paper's 4x32 variant. */
const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9 | 0;
const W1 = 0xbb67ae85 | 0;

const M0_LOW = M0 & 0xffff;
const M0_HIGH = M0 >>> 16;
const M1_LOW = M1 & 0xffff;
const M1_HIGH = M1 >>> 16;

/**
 * Fills `out` with the words of consecutive counters: block b of four words is Philox4x32-10 of the counter
 * (firstBlock + b, c1, c2, c3). All arguments are taken modulo 2^32.
 *
 * @param out words as signed 32-bit integers; its length is a multiple of 4.
 */
export function philoxBlocks(
  out: Int32Array,
  firstBlock: number,
  c1: number,
  c2: number,
  c3: number,
  key0: number,
  key1: number,
): void {
  for (let at = 0, block = firstBlock | 0; at < out.length; at += 4, block = (block + 1) | 0) {
    let x0 = block;
    let x1 = c1 | 0;
    let x2 = c2 | 0;
    let x3 = c3 | 0;
    let k0 = key0 | 0;
    let k1 = key1 | 0;
    for (let round = 0; round < 10; round++) {
      // The 64-bit products M0·x0 and M1·x2 from 16-bit halves: JavaScript has only the low 32 bits (Math.imul).
      // No sum of the halves exceeds 2^32 - 1, so wrapping to a signed integer loses nothing.
      let low = x0 & 0xffff;
      let high = x0 >>> 16;
      let cross = (Math.imul(high, M0_LOW) + (Math.imul(low, M0_LOW) >>> 16)) | 0;
      let middle = (Math.imul(low, M0_HIGH) + (cross & 0xffff)) | 0;
      const high0 = (Math.imul(high, M0_HIGH) + (cross >>> 16) + (middle >>> 16)) | 0;
      const low0 = Math.imul(x0, M0);
      low = x2 & 0xffff;
      high = x2 >>> 16;
      cross = (Math.imul(high, M1_LOW) + (Math.imul(low, M1_LOW) >>> 16)) | 0;
      middle = (Math.imul(low, M1_HIGH) + (cross & 0xffff)) | 0;
      const high1 = (Math.imul(high, M1_HIGH) + (cross >>> 16) + (middle >>> 16)) | 0;
      const low1 = Math.imul(x2, M1);
      x0 = high1 ^ x1 ^ k0;
      x1 = low1;
      x2 = high0 ^ x3 ^ k1;
      x3 = low0;
      k0 = (k0 + W0) | 0;
      k1 = (k1 + W1) | 0;
    }
    out[at] = x0;
    out[at + 1] = x1;
    out[at + 2] = x2;
    out[at + 3] = x3;
  }
}
