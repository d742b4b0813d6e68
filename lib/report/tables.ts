/** Tables that cells have shown as HTML: what of it is let into the page, and how a wide one is scrolled. */

import sanitizeHtml from "sanitize-html";

/**
 * The table in the HTML of an output: its elements, spans and alignments, and nothing else.
 *
 * @returns undefined where there is no table in it
 */
export function tableOutput(html: string): string | undefined {
  const clean = sanitizeHtml(html, {
    allowedTags: ["table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"],
    allowedAttributes: { "*": ["style"], th: ["colspan", "rowspan", "scope"], td: ["colspan", "rowspan"] },
    allowedStyles: { "*": { "text-align": [/^(left|right|center)$/] } },
    transformTags: {
      th: (tagName, attribs) => ({ tagName, attribs: { scope: "col", ...attribs } }),
    },
  }).trim();
  return clean.includes("<table") ? scrollable(clean) : undefined;
}

/** A table in a frame of its own, so that a wide one is scrolled there and not with the page, by keys too. */
export function scrollable(table: string): string {
  return `<div class="table" tabindex="0">${table}</div>\n`;
}
