/**
 * Text that is put into the page without becoming part of its markup: inside elements and attributes, inside data blocks, inside scripts
 * and style sheets.
 */

import { escaped } from "../notebook/table";

export { escaped };

/** A word with a hyphen before a digit, such as 2.2e-3, h^-0.34 or kanji-1000: broken there it would be hard to read. */
const HYPHENATED = /[^\s<>&"]*-\d[^\s<>&"]*/g;

/** The same as `escaped`, for text in elements alone: numbers such as 2.2e-3 and 95 % stay on one line. */
export function unbroken(text: string): string {
  return escaped(text.replace(/(\d) %/g, "$1\u00a0%")).replace(HYPHENATED, (word) =>
    word.length > 24 ? word : `<span class="unbroken">${word}</span>`,
  );
}

/**
 * JSON for a `<script type="application/json">` block. No `<` is left in it, so that nothing can end the block, or open a comment that
 * would hide its end; no line separator either, which older parsers take for the end of a line.
 */
export function jsonInScript(value: unknown): string {
  const codes: Readonly<Record<string, string>> = { "<": "003c", ">": "003e", "&": "0026" };
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${codes[letter] ?? letter.charCodeAt(0).toString(16)}`,
  );
}

/**
 * A script's own text for a `<script>` element. The two sequences that mean something to an HTML parser can stand only in its strings and
 * regular expressions, where a backslash more changes nothing.
 */
export function scriptInPage(source: string): string {
  return source.replace(/<(?=\/script|script)/gi, "\\x3c").replaceAll("<!--", "\\x3c!--");
}

/** A style sheet's text for a `<style>` element; `</` has no meaning in a style sheet outside of strings. */
export function styleInPage(source: string): string {
  return source.replaceAll("</", "<\\/");
}
