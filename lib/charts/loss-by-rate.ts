/**
 * Panel (b) of the post: loss against learning rate, one line a size.
 */

import { formatRate } from "../laws/wording";
import { lossChannel, lossDomain, rateChannel } from "./axes";
import { cellLines } from "./cell-lines";
import { divergedMarks, divergedNotes } from "./diverged-marks";
import { type GridData, lossRows } from "./grid-data";
import { nameWidth } from "./line-names";
import { INK, layersOf, type Panel } from "./spec";
import { TELLS } from "./tips";

export function lossByRatePanel(data: GridData): Panel {
  const { rows, analysis, sizeTitle, rateTitle, sizeLabels } = data;
  const domain = lossDomain(rows.flatMap(({ loss }) => (loss === null ? [] : [loss])));
  // Sizes are named at the lowest rate, where their losses differ most: at the highest rate all are equally bad.
  const x = rateChannel(analysis.rates, rateTitle, "x", nameWidth(sizeLabels));
  const y = lossChannel(domain);
  const best = rows.filter((row) => row.best);
  const finding = findingOf(data);
  const notes = [
    `Lines: ${sizeTitle.toLowerCase()}s, ${data.meanOf}.`,
    ...(best.length > 0 ? ["Ringed: best rate of each size."] : []),
    ...divergedNotes(rows),
  ];
  return {
    description: `Line chart of the training loss in nats against the learning rate on a logarithmic axis, one line for each of ${sizeLabels.length} sizes, the best rate of each marked. ${finding}.`,
    finding,
    shown: notes.join(" "),
    layer: layersOf(
      cellLines(rows, {
        series: "size_label",
        names: sizeLabels,
        against: "rate",
        side: "left",
        x,
        y,
        domain,
      }),
      {
        data: { values: lossRows(best, ["rate", "loss", "tip"]) },
        mark: { type: "point", shape: "circle", size: 70, strokeWidth: 1.4, color: INK, opacity: 1 },
        encoding: { x, y, ...TELLS },
      },
      divergedMarks(rows, x, y, domain[1]),
    ),
  };
}

function findingOf({ analysis }: GridData): string {
  const found = analysis.bestRates.filter(({ best }) => best !== null);
  const [first, last] = [found[0], found.at(-1)];
  if (first === undefined || last === undefined) return "No size has a learning rate without diverged trials";
  const rates = `${formatRate(first.best as number)} at size ${first.level}`;
  if (analysis.rates.length === 1) return `Only one learning rate was run: ${formatRate(analysis.rates[0]!)}`;
  if (first === last) return `The best learning rate is ${rates}`;
  const end = `${formatRate(last.best as number)} at size ${last.level}`;
  return first.best === last.best
    ? `The best learning rate is the same at the smallest and the largest size: ${rates}`
    : `The best learning rate goes from ${rates} to ${end}`;
}
