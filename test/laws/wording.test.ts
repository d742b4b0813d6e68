import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatError,
  formatInterval,
  formatLaw,
  formatLoss,
  formatMiss,
  formatParameter,
  formatRSquared,
} from "../../lib/laws/wording";

describe("losses", () => {
  it("have two decimals where losses are usual", () => {
    expect([3.5789, 12, 0.583, 0].map((loss) => formatLoss(loss))).toEqual(["3.58", "12.00", "0.58", "0.00"]);
    expect([0.9601, -0.021, 0.001].map((miss) => formatMiss(miss))).toEqual(["+0.96", "-0.02", "0.00"]);
    expect(formatInterval({ low: 4.4536, high: 4.5769 })).toBe("4.45 to 4.58");
    expect(formatError(0.0123, 3.58, 1e-3)).toBe("0.012");
  });

  it("have three significant digits where they are small", () => {
    expect([0.0958, 0.002564, 1.842e-5].map((loss) => formatLoss(loss))).toEqual([
      "0.0958",
      "0.00256",
      "0.0000184",
    ]);
    expect(formatMiss(0.0000312, 0.00257)).toBe("+0.00003");
    expect(formatMiss(-0.000000312, 0.00257)).toBe("0.00000");
  });

  it("show the width of an interval, however narrow", () => {
    expect(formatInterval({ low: 0.0017612, high: 0.0017635 })).toBe("0.001761 to 0.001764");
    expect(formatInterval({ low: 2.61202, high: 2.61298 })).toBe("2.6120 to 2.6130");
    expect(formatInterval({ low: 3, high: 3 })).toBe("3.00 to 3.00");
    expect(formatInterval({ low: 0.0017734872, high: 0.0017734873 })).toBe("0.00177349 to 0.00177349");
    expect(formatInterval({ low: 0.0017734872, high: 0.0017734872 + 1e-17 })).toBe("0.00177 to 0.00177");
  });

  it("are written with powers of ten where zeros would hide them, and read back as they are (property)", () => {
    expect(formatLoss(2.564e-50)).toBe("2.56e-50");
    expect(formatLoss(3.58e50)).toBe("3.580e50");
    fc.assert(
      fc.property(fc.double({ min: 1e-60, max: 1e60, noNaN: true }), (loss) => {
        expect(Math.abs(Number(formatLoss(loss)) / loss - 1)).toBeLessThan(0.051);
      }),
    );
  });
});

describe("laws", () => {
  it("keep the digits of small coefficients", () => {
    expect(formatLaw({ form: "logarithmic", parameters: { a: 0.005123, b: -0.000143 } })).toBe(
      "0.00512 - 0.000143 ln(h)",
    );
    expect(formatLaw({ form: "logarithmic", parameters: { a: 7.0049, b: -0.00431 } })).toBe(
      "7.00 - 0.0043 ln(h)",
    );
    expect(formatLaw({ form: "power_with_floor", parameters: { E: 0.00169, A: 0.8, alpha: 0.381 } })).toBe(
      "0.00169 + 0.800 h^-0.381",
    );
    expect(formatLaw({ form: "power", parameters: { A: 164838, alpha: 0.00012 } })).toBe("1.65e5 h^-0.00012");
    expect(formatParameter(0.0000234)).toBe("0.0000234");
    expect(formatParameter(-0.27629)).toBe("-0.2763");
  });
});

describe("R² in a sentence", () => {
  it("has three decimals", () => {
    expect(formatRSquared(0.92741)).toBe("0.927");
    expect(formatRSquared(-0.5)).toBe("-0.500");
    expect(formatRSquared(1)).toBe("1.000");
  });

  it("has as many more as keep a fit from looking perfect", () => {
    expect(formatRSquared(0.99978)).toBe("0.9998");
    expect(formatRSquared(0.99997)).toBe("0.99997");
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1 - 1e-6, noNaN: true }), (rSquared) => {
        const text = formatRSquared(rSquared);
        expect(Number(text)).toBeLessThan(1);
        expect(Math.abs(Number(text) - rSquared)).toBeLessThanOrEqual(0.5e-3 + 1e-12);
      }),
    );
  });
});
