/**
 * Shows charts, tables and sentences where a notebook's cell stands; outside a kernel, as text on standard output.
 */

import type { ChartSpec, SpecPart } from "../charts/spec";
import { alternativeText } from "./alternative";
import { type MimeBundle, runningKernel } from "./kernel";
import { pictureOf } from "./picture";
import { showable } from "./showable";
import { layTable, type TableOptions, tableHtml, tableText } from "./table";

/** The version that JupyterLab 4 and VS Code both draw; neither knows 6. */
const VEGA_LITE = "application/vnd.vegalite.v5+json";
const SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json";

/** How something is shown: what a table is called, its units, digits and number of rows. A chart has all that in itself. */
export interface ShowOptions extends TableOptions {}

/**
 * Shows a chart, a table, or sentences.
 *
 * In a notebook a chart is one display: the Vega-Lite specification for JupyterLab and VS Code, a picture for GitHub's preview and for
 * exports, and its description in words, made of its title, marks and axes where it has none of its own. A table is HTML and text, and
 * sentences are a list. Elsewhere the words and the text are printed.
 *
 * @param value a Vega-Lite 5 specification with its data inline; a data frame; cells, trials, or rows as plain objects, one or a list of
 *   them; a sentence or a list of them, which may hold Markdown
 * @throws TypeError where the value is none of these, or the data of a chart are at a URL
 * @throws where the chart cannot be compiled or drawn
 */
export async function show(value: object | string, options: ShowOptions = {}): Promise<void> {
  const send = runningKernel();
  const shown = showable(value);
  if (shown.kind === "table") {
    const units = { ...shown.options.units, ...options.units };
    const table = layTable(shown.table, { ...shown.options, ...options, units });
    const text = tableText(table);
    if (send) send({ data: { "text/html": tableHtml(table), "text/plain": text } });
    else console.log(text);
  } else if (shown.kind === "sentences") {
    const { sentences } = shown;
    const text = sentences.length === 1 ? sentences[0]! : sentences.map((each) => `- ${each}`).join("\n");
    if (send) send({ data: { "text/markdown": text, "text/plain": text } });
    else console.log(text);
  } else {
    const chart = described(shown.spec);
    if (send) send(await chartBundle(chart));
    else console.log(chart.description);
  }
}

function described(spec: SpecPart): ChartSpec {
  return { $schema: SCHEMA, ...spec, description: alternativeText(spec) };
}

async function chartBundle(spec: ChartSpec): Promise<MimeBundle> {
  const { data, metadata = {} } = await pictureOf(spec, (words) =>
    console.warn(`The chart is drawn, but Vega-Lite has a doubt about its specification: ${words}`),
  );
  return { data: { [VEGA_LITE]: spec, ...data, "text/plain": spec.description }, metadata };
}
