import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markdownHtml } from "../../lib/report/markdown";
import { renderReport } from "../../lib/report/report";
import { prose, reportOf } from "./contents";
import { elementsOf, unescaped } from "./elements";

const place = {
  heading: (depth: number, text: string) => ({ level: depth + 1, id: `at-${depth}`, text }),
  anchor: (address: string) => (address === "02-a-law.ipynb" ? "there" : undefined),
};
const html = (source: string) => markdownHtml(source, place);
const links = (source: string) => elementsOf(html(source)).filter(({ tag }) => tag === "a");

describe("Markdown", () => {
  it("keeps emphasis, code, lists and tables", () => {
    expect(html("**bold** and `a < b`")).toContain("<strong>bold</strong> and <code>a &lt; b</code>");
    expect(html("- one\n- two")).toMatch(/<ul>\s*<li>one<\/li>\s*<li>two<\/li>\s*<\/ul>/);
    const table = html("| size | loss |\n| --- | ---: |\n| 8 | 6.2 |");
    expect(elementsOf(table).filter(({ tag }) => tag === "th")).toEqual([
      { tag: "th", attributes: { scope: "col" }, text: "size" },
      { tag: "th", attributes: { scope: "col", style: "text-align: right" }, text: "loss" },
    ]);
  });

  it("shows markup in it as text", () => {
    for (const source of [
      "<b>x</b>",
      "a <img src=x onerror=alert(1)> b",
      "<script>a < b",
      "<div>\n\ntext\n\n</div>",
    ]) {
      expect(unescaped(html(source)).replace(/\s+/g, "")).toBe(source.replace(/\s+/g, ""));
    }
  });

  it("highlights code of known languages and leaves others alone", () => {
    expect(html("```typescript\nconst a = 1;\n```")).toContain('<span class="hljs-keyword">const</span>');
    expect(html("```json\n{}\n```")).toContain("hljs-punctuation");
    expect(html("```bash\necho a\n```")).toContain('<span class="hljs-built_in">echo</span>');
    expect(html("```cobol\n<b>\n```")).toContain("<code>&lt;b&gt;</code>");
  });

  it("writes mathematics as MathML, which needs no fonts or styles", () => {
    const tags = elementsOf(html("Let $L = A h^{-\\alpha}$ be\n\n$$\nE + \\frac{a}{b}\n$$")).map(
      ({ tag }) => tag,
    );
    expect(tags.filter((tag) => tag === "math")).toHaveLength(2);
    expect(tags).toContain("msup");
    expect(tags).toContain("mfrac");
    expect(html("$\\frac{$")).toContain("katex-error");
    expect(html("$\\href{javascript:alert(1)}{x}$")).not.toContain("href=");
  });

  it("takes pictures from the text itself and from the cell, and from nowhere else", () => {
    const data = "data:image/png;base64,iVBORw0KGgo=";
    expect(html(`![a curve](${data})`)).toContain(`<img src="${data}" alt="a curve">`);
    const attachments = { "plot.png": { "image/png": "iVBORw0KGgo=" } };
    expect(markdownHtml("![a curve](attachment:plot.png)", { ...place, attachments })).toContain(
      `src="${data}"`,
    );
    for (const source of ["https://example.org/x.png", "x.png", "attachment:other.png", "data:text/html,x"]) {
      expect(elementsOf(html(`![a curve](${source})`)).filter(({ tag }) => tag === "img")).toEqual([]);
      expect(html(`![a curve](${source})`)).toContain("a curve");
    }
  });

  it("leaves links that a reader can follow, and no others", () => {
    expect(links("[post](https://example.org/a?b=1&c=2)")[0]?.attributes.href).toBe(
      "https://example.org/a?b=1&c=2",
    );
    expect(links("[law](02-a-law.ipynb)")[0]?.attributes.href).toBe("#there");
    for (const address of [
      "javascript:alert(1)",
      "JavaScript:alert(1)",
      "../README.md",
      "data:text/html,x",
      "file:///x",
    ])
      expect(links(`[x](${address})`)).toEqual([]);
  });

  it("lets through nothing but what it is made of, whatever is written", () => {
    const tags = new Set(
      "p strong em del code pre span ul ol li blockquote hr br h2 h3 h4 h5 h6 h7 a table thead tbody tr th td div img".split(
        " ",
      ),
    );
    const part = fc.constantFrom(
      "<script>", "</script>", "<a href=javascript:x>", "[x](javascript:y)", "[x](https://a/\"onclick=z)", "![y](http://b)",
      "<img src=x onerror=z>", "`", "**", "|", "\n", "\n\n", "# ", "- ", "> ", "a", "<", "&lt;", "](", "![", "```\n", "<!--", "'", '"',
      "[r]: javascript:x\n", "[r]", "<https://c>", "~~",
    ); // biome-ignore format: a list
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        for (const { tag, attributes } of elementsOf(html(parts.join("")))) {
          expect(tags).toContain(tag);
          for (const [name, value] of Object.entries(attributes)) {
            expect([
              "id",
              "class",
              "href",
              "title",
              "scope",
              "style",
              "src",
              "alt",
              "tabindex",
              "start",
            ]).toContain(name);
            if (name === "href") expect(value).toMatch(/^(#|https?:\/\/|mailto:)/);
            if (name === "src") expect(value).toMatch(/^data:image\//);
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe("headings of a report", () => {
  it("begin with one h1, leave no level out, and every inner link leads somewhere", async () => {
    const heading = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom("Same", "The trials", "a `b` *c*", "…", "学")); // biome-ignore format: short
    const notebook = fc.array(heading, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(notebook, { minLength: 1, maxLength: 3 }), async (notebooks) => {
        const page = await renderReport(
          reportOf({
            notebooks: notebooks.map((headings, i) => ({
              file: `0${i}-some.ipynb`,
              cells: [
                ...headings.map(([depth, text]) => prose(`${"#".repeat(depth)} ${text}`)),
                prose(
                  "[a](00-some.ipynb) [b](00-some.ipynb#The-trials) [c](#Same) [d](01-some.ipynb#nowhere)",
                ),
              ],
            })),
          }),
        );
        const elements = elementsOf(page);
        const levels = elements.flatMap(({ tag }) => (/^h[1-6]$/.test(tag) ? [Number(tag[1])] : []));
        expect(levels.filter((level) => level === 1)).toHaveLength(1);
        expect(levels[0]).toBe(1);
        levels.slice(1).forEach((level, i) => {
          expect(level - levels[i]!).toBeLessThanOrEqual(1);
        });
        const ids = elements.flatMap(({ attributes }) => attributes.id ?? []);
        expect(new Set(ids).size).toBe(ids.length);
        const targets = elements.flatMap(({ attributes }) => attributes.href ?? []);
        expect(targets.length).toBeGreaterThan(3);
        for (const target of targets.filter((each) => each.startsWith("#")))
          expect(ids).toContain(target.slice(1));
      }),
      { numRuns: 60 },
    );
  });

  it("are led to by the names that Jupyter gives them", async () => {
    const page = await renderReport(
      reportOf({
        notebooks: [
          { file: "a/01-one.ipynb", cells: [prose("# 1. One\n\n[there](02-two.ipynb#The-large-models)")] },
          { file: "a/02-two.ipynb", cells: [prose("# 2. Two\n\n## The large models")] },
          { file: "own.ipynb", cells: [prose("# Own\n\n[back](./a/02-two.ipynb#The-large-models)")] },
        ],
      }),
    );
    const [target] = /href="#([^"]*)">there/.exec(page)!.slice(1);
    expect(page).toContain(`<h3 id="${target}">The large models</h3>`);
    expect(page).toContain(`href="#${target}">back`);
    expect(page).toMatch(/<nav[^>]*>[\s\S]*1\. One[\s\S]*2\. Two[\s\S]*<\/nav>/);
  });
});
