import { describe, expect, it } from "vitest";
import { counted, duration, quantity } from "../../lib/sweep/words";

describe("quantities", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [1.239e14, "124 TB"],
    [4.32e5, "432 kB"],
    [0.5, "0.5 B"],
  ])("%d reads as %s", (value, text) => {
    expect(quantity(value, "B")).toBe(text);
  });
});

describe("counts", () => {
  it.each([
    [0, "0 trials"],
    [1, "1 trial"],
    [2, "2 trials"],
  ])("%d has its noun in the right number: %s", (count, text) => {
    expect(counted(count, "trial")).toBe(text);
  });

  it("take the plural that is given", () => {
    expect([1, 2].map((count) => counted(count, "repetition of it", "repetitions of it"))).toEqual([
      "1 repetition of it",
      "2 repetitions of it",
    ]);
  });
});

describe("durations", () => {
  it.each([
    [0, "0 s"],
    [59.4, "59 s"],
    [59.6, "1 min 00 s"],
    [185, "3 min 05 s"],
    [3599, "59 min 59 s"],
    [7620, "2 h 07 min"],
  ])("%d reads as %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
