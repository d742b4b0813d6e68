// A reader's way: JupyterLab in a real browser opens notebook 04, runs all of its cells, draws its charts and shows one progress bar.
// Without Python or Chromium this is skipped with the reason printed; where CI is set it fails instead.

import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Locator, Page } from "playwright-core";
import sharp from "sharp";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type NotebookOutput, readNotebook, writeNotebook } from "../../lib/jupyter/notebook-file";
import { injectParameters } from "../../lib/jupyter/parameters";
import {
  type PythonEnvironment,
  PythonMissing,
  preparePythonEnvironment,
} from "../../lib/jupyter/python-environment";
import { root, temporaryFolder } from "../jupyter/project";
import { findChromium, inJupyterLab, type SeenProgress } from "./lab";

const NOTEBOOK = join(root, "notebooks", "metz-2022", "04-the-432-trials.ipynb");
const VEGA_LITE = "application/vnd.vegalite.v5+json";

/** A saved chart: its specification and our own picture of it. */
interface Chart {
  [VEGA_LITE]: Record<string, unknown>;
  "image/png": string;
}

let python: PythonEnvironment | undefined;
let browser: string | undefined;
let missing = "";
beforeAll(async () => {
  try {
    python = await preparePythonEnvironment(root, (line) => console.log(line));
  } catch (error) {
    if (!(error instanceof PythonMissing)) throw error;
    missing = error.message;
  }
  browser = findChromium();
  if (!browser)
    missing ||= "Chromium was not found; install it (Debian: apt install chromium) or set CHROMIUM";
  if (missing === "") return;
  if (process.env.CI === "true") throw new Error(missing);
  missing = `JupyterLab is not tested in a browser: ${missing}`;
  console.log(missing);
}, 600_000);

/** The copy of the notebook: without outputs, on the smoke study, with a results folder of its own and nothing trained yet. */
function prepareCopy(folder: string): { file: string; cells: number } {
  const parameters = { study: "smoke", results: relative(root, join(folder, "smoke")) };
  const notebook = injectParameters(readNotebook(NOTEBOOK), parameters, NOTEBOOK);
  const code = notebook.cells.filter((cell) => cell.cell_type === "code");
  for (const cell of code) Object.assign(cell, { outputs: [], execution_count: null });
  const file = join(folder, "04-the-432-trials.ipynb");
  writeNotebook(file, notebook);
  return { file, cells: code.length };
}

/** Runs all cells from the menu and waits until each has its number, which it gets when it has ended, or one shows an error. */
async function runAllCells(page: Page, cells: number): Promise<void> {
  const allCells = page.locator(".jp-Notebook .jp-CodeCell");
  await allCells.nth(cells - 1).waitFor();
  // Before its kernel is connected, JupyterLab drops the order to run cells.
  await page.getByText("TypeScript | Idle").waitFor();
  await page.getByRole("menuitem", { name: "Run", exact: true }).click();
  await page.getByRole("menuitem", { name: "Run All Cells", exact: true }).click();
  const error = page.locator('[data-mime-type="application/vnd.jupyter.error"]').first();
  const numbered = allCells.locator(".jp-InputPrompt", { hasText: /^\[\d+\]:$/ });
  await numbered
    .nth(cells - 1)
    .or(error)
    .waitFor({ timeout: 240_000 });
}

/** Saves the notebook in the page, and answers its outputs by code cell. */
async function savedOutputs(page: Page, file: string): Promise<NotebookOutput[][]> {
  const saved = page.waitForResponse(
    (response) =>
      response.request().method() === "PUT" && response.url().includes("/api/contents/") && response.ok(),
  );
  await page.keyboard.press("Control+s");
  await saved;
  return readNotebook(file)
    .cells.filter((cell) => cell.cell_type === "code")
    .map((cell) => cell.outputs ?? []);
}

/** The charts that stand in a specification side by side or above each other. */
function panelsOf(spec: Record<string, unknown>): number {
  const parts = (spec.concat ?? spec.hconcat ?? spec.vconcat) as Record<string, unknown>[] | undefined;
  return parts ? parts.reduce((sum, part) => sum + panelsOf(part), 0) : 1;
}

/** The quarters of a picture in small, left to right, top to bottom: the colours of 24 × 18 tiles each. */
async function quarters(image: Buffer): Promise<Buffer[]> {
  const small = await sharp(image)
    .flatten({ background: "white" })
    .resize(48, 36, { fit: "fill" })
    .png()
    .toBuffer();
  const corners = [0, 18].flatMap((top) => [0, 24].map((left) => ({ left, top, width: 24, height: 18 })));
  return Promise.all(corners.map((corner) => sharp(small).extract(corner).raw().toBuffer()));
}

/** Mean absolute difference of two lists of colours, of 255. */
function difference(one: Buffer, other: Buffer): number {
  return one.reduce((sum, value, i) => sum + Math.abs(value - other[i]!), 0) / one.length;
}

async function screenshot(element: Locator, name: string): Promise<Buffer> {
  const folder = join(root, "results", "screenshots");
  mkdirSync(folder, { recursive: true });
  const image = await element.screenshot();
  writeFileSync(join(folder, name), image);
  return image;
}

describe("in JupyterLab", () => {
  beforeEach((context) => {
    if (missing !== "") context.skip(missing);
  });

  it("notebook 04 runs whole, draws its charts, and replaces one progress bar in place", async () => {
    const scratch = temporaryFolder();
    const { file, cells } = prepareCopy(scratch);
    await inJupyterLab(file, { python: python!, browser: browser!, scratch }, async (page) => {
      await runAllCells(page, cells);
      const outputs = await savedOutputs(page, file);
      expect(outputs.flat().filter(({ output_type }) => output_type === "error")).toEqual([]);

      const charts = outputs
        .flat()
        .flatMap(({ data }) => (VEGA_LITE in ((data as object | undefined) ?? {}) ? [data as Chart] : []));
      expect(charts.reduce((sum, chart) => sum + panelsOf(chart[VEGA_LITE]), 0)).toBeGreaterThanOrEqual(4);
      const drawn = page.locator(".jp-OutputArea-output .vega-embed").locator("canvas, svg.marks");
      expect(await drawn.count()).toBe(charts.length);
      for (const [i, chart] of charts.entries()) {
        // Our own picture of the chart, drawn by another program, tells what must be where.
        const expected = await quarters(Buffer.from(chart["image/png"], "base64"));
        const seen = await quarters(await screenshot(drawn.nth(i), `jupyterlab-04-${i + 1}.png`));
        for (const [quarter, colours] of expected.entries()) {
          const blank = Buffer.alloc(colours.length, 255);
          expect(difference(seen[quarter]!, colours)).toBeLessThan(difference(blank, colours) / 3);
        }
      }

      const progress = (await page.evaluate("window.seenProgress")) as SeenProgress;
      expect(progress.most).toBe(1);
      expect(progress.values.length).toBeGreaterThan(2);
      expect(progress.values).toEqual([...progress.values].sort((a, b) => a - b));
      expect(await page.locator(".jp-OutputArea-output progress").count()).toBe(0);
      const sentence = "all 144 trials, from your own results.";
      const sentences = outputs.map((cell) =>
        cell.filter((output) => JSON.stringify(output).includes(sentence)),
      );
      expect(Math.max(...sentences.map(({ length }) => length))).toBe(1);
    });
  }, 300_000);
});
