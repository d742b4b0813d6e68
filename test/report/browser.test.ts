// A colleague's way: the report with the notebooks as committed, opened from a file in headless Chromium with the network cut. Without Chromium this is
// skipped with the reason printed; where CI is set it fails instead. Pages and screens are left in results/screenshots/ to be looked at.

import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readNotebook } from "../../lib/jupyter/notebook-file";
import { selectNotebooks } from "../../lib/jupyter/reading-order";
import { MOST_BYTES, renderReport } from "../../lib/report/report";
import { root } from "../jupyter/project";
import { findChromium } from "../notebook/lab";
import { postFigures, reportOf } from "./contents";

const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
};
/** A4 less the margins of the style sheet, in CSS pixels. */
const PAPER = {
  width: Math.floor(((210 - 2 * 16) / 25.4) * 96),
  height: Math.floor(((297 - 2 * 17) / 25.4) * 96),
};

const screenshots = join(root, "results", "screenshots");
let folder: string;
let file: string;
let charts: number;
let browser: Browser | undefined;
let missing = "";

beforeAll(async () => {
  const executable = findChromium();
  if (executable === undefined) {
    missing = "Chromium was not found; install it (Debian: apt install chromium) or set CHROMIUM";
    if (process.env.CI === "true") throw new Error(missing);
    missing = `The report is not tested in a browser: ${missing}`;
    console.log(missing);
    return;
  }
  mkdirSync(screenshots, { recursive: true });
  folder = mkdtempSync(join(root, "results", "test-"));
  file = join(folder, "report.html");
  const notebooks = selectNotebooks(join(root, "notebooks"), []).map((name) => ({
    file: name,
    cells: readNotebook(join(root, "notebooks", name)).cells,
  }));
  const html = await renderReport(
    reportOf({
      study: "<b>study</b>",
      finding: "A finding with <script>markup</script> in it",
      facts: [{ label: "How sure", value: "Of 12 claims this run reproduces 5. ".repeat(8) }],
      chart: postFigures().alone[1],
      notebooks,
      claims: (["reproduced", "not_reproduced", "cannot_tell"] as const).map((verdict) => ({
        words: "At one learning rate the losses lie on a straight line.",
        place: "the first figure",
        measure: "R² of the line; at least 0.99",
        verdict,
        why: "R² is 0.9998, in every draw of the seeds.",
        columns: ["The post", "This run", "Reference run"].map((heading) => ({
          heading,
          value: "0.9998 (0.9991 to 0.9999)",
          verdict,
        })),
      })),
    }),
  );
  writeFileSync(file, html);
  charts = html.match(/data-chart="/g)!.length;
  browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox"] });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** Opens the report and answers what `visit` does; anything but the file itself that the page asks for, and any complaint, fails the test. */
async function open<T>(options: BrowserContextOptions, visit: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser!.newContext(options);
  const troubles: string[] = [];
  try {
    await context.setOffline(true);
    await context.route(/^(?!file:|data:)/, async (route) => {
      troubles.push(`request for ${route.request().url()}`);
      await route.abort();
    });
    const page = await context.newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) troubles.push(message.text());
    });
    page.on("pageerror", (error) => troubles.push(error.message));
    await page.goto(pathToFileURL(file).href);
    if (options.javaScriptEnabled !== false) {
      await page.locator('html[data-charts="drawn"]').waitFor({ timeout: 60_000 });
    }
    const result = await visit(page);
    expect(troubles).toEqual([]);
    return result;
  } finally {
    await context.close();
  }
}

/** The impact and place of what axe-core finds to be serious. */
async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate("axe.run()")) as axe.AxeResults;
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
    );
}

