/**
 * Panel (b) of the post: loss against learning rate, one line a size.
 */

import { formatRate } from "../laws/wording";
import { lossChannel, lossDomain, rateChannel } from "./axes";
import { divergedMarks } from "./diverged-marks";
import { cellRows, type GridData, lineColors, lossRows } from "./grid-data";
import { INK, PANEL_SIZE, type Panel, TITLE_WIDTH, titled } from "./spec";

export function lossByRatePanel(data: GridData): Panel {
  const { rows, analysis, sizeTitle, rateTitle, sizeLabels } = data;
  const domain = lossDomain(rows.flatMap(({ loss }) => (loss === null ? [] : [loss])));
  const x = rateChannel(analysis.rates, rateTitle, 8);
  const y = lossChannel(domain);
  const best = rows.filter((row) => row.best);
  const finding = findingOf(data);
  return {
    description: `Line chart of the training loss in nats against the learning rate on a logarithmic axis, one line for each of ${sizeLabels.length} sizes, the best rate of each marked. ${finding}.`,
    title: titled(finding, `Lines: sizes, ${data.meanOf}. Ringed: best rate of each size.`, TITLE_WIDTH),
    ...PANEL_SIZE,
    layer: [
      {
        data: { values: cellRows(rows, ["rate", "size_label", "loss"]) },
        mark: { type: "line", strokeWidth: 1.6, point: { size: 22, filled: true } },
        encoding: { x, y, color: lineColors("size_label", sizeLabels, sizeTitle) },
      },
      {
        data: { values: lossRows(best, ["rate", "loss"]) },
        mark: { type: "point", shape: "circle", size: 70, strokeWidth: 1.4, color: INK },
        encoding: { x, y },
      },
      ...divergedMarks(rows, x, y, domain[1]),
    ],
  };
}

function findingOf({ analysis }: GridData): string {
  const found = analysis.bestRates.filter(({ best }) => best !== null);
  const [first, last] = [found[0], found.at(-1)];
  if (first === undefined || last === undefined) return "No size has a learning rate without diverged trials";
  const rates = `${formatRate(first.best as number)} at size ${first.level}`;
  if (first === last) return `The best learning rate is ${rates}`;
  const end = `${formatRate(last.best as number)} at size ${last.level}`;
  return first.best === last.best
    ? `The best learning rate is the same at the smallest and the largest size: ${rates}`
    : `The best learning rate goes from ${rates} to ${end}`;
}
