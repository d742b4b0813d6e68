import { describe, expect, test } from "vitest";
import { numberFormat } from "../../lib/notebook/numbers";

/** A column as it is shown. */
const written = (values: readonly number[], name = "loss") => values.map(numberFormat(name, values));

describe("the numbers of a column", () => {
  test("have four significant digits, of small losses too", () => {
    expect(written([3.5812, 2.4])).toEqual(["3.581", "2.400"]);
    expect(written([0.0025642, 0.0018421])).toEqual(["0.002564", "0.001842"]);
    expect(written([0.051234, 0.0004])).toEqual(["0.05123", "0.00040"]);
  });

  test("have powers of ten where that is shorter", () => {
    expect(written([0.00052, 0.00049])).toEqual(["5.2e-4", "4.9e-4"]);
  });
});
