import { describe, expect, test } from "vitest";
import { chooseForm } from "../../lib/laws/choice";
import { fitLaw } from "../../lib/laws/fit";
import { invent, LAWS, SIZES } from "./invented";

const MANY = [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];

describe("chooseForm", () => {
  test.each(LAWS)("chooses the form that made the losses ($form)", (law) => {
    const choice = chooseForm(invent(law, { sizes: MANY, noise: 0.003 }), { horizon: 3 });
    // A power law is a power law with a floor of 0, so that both predict it alike.
    if (law.form === "power")
      expect(["power", "power_with_floor"]).toContain(choice.status === "chosen" && choice.form);
    else expect(choice).toMatchObject({ status: "chosen", form: law.form });
  });

  test("chooses by prediction where the fit is no guide: the form with the floor always fits at least as well", () => {
    const points = invent(LAWS[0]!, { sizes: MANY, noise: 0.02, key: 5 });
    const choice = chooseForm(points);
    expect(choice).toMatchObject({ status: "chosen", form: "logarithmic" });
    const rSquared = (["power", "power_with_floor"] as const).map((form) => {
      const fit = fitLaw(points, form);
      return fit.status === "too_few_points" ? 0 : fit.rSquared;
    });
    expect(rSquared[1]).toBeGreaterThanOrEqual(rSquared[0]!);
  });

  test("rolls the origin: fits the smallest sizes, predicts the next, the same sizes for all forms", () => {
    const { scores } = chooseForm(invent(LAWS[1]!), { horizon: 2 });
    const expected = [
      [28, 42],
      [28, 64],
      [42, 64],
      [42, 96],
      [64, 96],
      [64, 144],
      [96, 144],
    ];
    expect(scores).toHaveLength(3);
    for (const { predictions } of scores) {
      expect(predictions.map(({ fittedUpTo, size }) => [fittedUpTo, size])).toEqual(expected);
    }
  });

  test("rolls over fifty origins where there are a thousand sizes, the first and the last among them", () => {
    const sizes = Array.from({ length: 1000 }, (_, i) => 8 + i ** 2);
    const choice = chooseForm(invent(LAWS[2]!, { sizes, noise: 0.01 }));
    expect(choice).toMatchObject({ status: "chosen", form: "power_with_floor" });
    const predicted = choice.scores[0]!.predictions.map(({ size }) => size);
    expect(predicted).toHaveLength(50);
    expect([predicted[0], predicted.at(-1)]).toEqual([sizes[4], sizes[999]]);
  });

  test("does not see the sizes that it predicts", () => {
    const points = invent(LAWS[0]!);
    const altered = points.map((point) => (point.size === 144 ? { ...point, losses: [9] } : point));
    const first = (from: typeof points) =>
      chooseForm(from).scores.map(({ predictions }) => predictions.at(-1)!.predicted);
    expect(first(altered)).toEqual(first(points));
  });

  test("gives the error of a form in nats: exact losses are predicted exactly by their own form", () => {
    const { scores } = chooseForm(invent(LAWS[0]!), { forms: ["logarithmic"] });
    expect(scores[0]!.error).toBeCloseTo(0, 10);
  });

  test("is undecided where no size can be held out: 4 sizes for the form with the floor, but not 5", () => {
    const points = invent(LAWS[0]!);
    expect(chooseForm(points.slice(0, 4))).toMatchObject({ status: "undecided", scores: [] });
    expect(chooseForm(points.slice(0, 4)).sentence).toMatch(/^too few sizes to choose a form of law: 4/);
    expect(chooseForm(points.slice(0, 5)).status).toBe("chosen");
  });

  test("sorts the sizes first", () => {
    const points = invent(LAWS[2]!, { noise: 0.01 });
    expect(chooseForm([...points].reverse())).toEqual(chooseForm(points));
    expect(points.map(({ size }) => size)).toEqual(SIZES);
  });
});
