/** Invented trials for the tests of tables, laws and charts. */

import { randomStream } from "../../lib/random/stream";
import type { CompletedRecord, DivergedRecord, FactorValue } from "../../lib/sweep/record";

export function completed(factors: Record<string, FactorValue>, loss: number): CompletedRecord {
  return {
    id: JSON.stringify(factors),
    factors,
    status: "completed",
    loss,
    test_loss: loss + 0.25,
    test_accuracy: Math.exp(-loss),
    plateau: loss > 6.9,
    curve: [[100, loss]],
    engine: "invented",
    seconds: 0.5,
  };
}

export function diverged(factors: Record<string, FactorValue>, at = 17): DivergedRecord {
  const { id, curve, engine, seconds } = completed(factors, 1);
  return { id, factors, status: "diverged", diverged_at: at, curve, engine, seconds };
}

export const SIZES = [8, 12, 18, 28, 42, 64, 96, 144, 224, 336, 512, 768];
export const RATES = [1e-4, 2e-4, 3e-4, 6e-4, 1e-3, 2e-3, 3e-3, 6e-3, 1e-2, 2e-2, 3e-2, 6e-2];

/**
 * A study of 432 trials, each with its own noise: losses fall as a power law with a floor, the best rate shrinks as
 * h^-0.4, and rates far above it diverge, so that some cells diverge in part and some wholly.
 */
export function noisyStudy() {
  const stream = randomStream("invented study", 1);
  const normals = new Float64Array(SIZES.length * RATES.length * 3 * 2);
  stream.normal(0, normals);
  let next = 0;
  return SIZES.flatMap((hidden_size) =>
    RATES.flatMap((learning_rate) =>
      [0, 1, 2].map((seed) => {
        const factors = { hidden_size, learning_rate, seed };
        const off = Math.log10(learning_rate / (0.02 * hidden_size ** -0.4));
        const loss =
          2.2 + 6.2 * hidden_size ** -0.28 + (off > 0 ? 0.9 : 0.5) * off ** 2 + 0.01 * normals[next++]!;
        const limit = 0.09 * hidden_size ** -0.25 * Math.exp(0.25 * normals[next++]!);
        return learning_rate > limit ? diverged(factors) : completed(factors, Math.min(loss, 6.91));
      }),
    ),
  );
}
