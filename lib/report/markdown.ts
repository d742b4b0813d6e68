/**
 * Markdown as HTML: headings below those of the page, mathematics as MathML, code highlighted, links between notebooks as anchors. Markup
 * written in the Markdown is shown as text; nothing in it can load or run anything.
 */

import { Marked, type Token, type Tokens } from "marked";
import markedKatex from "marked-katex-extension";
import { highlighted } from "./code";
import { escaped, unbroken } from "./escape";
import { scrollable } from "./tables";

/** A heading of the page. */
export interface Heading {
  readonly level: number;
  /** Its anchor. */
  readonly id: string;
  readonly text: string;
}

/** What a piece of Markdown needs to know of the page around it. */
export interface MarkdownPlace {
  /** Called for each heading with its depth in the Markdown; answers its level on the page and its anchor. */
  heading(depth: number, text: string): Heading;
  /** The anchor that a relative address leads to, without `#`; undefined where that is not in the page. */
  anchor(address: string): string | undefined;
  /** Pictures that came with the cell, by name: bundles of base64 texts by MIME type. */
  readonly attachments?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
}

const OUTWARD = /^(https?:\/\/|mailto:)/i;
const PICTURE = /^data:image\/(png|jpeg|gif|webp);base64,[a-z0-9+/=\s]*$/i;

/** The HTML of a text in Markdown. */
export function markdownHtml(source: string, place: MarkdownPlace): string {
  const marked = new Marked(
    // Errors of a formula are shown in its place; macros that load or link are off.
    markedKatex({ output: "mathml", throwOnError: false, strict: "ignore", trust: false }),
  );
  marked.use({
    renderer: {
      heading({ depth, tokens }) {
        const { level, id } = place.heading(depth, plainText(tokens));
        return `<h${level} id="${escaped(id)}">${this.parser.parseInline(tokens)}</h${level}>\n`;
      },
      html({ text, block }: Tokens.HTML | Tokens.Tag) {
        return block ? `<p>${escaped(text.trimEnd())}</p>\n` : escaped(text);
      },
      text(token) {
        if ("tokens" in token && token.tokens) return this.parser.parseInline(token.tokens);
        // Never by `token.escaped`: after `<script>` it also marks what is not, since marked takes that for raw HTML.
        return unbroken(token.text);
      },
      code({ text, lang }) {
        return `${highlighted(text, lang)}\n`;
      },
      link({ href, title, tokens }) {
        const words = this.parser.parseInline(tokens);
        const anchor = OUTWARD.test(href) ? undefined : place.anchor(href);
        const target = OUTWARD.test(href) ? href : anchor === undefined ? undefined : `#${anchor}`;
        if (target === undefined) return words; // A file that did not travel with the page, or no address at all.
        const titled = title ? ` title="${escaped(title)}"` : "";
        return `<a href="${escaped(target)}"${titled}>${words}</a>`;
      },
      image({ href, text }) {
        const source = pictureSource(href, place);
        if (source !== undefined) return `<img src="${escaped(source)}" alt="${escaped(text)}">`;
        const words = escaped(text || href);
        return OUTWARD.test(href) ? `<a href="${escaped(href)}">${words}</a>` : words;
      },
      table(token) {
        const header = token.header.map((cell) =>
          tableCell(cell, "th", this.parser.parseInline(cell.tokens)),
        );
        const rows = token.rows.map((row) =>
          row.map((cell) => tableCell(cell, "td", this.parser.parseInline(cell.tokens))).join(""),
        );
        const body = rows.map((row) => `<tr>${row}</tr>`).join("\n");
        return scrollable(
          `<table>\n<thead><tr>${header.join("")}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>`,
        );
      },
      checkbox({ checked }) {
        return checked ? "☑ " : "☐ ";
      },
    },
  });
  return marked.parse(source, { async: false });
}

/** The address of a picture that is in the page itself. */
function pictureSource(href: string, { attachments = {} }: MarkdownPlace): string | undefined {
  if (PICTURE.test(href)) return href;
  if (!href.startsWith("attachment:")) return undefined;
  const name = decoded(href.slice("attachment:".length));
  const bundle = Object.hasOwn(attachments, name) ? attachments[name]! : {};
  const addresses = Object.entries(bundle).map(([type, value]) => `data:${type};base64,${String(value)}`);
  return addresses.find((address) => PICTURE.test(address));
}

function tableCell({ align }: Tokens.TableCell, tag: "th" | "td", content: string): string {
  const scope = tag === "th" ? ' scope="col"' : "";
  return `<${tag}${scope}${align ? ` style="text-align: ${align}"` : ""}>${content}</${tag}>`;
}

/** The words of inline Markdown without their marks. */
function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      const { tokens: inner, text, raw } = token as { tokens?: Token[]; text?: string; raw: string };
      return inner ? plainText(inner) : (text ?? raw);
    })
    .join("");
}

/** A part of an address without its percent signs; as it is where they mean nothing. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
