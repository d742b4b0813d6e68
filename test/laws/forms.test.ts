// What the forms of law are judged by: misfit against seeds, runs of signs, the size that would be as good.

import { describe, expect, test } from "vitest";
import { candidateLaws } from "../../lib/laws/candidates";
import { chooseForm } from "../../lib/laws/choice";
import { equivalentSize } from "../../lib/laws/equivalent-size";
import { fitLaw, type SizeLosses } from "../../lib/laws/fit";
import type { LawForm } from "../../lib/laws/forms";
import { studyHeadline } from "../../lib/laws/headline";
import { lackOfFit, residualFinding, signRuns } from "../../lib/laws/lack-of-fit";
import { sizeEffect } from "../../lib/laws/size-effect";
import { inventedStudy } from "../claims/grids";
import { invent, LAWS, SIZES } from "./invented";

const fitted = (points: readonly SizeLosses[], form: LawForm) => {
  const fit = fitLaw(points, form);
  if (fit.status === "too_few_points") throw new Error(fit.sentence);
  return fit;
};

describe("lack of fit", () => {
  test("is the F ratio of misfit and seeds, and its tail", () => {
    const points = [
      { size: 2, losses: [5.0, 5.2] },
      { size: 4, losses: [4.1, 4.3] },
      { size: 8, losses: [3.9, 3.7] },
      { size: 16, losses: [3.2, 3.0] },
      { size: 32, losses: [2.9, 2.7] },
    ];
    const test = lackOfFit(fitted(points, "logarithmic"));
    // Residuals 0.16, -0.17, 0, -0.13, 0.14; 2 Σr² / 3 over Σ 0.1² · 10 / 5. The tail: the density of F(3, 5), summed.
    if (test.status !== "tested") throw new Error("there are seeds");
    expect(test.ratio).toBeCloseTo((2 * (0.16 ** 2 + 0.17 ** 2 + 0.13 ** 2 + 0.14 ** 2)) / 3 / 0.02, 10);
    expect(test.degrees).toEqual([3, 5]);
    expect(test.pValue).toBeCloseTo(0.1316567, 6);
    expect(test.refuted).toBe(false);
  });

  test("refutes the wrong form where seeds agree well, and not the true one", () => {
    const refuted = (noise: number) => {
      const laws = candidateLaws(invent(LAWS[0]!, { seeds: 3, noise, key: 2 }));
      return laws.status === "unavailable" ? [] : laws.fitted.filter(({ lackOfFit: { refuted: is } }) => is);
    };
    expect(refuted(0.001).map(({ form }) => form)).toEqual(["power", "power_with_floor"]);
    expect(refuted(0.3)).toEqual([]);
  });

  test("refutes nothing without seeds, nor with seeds that agree exactly", () => {
    for (const seeds of [1, 3]) {
      const laws = candidateLaws(invent(LAWS[0]!, { seeds, noise: 0 }));
      if (laws.status === "unavailable") throw new Error(laws.sentence);
      expect(laws.admissible).toHaveLength(3);
      expect(laws.sentence).toMatch(/^without seeds that differ no form of law can be refuted/);
    }
  });

  test("where every form is refuted, all count and none is called the true one", () => {
    const bent = invent(LAWS[0]!, { seeds: 3, noise: 0.001 }).map(({ size, losses }, i) => ({
      size,
      losses: losses.map((loss) => loss + 0.1 * (-1) ** i),
    }));
    const laws = candidateLaws(bent);
    if (laws.status === "unavailable") throw new Error(laws.sentence);
    expect(laws).toMatchObject({ allRefuted: true });
    expect(laws.admissible).toHaveLength(3);
    expect(laws.sentence).toMatch(/^none of these forms is the true one/);
    expect(residualFinding(laws.chosen.fit)).toMatch(/^The fitted sizes refute .* \(p < 0\.001\)/);
  });

  test("a power law with a floor of 0 is refuted no sooner than the power law that it is", () => {
    const steep = { form: "logarithmic", parameters: { a: 8, b: -0.8 } } as const;
    const points = invent(steep, { seeds: 3, noise: 0.02 });
    const [power, floored] = (["power", "power_with_floor"] as const).map((form) => fitted(points, form));
    expect(floored!.status).toBe("at_bound");
    const [one, other] = [lackOfFit(power!), lackOfFit(floored!)];
    if (one.status !== "tested" || other.status !== "tested") throw new Error("there are seeds");
    expect(other.pValue).toBeCloseTo(one.pValue, 6);
  });
});

