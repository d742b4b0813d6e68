import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { OPTIMIZERS, type OptimizerOptions } from "../../lib/optimizers/optimizers";
import { scheduleFactor } from "../../lib/optimizers/schedules";
import { type OptimizerName, SCHEDULES } from "../../lib/studies/config";

const options: OptimizerOptions = {
  learning_rate: 0.01,
  batch_size: 32,
  beta1: 0.8,
  beta2: 0.95,
  epsilon: 1e-3,
  momentum: 0.7,
  schedule: "cosine",
  warmup_updates: 5,
  final_fraction: 0.1,
  updates: 30,
};

/** The optimisers as their papers state them, on one number in float64. */
const textbook: Record<OptimizerName, (gradients: number[], rate: (update: number) => number) => number> = {
  adam(gradients, rate) {
    const { beta1, beta2, epsilon } = options;
    let [theta, m, v] = [0.5, 0, 0];
    gradients.forEach((g, i) => {
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      const mHat = m / (1 - beta1 ** (i + 1));
      const vHat = v / (1 - beta2 ** (i + 1));
      theta -= (rate(i + 1) * mHat) / (Math.sqrt(vHat) + epsilon);
    });
    return theta;
  },
  sgd: (gradients, rate) => gradients.reduce((theta, g, i) => theta - rate(i + 1) * g, 0.5),
  momentum(gradients, rate) {
    let [theta, velocity] = [0.5, 0];
    gradients.forEach((g, i) => {
      velocity = options.momentum * velocity + g;
      theta -= rate(i + 1) * velocity;
    });
    return theta;
  },
};

beforeAll(() => tf.setBackend("cpu"));

describe("each optimiser follows its paper", () => {
  it.each(Object.keys(textbook) as OptimizerName[])("%s", (name) => {
    const gradients = Array.from({ length: 30 }, (_, i) => Math.sin(3 * i) + 0.2 * Math.cos(i));
    const rate = (update: number) => options.learning_rate * scheduleFactor(options, update);
    const optimizer = OPTIMIZERS[name];
    const final = tf.tidy(() => {
      let state = [tf.scalar(0.5), ...optimizer.moments.map(() => tf.scalar(0))] as tf.Tensor[];
      gradients.forEach((gradient, i) => {
        const coefficients = optimizer.coefficientsAt(options, i + 1).map((value) => tf.scalar(value));
        state = optimizer.update(state, tf.scalar(gradient * options.batch_size), coefficients);
      });
      return state[0]!.dataSync()[0]!;
    });
    expect(final).toBeCloseTo(textbook[name](gradients, rate), 5);
  });
});

describe("schedules", () => {
  const arbitrary = fc
    .record({
      schedule: fc.constantFrom(...SCHEDULES),
      updates: fc.integer({ min: 1, max: 5000 }),
      final_fraction: fc.double({ min: 0, max: 1, noNaN: true }),
      warm: fc.double({ min: 0, max: 0.99, noNaN: true }),
    })
    .map(({ warm, ...rest }) => ({ ...rest, warmup_updates: Math.floor(warm * rest.updates) }));

  it("rise to the peak in warm-up and never rise again", () => {
    fc.assert(
      fc.property(arbitrary, (schedule) => {
        const factors = Array.from({ length: schedule.updates }, (_, i) => scheduleFactor(schedule, i + 1));
        const { warmup_updates: peak } = schedule;
        expect(factors[peak]).toBe(1);
        factors.forEach((factor, i) => {
          if (i > 0 && i < peak) expect(factor).toBeGreaterThan(factors[i - 1]!);
          if (i > peak) expect(factor).toBeLessThanOrEqual(factors[i - 1]!);
          expect(factor).toBeGreaterThan(0 - 1e-12);
          if (i >= peak) expect(factor).toBeGreaterThanOrEqual(schedule.final_fraction - 1e-12);
        });
      }),
      { numRuns: 50 },
    );
  });

  it("reach half of a full decay half-way", () => {
    for (const schedule of ["cosine", "linear"] as const) {
      const half = scheduleFactor({ schedule, updates: 100, warmup_updates: 0, final_fraction: 0 }, 51);
      expect(half).toBeCloseTo(0.5, 12);
    }
  });
});