describe("the report in a browser", () => {
  beforeEach((context) => {
    if (missing !== "") context.skip(missing);
  });

  it("passes as an attachment", () => {
    expect(statSync(file).size).toBeLessThan(MOST_BYTES);
    expect(charts).toBeGreaterThanOrEqual(15);
  });

  it("draws every chart offline, and each tells the values of a mark that is pointed at", async () => {
    await open(DESK, async (page) => {
      await page.screenshot({ path: join(screenshots, "report-light.png") });
      const boxes = page.locator(".chart");
      expect(await boxes.count()).toBe(charts);
      expect(await page.locator('.chart[data-drawn="true"] svg.marks').count()).toBe(charts);
      for (const box of await boxes.all()) {
        const svg = await box.locator("svg").boundingBox();
        expect(svg!.width).toBeGreaterThan(200);
        expect(svg!.height).toBeGreaterThan(150);
        const mark = box.locator(".role-mark.mark-symbol path, .role-mark.mark-rect path");
        await mark.last().hover({ force: true });
        const tooltip = page.locator("#vg-tooltip-element.visible");
        await tooltip.waitFor({ timeout: 5000 });
        expect(await tooltip.innerText()).toMatch(/(size|rate|loss|law|interval|best case)[^\n]*\d/i);
        await page.mouse.move(0, 0);
      }
    });
  }, 180_000);

  it("shows its pictures where scripts are off", async () => {
    await open({ ...DESK, javaScriptEnabled: false }, async (page) => {
      expect(await page.locator(".chart[data-drawn]").count()).toBe(0);
      const pictures = await page.locator(".chart > svg").all();
      expect(pictures).toHaveLength(charts);
      for (const picture of pictures) {
        expect(await picture.isVisible()).toBe(true);
        expect((await picture.boundingBox())!.height).toBeGreaterThan(150);
        expect(await picture.locator("text").count()).toBeGreaterThan(5);
      }
    });
  }, 60_000);

  it("shows markup in names as text", async () => {
    await open(DESK, async (page) => {
      expect(await page.locator("h1").innerText()).toBe("A finding with <script>markup</script> in it");
      expect(await page.title()).toContain("<b>study</b>");
    });
  }, 60_000);

  it.each([
    ["light", DESK],
    ["dark", DESK],
    ["light", PHONE],
    ["dark", PHONE],
  ] as const)(
    "passes axe-core in %s %o, and no page is wider than its window",
    async (colorScheme, device) => {
      await open({ ...device, colorScheme }, async (page) => {
        const name = `report-${colorScheme}-${device === PHONE ? "phone" : "desk"}`;
        await page.locator("details.source").first().locator("summary").click();
        expect(await seriousViolations(page)).toEqual([]);
        const width = (await page.evaluate("document.documentElement.scrollWidth")) as number;
        expect(width).toBeLessThanOrEqual(device.viewport!.width);
        await page.locator("figure").first().scrollIntoViewIfNeeded();
        await page.screenshot({ path: join(screenshots, `${name}.png`) });
      });
    },
    120_000,
  );

  it.each(["drawn by its script", "as pictures"])(
    "prints with every figure, table and claim whole: %s",
    async (how) => {
      const drawn = how !== "as pictures";
      const device = drawn ? DESK : { viewport: PAPER, javaScriptEnabled: false };
      await open({ ...device, colorScheme: "dark" }, async (page) => {
        await page.emulateMedia({ media: "print" });
        // Printing lays the page out anew without telling its script, which a change of the window would.
        if (drawn) await page.addStyleTag({ content: `html { width: ${PAPER.width}px }` });
        const parts = await page
          .locator(".chart svg, .table table, .claims > li, .rows > div, h1, h2, h3, .prose")
          .all();
        expect(parts.length).toBeGreaterThan(charts);
        for (const part of parts) {
          const box = (await part.boundingBox())!;
          expect(box.x + box.width).toBeLessThanOrEqual(PAPER.width + 1);
        }
        for (const claim of await page.locator(".claims > li").all()) {
          const badge = (await claim.locator(".badge").boundingBox())!;
          expect(badge.x + badge.width).toBeLessThan((await claim.locator(".words").boundingBox())!.x);
        }
        for (const panel of await page.locator(".panel").all()) {
          expect((await panel.boundingBox())!.height).toBeLessThan(PAPER.height);
        }
        const name = drawn ? "report.pdf" : "report-pictures.pdf";
        const pdf = await page.pdf({ path: join(screenshots, name), preferCSSPageSize: true });
        expect(pdf.length).toBeGreaterThan(50_000);
      });
    },
    120_000,
  );
});
