/**
 * From a glyph to an example: a random affine distortion, resampled to a quarter of the pixels, with noise. Which
 * glyph is drawn with which random numbers is `kanji.ts`.
 */

/** Pixels a side of a glyph and of an example. */
export const GLYPH_SIDE = 32;
export const EXAMPLE_SIDE = 16;
export const EXAMPLE_PIXELS = EXAMPLE_SIDE * EXAMPLE_SIDE;

/** Standard normal numbers for an example: rotation, scale, shear, aspect, two shifts, then one of noise a pixel. */
export const NORMALS_PER_EXAMPLE = 6 + EXAMPLE_PIXELS;

const ROTATION = 0.12;
const LOG_SCALE = 0.12;
const SHEAR = 0.12;
const LOG_ASPECT = 0.08;
const SHIFT = 0.06;
const NOISE = 0.1;
const MEAN = 0.2096;
const DEVIATION = 0.3154;

/** One blank pixel on each side, so that interpolation at the rim needs no case of its own. */
const PADDED = GLYPH_SIDE + 2;

/**
 * Writes the example that a glyph and a row of standard normal numbers make.
 *
 * A point p of the example, measured from its centre in units of its side, shows the glyph at A⁻¹(p − t), where
 * A = rotation(θ) · shear(h) · diag(s·e^(a/2), s·e^(−a/2)), θ ~ N(0, 0.12), ln s ~ N(0, 0.12), h ~ N(0, 0.12),
 * a ~ N(0, 0.08) and both components of t ~ N(0, 0.06). A pixel is the mean of 2×2 bilinear samples of ink (0 to 1,
 * paper outside the glyph) plus noise N(0, 0.1); then 0.2096 is subtracted and the result divided by 0.3154.
 */
export class GlyphRenderer {
  private readonly ink = new Float64Array(PADDED * PADDED); // [row, column], 0 … 255
  private readonly sums = new Float64Array(EXAMPLE_PIXELS);

  /**
   * @param glyphs bytes, 0 = paper, 255 = ink
   * @param from where the glyph's 32×32 bytes begin
   * @param normals NORMALS_PER_EXAMPLE standard normal numbers
   * @param images where the 16×16 features go, from `at`
   */
  render(glyphs: Uint8Array, from: number, normals: Float32Array, images: Float32Array, at: number): void {
    const { ink, sums } = this;
    for (let row = 0; row < GLYPH_SIDE; row++) {
      const source = from + row * GLYPH_SIDE;
      const target = (row + 1) * PADDED + 1;
      for (let column = 0; column < GLYPH_SIDE; column++) ink[target + column] = glyphs[source + column]!;
    }

    const cosine = Math.cos(ROTATION * normals[0]!);
    const sine = Math.sin(ROTATION * normals[0]!);
    const shear = SHEAR * normals[2]!;
    const width = Math.exp(LOG_SCALE * normals[1]! + (LOG_ASPECT / 2) * normals[3]!);
    const height = Math.exp(LOG_SCALE * normals[1]! - (LOG_ASPECT / 2) * normals[3]!);
    // A⁻¹, row by row.
    const xx = (cosine + shear * sine) / width;
    const xy = (sine - shear * cosine) / width;
    const yx = -sine / height;
    const yy = cosine / height;

    // The example is sampled at GLYPH_SIDE points a side, two a pixel; sample n lies at (n + ½) / GLYPH_SIDE.
    const first = 0.5 / GLYPH_SIDE - 0.5;
    const x0 = first - SHIFT * normals[4]!;
    const y0 = first - SHIFT * normals[5]!;
    // In the padded glyph the centre of pixel n lies at n + 1, so a point q falls on (q + ½)·GLYPH_SIDE + ½.
    const left = (xx * x0 + xy * y0 + 0.5) * GLYPH_SIDE + 0.5;
    const top = (yx * x0 + yy * y0 + 0.5) * GLYPH_SIDE + 0.5;
    const limit = GLYPH_SIDE + 1;

    for (let row = 0; row < GLYPH_SIDE; row++) {
      const target = (row >> 1) * EXAMPLE_SIDE;
      let x = left + xy * row;
      let y = top + yy * row;
      for (let pixel = 0; pixel < EXAMPLE_SIDE; pixel++) {
        let sum = (row & 1) === 0 ? 0 : sums[target + pixel]!;
        for (let half = 0; half < 2; half++, x += xx, y += yx) {
          if (x < 0 || y < 0 || x >= limit || y >= limit) continue;
          const ix = x | 0;
          const iy = y | 0;
          const fx = x - ix;
          const corner = (iy * PADDED + ix) | 0;
          const a = ink[corner]!;
          const b = ink[corner + PADDED]!;
          const above = a + fx * (ink[corner + 1]! - a);
          const below = b + fx * (ink[corner + PADDED + 1]! - b);
          sum += above + (y - iy) * (below - above);
        }
        sums[target + pixel] = sum;
      }
    }

    const inkScale = 1 / (4 * 255 * DEVIATION);
    const noiseScale = NOISE / DEVIATION;
    for (let pixel = 0; pixel < EXAMPLE_PIXELS; pixel++) {
      images[at + pixel] = sums[pixel]! * inkScale + normals[6 + pixel]! * noiseScale - MEAN / DEVIATION;
    }
  }
}