describe("runs of signs", () => {
  test.each([
    [[1, 1, 1, -1, -1, -1, 1]],
    [[1, -1, 1, -1, 1]],
    [[-1, -1, -1, -1, 1, 1]],
    [[1, 1, -1, -1, -1, 1, 1, -1]],
  ])("are as probable as counting all orders says: %j", (signs) => {
    const runsOf = (order: readonly number[]) => order.filter((sign, i) => sign !== order[i - 1]).length;
    const above = signs.filter((sign) => sign > 0).length;
    const orders = Array.from({ length: 2 ** signs.length }, (_, bits) =>
      signs.map((_, i) => ((bits >> i) % 2 === 1 ? 1 : -1)),
    ).filter((order) => order.filter((sign) => sign > 0).length === above);
    const few = orders.filter((order) => runsOf(order) <= runsOf(signs)).length;
    expect(signRuns(signs)).toEqual({
      runs: runsOf(signs),
      pValue: expect.closeTo(few / orders.length, 12),
    });
  });
});

describe("the size that would be as good", () => {
  const line = (size: number) => ({ size, losses: [8 - 0.8 * Math.log(size)] });
  const points = [8, 16, 32, 64].map(line);

  test("lies where a straight line in ln h has the loss", () => {
    const large = { size: 256, losses: [8 - 0.8 * Math.log(40)] };
    expect(equivalentSize([...points, large], 256)).toBeCloseTo(40, 10);
    expect(equivalentSize([large, ...points].reverse(), 256)).toBeCloseTo(40, 10);
  });

  test("is none where the largest is best, and the smallest where that is as good", () => {
    expect(equivalentSize([...points, line(256)], 256)).toBeNull();
    expect(equivalentSize([...points, { size: 256, losses: [9] }], 256)).toBe(8);
    expect(equivalentSize(points, 512)).toBeNull();
  });
});

describe("whether the loss falls with size", () => {
  test.each([
    ["it does", LAWS[0]!, 0.02, true],
    ["the noise is larger", LAWS[0]!, 5, false],
    ["the law is flat", { form: "logarithmic", parameters: { a: 3, b: 0 } } as const, 0.01, false],
  ])("%s", (_, law, noise, falls) => {
    const points = invent(law, { seeds: 3, noise }).map(({ size, losses }) => ({
      size,
      losses: losses.map((loss) => Math.max(loss, 0.1)),
    }));
    expect(sizeEffect(points).falls).toBe(falls);
  });

  test("is not taken from rounding that agrees with a line: seeds differ by more", () => {
    const points = SIZES.map((size) => {
      const tiny = 1e-9 * Math.log(size);
      return { size, losses: [2.9 - tiny, 3 - tiny, 3.1 - tiny] };
    });
    expect(sizeEffect(points).falls).toBe(false);
  });
});

describe("forecasts by distance", () => {
  test("reach as far as the sizes, with fewer the farther", () => {
    const { horizons } = chooseForm(invent(LAWS[0]!, { noise: 0.01 }));
    expect(horizons.map(({ steps, predictions }) => [steps, predictions])).toEqual([
      [1, 4],
      [2, 3],
      [3, 2],
      [4, 1],
    ]);
    expect(horizons[3]!.factor).toBeCloseTo(144 / 28, 10);
    const single = Math.log((42 / 28) * (64 / 42) * (96 / 64) * (144 / 96)) / 4;
    expect(horizons[0]!.factor).toBeCloseTo(Math.exp(single), 10);
    const scores = chooseForm(invent(LAWS[0]!, { noise: 0.01 })).scores;
    expect(horizons[0]!.errors).toEqual(scores.map(({ form, error }) => ({ form, error })));
  });
});

describe("the headline", () => {
  test.each([
    [
      "post",
      { extra: (size: number) => (size > 4096 ? 0.2 : 0) },
      /^The law of the small models misses the largest by .* nats; with the best rate of each size it still does$/,
    ],
    [
      "ideal",
      {},
      /^The law of the small models misses the largest by .* nats; with the best rate of each size it comes back$/,
    ],
    ["tolerant", { steep: 1e-4 }, /^The largest model keeps the law of the small ones$/],
    [
      "divergent",
      { diverges: (size: number, rate: number) => size === 8192 && rate > 5e-4 },
      /^At the rate tuned on small models the largest model has no loss; with the best rate of each size it comes back$/,
    ],
    [
      "better",
      { steep: 1e-4, extra: (size: number) => (size > 4096 ? -1 : 0) },
      /^The largest model is better than any law of the small ones$/,
    ],
  ])("of an invented study: %s", (_, shape, expected) => {
    expect(studyHeadline(inventedStudy(shape).records)).toMatch(expected);
  });
});
