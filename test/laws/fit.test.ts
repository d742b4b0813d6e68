import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitLaw, type LawFit, type Objective, type SizeLosses } from "../../lib/laws/fit";
import { LAW_FORMS, type LawForm, lossAt } from "../../lib/laws/forms";
import { invent, LAWS, SIZES } from "./invented";

function fitted(
  points: readonly SizeLosses[],
  form: LawForm,
  objective: Objective = { kind: "squares" },
): LawFit {
  const outcome = fitLaw(points, form, { objective });
  if (outcome.status === "too_few_points") throw new Error(outcome.sentence);
  return outcome;
}
const parameters = (fit: LawFit) => Object.values(fit.law.parameters);

describe("fitLaw on invented truth", () => {
  const objectives: Objective[] = [{ kind: "squares" }, { kind: "huber" }, { kind: "huber", delta: 0.01 }];
  const problems = LAWS.flatMap((law) =>
    objectives.map((objective) => ({ law, objective, form: law.form, kind: objective.kind })),
  );

  test.each(problems)("recovers the parameters of $form from exact losses ($kind)", ({ law, objective }) => {
    const fit = fitted(invent(law), law.form, objective);
    expect(fit.status).toBe("converged");
    expect(fit.minima).toBe(1);
    for (const [i, value] of Object.values(law.parameters).entries()) {
      expect(parameters(fit)[i]! / value).toBeCloseTo(1, 7);
    }
    expect(fit.rSquared).toBeCloseTo(1, 8);
  });

  test.each(problems)("comes near them through noise of 0.01 nats ($form, $kind)", ({ law, objective }) => {
    const fit = fitted(invent(law, { seeds: 3, noise: 0.01 }), law.form, objective);
    for (const size of SIZES) expect(Math.abs(lossAt(fit.law, size) - lossAt(law, size))).toBeLessThan(0.03);
    expect(fit.residualStandardDeviation).toBeLessThan(0.02);
  });

  test("finds a law again whatever its parameters (property)", () => {
    const floors = fc.record({
      E: fc.double({ min: 0.5, max: 3, noNaN: true }),
      A: fc.double({ min: 2, max: 12, noNaN: true }),
      alpha: fc.double({ min: 0.15, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(floors, (truth) => {
        const fit = fitted(invent({ form: "power_with_floor", parameters: truth }), "power_with_floor");
        expect(fit.law.parameters).toEqual({
          E: expect.closeTo(truth.E, 2),
          A: expect.closeTo(truth.A, 1),
          alpha: expect.closeTo(truth.alpha, 2),
        });
      }),
      { numRuns: 25 },
    );
  });
});

/*
 * Losses with an outlier of 0.4 nats, and their optima by scipy 1.x, float64:
 *   h = np.array([8, 12, 18, 28, 42, 64, 96, 144.0])
 *   y = 2 + 6 * h**-0.3 + 0.02 * np.sin(7.3 * np.arange(8)); y[3] += 0.4
 *   optimize.least_squares(lambda p: f(p) - y, p0, loss=loss, f_scale=0.05, xtol=1e-15, ftol=1e-15, gtol=1e-15)
 */
const OUTLIER = SIZES.map((size, i) => ({
  size,
  losses: [2 + 6 * size ** -0.3 + 0.02 * Math.sin(7.3 * i) + (i === 3 ? 0.4 : 0)],
}));
const HUBER: Objective = { kind: "huber", delta: 0.05 };

describe("fitLaw against scipy", () => {
  test.each([
    ["logarithmic", { kind: "squares" }, [6.529896448029502, -0.654896645879107]],
    ["logarithmic", HUBER, [6.500786153254859, -0.6547394294255445]],
    ["power", { kind: "squares" }, [7.218101407363638, 0.15524915328327638]],
    ["power", HUBER, [7.186603299554189, 0.15659336029086812]],
    ["power_with_floor", HUBER, [1.7813546818290364, 6.072265768736317, 0.27302680803858453]],
  ] as const)("agrees for %s, %o", (form, objective, expected) => {
    const fit = fitted(OUTLIER, form, objective);
    expect(fit.status).toBe("converged");
    for (const [i, value] of expected.entries()) expect(parameters(fit)[i]! / value).toBeCloseTo(1, 7);
  });

  test("keeps the floor at its bound of 0 where scipy's, left free, falls to -3.2 nats", () => {
    const fit = fitted(OUTLIER, "power_with_floor");
    expect(fit.status).toBe("at_bound");
    expect(fit.sentence).toContain("the floor is at its bound of 0 nats");
    const [A, alpha] = parameters(fitted(OUTLIER, "power"));
    expect(parameters(fit)).toEqual([0, expect.closeTo(A!, 11), expect.closeTo(alpha!, 11)]);
  });
});

describe("Huber's loss", () => {
  test.each(LAWS)("resists an outlier that least squares follows ($form)", (law) => {
    const points = invent(law, { seeds: 3, noise: 0.01 }).map(({ size, losses }, i) => ({
      size,
      losses: i === 4 ? losses.map((loss) => loss + 0.5) : losses,
    }));
    const worst = (fit: LawFit) =>
      Math.max(...SIZES.map((size) => Math.abs(lossAt(fit.law, size) - lossAt(law, size))));
    const squares = fitted(points, law.form);
    const huber = fitted(points, law.form, { kind: "huber" });
    expect(worst(huber)).toBeLessThan(0.05);
    expect(worst(huber)).toBeLessThan(worst(squares) / 2);
    expect(huber.residualStandardDeviation).toBeLessThan(squares.residualStandardDeviation / 4);
  });

  test("with a delta beyond all residuals is least squares", () => {
    const points = invent(LAWS[2]!, { noise: 0.02 });
    const huber = fitted(points, "power_with_floor", { kind: "huber", delta: 10 });
    expect(parameters(huber)).toEqual(parameters(fitted(points, "power_with_floor")));
  });
});

describe("how a fit ends", () => {
  test.each([
    ["logarithmic", 2, 3],
    ["power", 2, 3],
    ["power_with_floor", 3, 4],
  ] as const)("says that %s has too few points with %d, just not with %d", (form, few, enough) => {
    const points = invent(LAWS[1]!);
    expect(fitLaw(points.slice(0, few), form)).toMatchObject({
      status: "too_few_points",
      sizes: few,
      needed: enough,
    });
    expect(fitLaw(points.slice(0, enough), form).status).not.toBe("too_few_points");
    expect(fitLaw([], form).sentence).toMatch(/^too few sizes: 0/);
  });

  test("says in a sentence that the best exponent is the only minimum", () => {
    expect(fitted(invent(LAWS[1]!, { noise: 0.01 }), "power").sentence).toBe(
      "converged: the only minimum over exponents from -10 to 10",
    );
    expect(fitted(invent(LAWS[0]!, { noise: 0.01 }), "logarithmic").sentence).toBe("solved in closed form");
  });

  test("does not claim an exponent where the losses are flat below the smallest size", () => {
    const points = SIZES.map((size, i) => ({ size, losses: [i === 0 ? 5 : 3] }));
    const fit = fitted(points, "power_with_floor");
    expect(fit.status).toBe("at_bound");
    expect(fit.sentence).toMatch(/the exponent 10 is at the end of its range/);
  });

  test("finds no floor in losses that rise with size", () => {
    const points = SIZES.map((size) => ({ size, losses: [3 + 0.2 * Math.log(size)] }));
    expect(fitted(points, "power_with_floor").status).not.toBe("converged");
    expect(fitted(points, "logarithmic").law.parameters).toMatchObject({
      a: expect.closeTo(3, 9),
      b: expect.closeTo(0.2, 9),
    });
  });

  test.each([
    ["a size of 0", [{ size: 0, losses: [1] }], /invalid size.*: 0/],
    ["a size without losses", [{ size: 8, losses: [] }], /size 8 has no losses/],
    [
      "losses whose squares leave the range of 64-bit floats",
      [8, 16, 32, 64].map((size) => ({ size, losses: [3e300 / size] })),
      /loss 3.75e\+299 at size 8 is beyond what a law can be fitted to.*give the losses in another unit/,
    ],
    ["losses near zero", [{ size: 8, losses: [2e-300] }], /loss 2e-300 at size 8 is beyond what a law/],
    ["a loss that is not finite", [{ size: 8, losses: [1, Number.NaN] }], /invalid loss at size 8.*NaN/],
    [
      "a size given twice",
      [
        { size: 8, losses: [1] },
        { size: 8, losses: [2] },
      ],
      /a size is given twice/,
    ],
  ])("refuses %s", (_, points, message) => {
    for (const form of LAW_FORMS) expect(() => fitLaw(points, form)).toThrow(message);
  });

  test("is the same law for losses of any magnitude", () => {
    const points = invent(LAWS[2]!, { noise: 0.01 });
    for (const kind of ["squares", "huber"] as const) {
      const [E, A, alpha] = parameters(fitted(points, "power_with_floor", { kind }));
      for (const scale of [1e-50, 1e-3, 1e50]) {
        const scaled = points.map(({ size, losses }) => ({
          size,
          losses: losses.map((loss) => loss * scale),
        }));
        const fit = fitted(scaled, "power_with_floor", { kind });
        expect(parameters(fit)[0]! / scale).toBeCloseTo(E!, 8);
        expect(parameters(fit)[1]! / scale).toBeCloseTo(A!, 8);
        expect(parameters(fit)[2]!).toBeCloseTo(alpha!, 8);
        expect(fit.rSquared).toBeCloseTo(fitted(points, "power_with_floor", { kind }).rSquared!, 8);
      }
    }
  });

  test("is the same in any order of the sizes", () => {
    const points = invent(LAWS[2]!, { noise: 0.01 });
    const reversed = fitted([...points].reverse(), "power_with_floor");
    for (const [i, value] of parameters(fitted(points, "power_with_floor")).entries()) {
      expect(parameters(reversed)[i]).toBeCloseTo(value, 5);
    }
  });
});
