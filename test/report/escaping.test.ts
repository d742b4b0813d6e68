import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReportClaim, ReportContents } from "../../lib/report/contents";
import { jsonInScript, scriptInPage, unbroken } from "../../lib/report/escape";
import { renderReport } from "../../lib/report/report";
import { code, reportOf, shown } from "./contents";
import { elementsOf, tagCounts, unescaped } from "./elements";

/** Text made of what could end an element, an attribute, a comment or a script, and of anything else. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "<script>alert(1)</script>",
        "</script>",
        "<!--",
        "-->",
        "]]>",
        '" onload="x',
        "' onload='x",
        "<b>",
        "</li></ol>",
        "&lt;",
        "&",
        "<img src=x onerror=y>",
        "javascript:x",
        "2.2e-3",
        "</style>",
        "\u2028",
      ),
      fc.string({ unit: "grapheme" }),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join(""));

/** A report in which every plain text is the given one. */
function everywhere(text: string): ReportContents {
  const claim: ReportClaim = {
    words: text,
    place: text,
    measure: text,
    verdict: "cannot_tell",
    why: text,
    columns: [{ heading: text, value: text, verdict: "reproduced" }],
  };
  return reportOf({
    study: text,
    finding: text,
    facts: [{ label: text, value: text }],
    claims: [claim],
    provenance: [{ label: text, value: text }],
    generator: text,
    notebooks: [
      {
        file: `${text}.ipynb`,
        cells: [
          code(`// ${text.replace(/\s/g, " ")}`, {
            output_type: "stream",
            name: "stdout",
            text: `: ${text} .`,
          }),
          code("x", shown({ "text/plain": `. ${text} .` })),
        ],
      },
    ],
  });
}

describe("text in a report", () => {
  it("never becomes markup, wherever it stands", async () => {
    const harmless = tagCounts(await renderReport(everywhere("x")));
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        // A colour of a terminal is taken out of what a cell has printed, and a blank text makes no output.
        fc.pre(!text.includes("\u001b") && text.trim() !== "");
        const html = await renderReport(everywhere(text));
        const { span: _, ...counts } = tagCounts(html);
        const { span: _span, ...expected } = harmless;
        expect(counts).toEqual(expected);
        for (const { attributes } of elementsOf(html)) {
          expect(Object.keys(attributes).filter((name) => name.startsWith("on"))).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("reads as it was written", async () => {
    const finding = '<b>"2.2e-3" & it\'s</b>';
    const html = await renderReport(reportOf({ finding }));
    expect(unescaped(/<h1>(.*?)<\/h1>/s.exec(html)![1]!)).toBe(finding);
  });
});

describe("unbroken", () => {
  it("changes nothing but the markup around numbers", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(unescaped(unbroken(text))).toBe(text);
        for (const { tag } of elementsOf(unbroken(text))) expect(tag).toBe("span");
      }),
    );
  });
});

describe("data and scripts in the page", () => {
  it("come back from a data block as they went in, and cannot end it", () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.jsonValue()), (value) => {
        const text = jsonInScript({ value });
        expect(text).not.toMatch(/[<>\u2028\u2029]/);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ value })));
      }),
    );
  });

  it("mean the same when a script's strings hold what would end it", () => {
    const source = 'const a = "<!-- </script> <script>"; a;';
    const inPage = scriptInPage(source);
    expect(inPage).not.toMatch(/<\/?script|<!--/i);
    // biome-ignore lint/security/noGlobalEval: the text is the one above.
    expect(eval(inPage)).toBe(eval(source));
  });
});
