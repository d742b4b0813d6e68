/** Losses invented from known laws, for the tests of fits. */

import type { SizeLosses } from "../../lib/laws/fit";
import { type Law, lossAt } from "../../lib/laws/forms";
import { randomStream } from "../../lib/random/stream";

export const SIZES = [8, 12, 18, 28, 42, 64, 96, 144];

export const LAWS: readonly Law[] = [
  { form: "logarithmic", parameters: { a: 7, b: -0.275 } },
  { form: "power", parameters: { A: 7.5, alpha: 0.12 } },
  { form: "power_with_floor", parameters: { E: 2, A: 6, alpha: 0.3 } },
];

/** Losses of a law at some sizes, `seeds` of them each, with normal noise of the given standard deviation in nats. */
export function invent(
  law: Law,
  {
    sizes = SIZES,
    seeds = 1,
    noise = 0,
    key = 0,
  }: { sizes?: readonly number[]; seeds?: number; noise?: number; key?: number } = {},
): SizeLosses[] {
  const normals = new Float64Array(sizes.length * seeds);
  randomStream("invented losses", 7).normal(key, normals);
  return sizes.map((size, i) => ({
    size,
    losses: Array.from(
      normals.subarray(i * seeds, (i + 1) * seeds),
      (normal) => lossAt(law, size) + noise * normal,
    ),
  }));
}
