/**
 * kanji-1000: the first 1,000 characters that Japanese schools teach, in 28 typefaces, distorted afresh for every
 * example, so that the data never end. The distortion is `glyphs.ts`; `data/kanji-1000/README.md` is the definition.
 */

import { randomStream } from "../random/stream";
import { checkFill, checkSplit, type Dataset, type ExampleStream } from "./dataset";
import type { DataFolder } from "./folder";
import { EXAMPLE_PIXELS, GLYPH_SIDE, GlyphRenderer, NORMALS_PER_EXAMPLE } from "./glyphs";
import { readIdx } from "./idx";

const CLASSES = 1000;
const TYPEFACES = 28;
const FILE = "glyphs-idx4-ubyte.gz";

/** Typefaces kept out of training and test, for the split that asks how a model does on new ones. */
const NEW_TYPEFACES = [10, 13, 20, 25];
const KNOWN_TYPEFACES = Array.from({ length: TYPEFACES }, (_, n) => n).filter(
  (n) => !NEW_TYPEFACES.includes(n),
);
const TYPEFACES_OF: Readonly<Record<string, readonly number[]>> = {
  train: KNOWN_TYPEFACES,
  test: KNOWN_TYPEFACES,
  "new-typefaces": NEW_TYPEFACES,
};

export const kanjiChecksums = {
  [`kanji-1000/${FILE}`]: "b50ea44a344ba1c5c274570b9dff1a79511c62f8f7d3a1f2f9f72806173fe007",
};

export async function loadKanji(folder: DataFolder): Promise<Dataset> {
  const glyphs = await readIdx(folder, FILE, [CLASSES, TYPEFACES, GLYPH_SIDE, GLYPH_SIDE]);
  const splits = Object.keys(TYPEFACES_OF);
  return {
    name: folder.name,
    title: "kanji-1000",
    licence: "OFL-1.1, Apache-2.0, MIT, M+, BSD-3-Clause and public domain, by typeface (see typefaces.csv)",
    classes: CLASSES,
    features: EXAMPLE_PIXELS,
    checksums: folder.checksums,
    splits,
    stream(split, seed) {
      checkSplit(split, splits, folder.name);
      return kanjiStream(glyphs, split, seed);
    },
  };
}

/**
 * The endless stream of a split: example i takes its class and typeface from the one integer, and its distortion and
 * noise from the normal numbers, that belong to index i of the random stream keyed by ("kanji-1000/<split>", seed).
 */
function kanjiStream(glyphs: Uint8Array, split: string, seed: number): ExampleStream {
  const typefaces = TYPEFACES_OF[split]!;
  const random = randomStream(`kanji-1000/${split}`, seed);
  const renderer = new GlyphRenderer();
  const choice = new Int32Array(1);
  const normals = new Float32Array(NORMALS_PER_EXAMPLE);
  return {
    size: undefined,
    fill(start, images, labels) {
      checkFill(start, images, labels, { features: EXAMPLE_PIXELS });
      for (let n = 0; n < labels.length; n++) {
        random.integers(start + n, CLASSES * typefaces.length, choice);
        const label = Math.floor(choice[0]! / typefaces.length);
        const typeface = typefaces[choice[0]! % typefaces.length]!;
        random.normal(start + n, normals);
        const glyph = (label * TYPEFACES + typeface) * GLYPH_SIDE * GLYPH_SIDE;
        renderer.render(glyphs, glyph, normals, images as Float32Array, n * EXAMPLE_PIXELS);
        labels[n] = label;
      }
    },
  };
}
