import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatRSquared } from "../../lib/laws/wording";

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
