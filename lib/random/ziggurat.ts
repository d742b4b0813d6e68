/**
 * The standard normal distribution from 32-bit words, by the ziggurat method of Marsaglia and Tsang, "The ziggurat
 * method for generating random variables" (Journal of Statistical Software 5(8), 2000), with 128 layers. Unlike that
 * article, layer, sign and magnitude come from disjoint bits (Doornik, "An improved ziggurat method", 2005).
 * Where the words come from is `stream.ts`.
 */

const LAYERS = 128;
/** Right edge of the base strip, and the area of every strip, under f(x) = exp(-x²/2). */
const R = 3.442619855899;
const AREA = 9.91256303526217e-3;
const MAGNITUDES = 2 ** 24;

/** Right edges of the layers, base strip first, falling to 0; the base strip has the width that its area asks for. */
const edges = new Float64Array(LAYERS + 1); // [layer]
/** Width of one magnitude step by the low eight bits of a word: seven bits of layer, one of sign. */
const steps = new Float64Array(2 * LAYERS); // [sign, layer]
/** Magnitudes below this lie wholly under the curve. */
const inside = new Int32Array(LAYERS); // [layer]

const density = (x: number): number => Math.exp(-0.5 * x * x);

edges[0] = AREA / density(R);
edges[1] = R;
for (let layer = 2; layer < LAYERS; layer++) {
  const below = edges[layer - 1]!;
  edges[layer] = Math.sqrt(-2 * Math.log(AREA / below + density(below)));
}
for (let layer = 0; layer < LAYERS; layer++) {
  steps[layer] = edges[layer]! / MAGNITUDES;
  steps[layer + LAYERS] = -steps[layer]!;
  inside[layer] = Math.floor((edges[layer + 1]! / edges[layer]!) * MAGNITUDES);
}

/** A word in (0, 1), never 0, so that its logarithm is finite. */
const openUniform = (word: number): number => ((word >>> 0) + 0.5) * 2 ** -32;

/**
 * Fills `out[from … from + words.length)` with standard normal variates, one from each word.
 *
 * About 1.2 % of the words fall outside the part of their layer that is known to lie under the curve; those ask
 * `retry(n, attempt)` for the fresh words 1, 2, … of element n (counted within `words`).
 */
export function normalsFromWords(
  words: Int32Array,
  out: Float64Array | Float32Array,
  from: number,
  retry: (n: number, attempt: number) => number,
): void {
  for (let n = 0; n < words.length; n++) {
    const word = words[n]!;
    const magnitude = word >>> 8;
    out[from + n] =
      magnitude < inside[word & 127]!
        ? (magnitude + 0.5) * steps[word & 255]!
        : slowNormal(word, (attempt) => retry(n, attempt));
  }
}

/** The exact test for a word that the quick one could not accept, and new tries until one is accepted. */
function slowNormal(first: number, fresh: (attempt: number) => number): number {
  let word = first;
  for (let attempt = 1; ; ) {
    const layer = word & 127;
    const x = ((word >>> 8) + 0.5) * steps[word & 255]!;
    if (word >>> 8 < inside[layer]!) return x;
    if (layer === 0) {
      // The tail beyond R (Marsaglia 1964): an exponential proposal, accepted with probability exp(-excess²/2).
      for (;;) {
        const excess = -Math.log(openUniform(fresh(attempt++))) / R;
        const test = -Math.log(openUniform(fresh(attempt++)));
        if (2 * test > excess * excess) return x < 0 ? -(R + excess) : R + excess;
      }
    }
    const low = density(edges[layer]!);
    const high = density(edges[layer + 1]!);
    if (low + openUniform(fresh(attempt++)) * (high - low) < density(x)) return x;
    word = fresh(attempt++);
  }
}
