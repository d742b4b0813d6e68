import { expect, test } from "vitest";
import {
  EXAMPLE_PIXELS,
  EXAMPLE_SIDE,
  GLYPH_SIDE,
  GlyphRenderer,
  NORMALS_PER_EXAMPLE,
} from "../../lib/datasets/glyphs";
import { noise } from "./fixtures";

const glyph = noise(GLYPH_SIDE * GLYPH_SIDE);

/** Ink (0 to 1) of the example that standard normal numbers give, the normalisation undone. */
function ink(normals: Partial<Record<"rotation" | "scale" | "shear" | "aspect" | "right" | "down", number>>) {
  const row = new Float32Array(NORMALS_PER_EXAMPLE);
  const { rotation = 0, scale = 0, shear = 0, aspect = 0, right = 0, down = 0 } = normals;
  row.set([rotation / 0.12, scale / 0.12, shear / 0.12, aspect / 0.08, right / 0.06, down / 0.06]);
  const images = new Float32Array(EXAMPLE_PIXELS);
  new GlyphRenderer().render(glyph, 0, row, images, 0);
  return Array.from(images, (value) => value * 0.3154 + 0.2096);
}

/** Mean ink of the 2×2 glyph pixels under each pixel of the example, 0 outside the glyph. */
function boxes(at = (x: number, y: number) => [x, y] as const): number[] {
  return Array.from({ length: EXAMPLE_PIXELS }, (_, n) => {
    const [x, y] = at(n % EXAMPLE_SIDE, Math.floor(n / EXAMPLE_SIDE));
    if (x < 0 || y < 0 || x >= EXAMPLE_SIDE || y >= EXAMPLE_SIDE) return 0;
    const corner = 2 * y * GLYPH_SIDE + 2 * x;
    const sum =
      glyph[corner]! + glyph[corner + 1]! + glyph[corner + GLYPH_SIDE]! + glyph[corner + GLYPH_SIDE + 1]!;
    return sum / 4 / 255;
  });
}

/** Geometry comes in single precision, and a glyph pixel is up to 1 in ink: 1e-5 of a side is 3e-4 of a pixel. */
function expectClose(found: readonly number[], expected: readonly number[]) {
  found.forEach((value, n) => {
    expect(Math.abs(value - expected[n]!), `pixel ${n}`).toBeLessThan(1e-3);
  });
}

test("an undistorted example is the glyph averaged over 2×2 pixels", () => {
  expectClose(ink({}), boxes());
});

test("shifts move the glyph right and down, and paper follows", () => {
  expectClose(
    ink({ right: 3 / 16, down: -2 / 16 }),
    boxes((x, y) => [x - 3, y + 2]),
  );
});

test("a rotation of a quarter turns right to down", () => {
  expectClose(
    ink({ rotation: Math.PI / 2 }),
    boxes((x, y) => [y, 15 - x]),
  );
});

test("scale enlarges from the centre: at four times the size the middle is nearly one glyph pixel a half", () => {
  // Sample n of 32 a side falls on (n + ½ − 16)/4 + 16 − ½: interpolate the glyph there and average 2×2.
  const axis = (n: number) => (n + 0.5 - 16) / 4 + 15.5;
  const sample = (i: number, j: number) => {
    const [x, y] = [axis(i), axis(j)];
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const pixel = (dx: number, dy: number) => glyph[(y0 + dy) * GLYPH_SIDE + x0 + dx]! / 255;
    const [fx, fy] = [x - x0, y - y0];
    return (
      (1 - fy) * ((1 - fx) * pixel(0, 0) + fx * pixel(1, 0)) +
      fy * ((1 - fx) * pixel(0, 1) + fx * pixel(1, 1))
    );
  };
  const expected = Array.from({ length: EXAMPLE_PIXELS }, (_, n) => {
    const [i, j] = [2 * (n % 16), 2 * Math.floor(n / 16)];
    return (sample(i, j) + sample(i + 1, j) + sample(i, j + 1) + sample(i + 1, j + 1)) / 4;
  });
  expectClose(ink({ scale: Math.log(4) }), expected);
});

test("aspect widens by as much as it flattens", () => {
  // At twice the width over height of 4, width doubles and height halves: rows outside the middle half are paper.
  const found = ink({ aspect: Math.log(4) });
  const rowSum = (row: number) => found.slice(16 * row, 16 * row + 16).reduce((a, b) => a + b);
  expect(rowSum(2)).toBeCloseTo(0, 3);
  expect(rowSum(13)).toBeCloseTo(0, 3);
  expect(rowSum(4)).toBeGreaterThan(3);
  expect(rowSum(11)).toBeGreaterThan(3);
});

test("shear moves each row sideways in proportion to its height, and the middle not at all", () => {
  // x' = x + h·y: at h = 1 the row whose centre is 1/32 above the middle moves left by 1/32 of the side.
  const found = ink({ shear: 1 });
  const top = found.slice(0, 16);
  // The top row (y = −15/32) moves left by about 15 half pixels: its right half is paper.
  expect(Math.max(...top.slice(10))).toBeCloseTo(0, 3);
  expect(Math.max(...top.slice(0, 7))).toBeGreaterThan(0.3);
  const bottom = found.slice(240);
  expect(Math.max(...bottom.slice(0, 6))).toBeCloseTo(0, 3);
});

test("noise is added per pixel at a tenth of full ink", () => {
  const row = new Float32Array(NORMALS_PER_EXAMPLE);
  row[6 + 37] = 2;
  const images = new Float32Array(EXAMPLE_PIXELS);
  new GlyphRenderer().render(glyph, 0, row, images, 0);
  const expected = boxes();
  expected[37]! += 0.2;
  expectClose(
    Array.from(images, (value) => value * 0.3154 + 0.2096),
    expected,
  );
});
