/**
 * How wide a text is without a font at hand. Vega's own guess of 0.8 font sizes a letter is half too wide, which
 * leaves charts with empty margins; this table follows DejaVu Sans, the widest of the fonts that a chart may meet.
 */

const NARROW = /[ijlI.,:;'|!()[\]]/;
const SLIM = /[ frt\-"*/]/;
const WIDE = /[mwMW@%+=<>−]/;
const CAPITAL = /[A-Z]/;
/** The space between a number and what belongs to it, where no line should break. */
const BOUND_SPACE = /(?<=\d) (?=nats|%)|(?<=\b(?:sizes?|rate|R²)) (?=\d)/g;
/** How much wider bold letters are. */
const BOLD = 1.12;

/** The width of a text in font sizes (em). */
export function textWidth(text: string, bold: boolean): number {
  let width = 0;
  for (const letter of text) {
    if (NARROW.test(letter)) width += 0.33;
    else if (SLIM.test(letter)) width += 0.38;
    else if (WIDE.test(letter)) width += 0.87;
    else width += CAPITAL.test(letter) ? 0.68 : 0.61;
  }
  return bold ? width * BOLD : width;
}

/**
 * Breaks a text at its spaces into as few lines as the width (em) allows, and those of like length, so that no word
 * is left alone on the last.
 */
export function brokenLines(text: string, width: number, bold: boolean): string[] {
  const words = text.replace(BOUND_SPACE, "\u00a0").split(" ");
  const fewest = filledLines(words, width, bold);
  for (let narrower = width * 0.97; narrower > width / 4; narrower *= 0.97) {
    const lines = filledLines(words, narrower, bold);
    if (lines.length > fewest.length || lines.some((line) => textWidth(line, bold) > narrower)) break;
    fewest.splice(0, fewest.length, ...lines);
  }
  return fewest.map((line) => line.replaceAll("\u00a0", " "));
}

function filledLines(words: readonly string[], width: number, bold: boolean): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, bold) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
