// What a parser finds in a page: its elements and their attributes. The parser is that of sanitize-html, which lets everything through here.

import sanitizeHtml from "sanitize-html";

export interface FoundElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The elements of a page or a part of one, inner ones before those around them. */
export function elementsOf(html: string): FoundElement[] {
  const found: FoundElement[] = [];
  sanitizeHtml(html, {
    allowedTags: false,
    allowedAttributes: false,
    allowVulnerableTags: true,
    exclusiveFilter: ({ tag, attribs, text }) => {
      found.push({ tag, attributes: attribs, text });
      return false;
    },
  });
  return found;
}

/** How often each element stands there, those that only keep a number on one line left out. */
export function tagCounts(html: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { tag, attributes } of elementsOf(html)) {
    if (attributes.class !== "unbroken") counts[tag] = (counts[tag] ?? 0) + 1;
  }
  return counts;
}

/** A text with its character references resolved. */
export function unescaped(html: string): string {
  const letters: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };
  return html.replace(/<[^>]*>/g, "").replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => letters[name]!);
}
