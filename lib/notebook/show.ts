/**
 * Shows charts and tables where a notebook's cell stands; outside a kernel, as text on standard output.
 */

import type { ChartSpec } from "../charts/spec";
import type { Frame } from "../tables/frame";
import { type MimeBundle, runningKernel } from "./kernel";
import { pictureOf } from "./picture";
import { isFrame, layTable, type TableOptions, type TableRow, tableHtml, tableText } from "./table";

/** The version that JupyterLab 4 and VS Code both draw; neither knows 6. */
const VEGA_LITE = "application/vnd.vegalite.v5+json";

/** How something is shown: what a table is called, its units, digits and number of rows. A chart has all that in itself. */
export interface ShowOptions extends TableOptions {}

/**
 * Shows a chart, a data frame, or rows given as plain objects.
 *
 * In a notebook a chart is one display: the Vega-Lite specification for JupyterLab and VS Code, a picture for GitHub's preview and for
 * exports, and its description in words. A table is HTML and text. Elsewhere the words and the text are printed.
 *
 * @param value a chart (any Vega-Lite 5 specification with its data inline and a `description`), a frame, or a list of rows
 * @throws where the chart cannot be compiled or drawn
 */
export async function show(
  value: ChartSpec | Frame | readonly TableRow[],
  options: ShowOptions = {},
): Promise<void> {
  const send = runningKernel();
  if (isTable(value)) {
    const table = layTable(value, options);
    const text = tableText(table);
    if (send) send({ data: { "text/html": tableHtml(table), "text/plain": text } });
    else console.log(text);
  } else if (send) {
    send(await chartBundle(value));
  } else {
    console.log(value.description);
  }
}

async function chartBundle(spec: ChartSpec): Promise<MimeBundle> {
  const { data, metadata = {} } = await pictureOf(spec, (words) =>
    console.warn(`The chart is drawn, but Vega-Lite has a doubt about its specification: ${words}`),
  );
  return { data: { [VEGA_LITE]: spec, ...data, "text/plain": spec.description }, metadata };
}

function isTable(value: object): value is Frame | readonly TableRow[] {
  return Array.isArray(value) || isFrame(value);
}
