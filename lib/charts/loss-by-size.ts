/**
 * Panel (a) of the post: loss against size, one line a learning rate, and the best case over all rates.
 */

import { mean } from "simple-statistics";
import { formatLoss } from "../laws/wording";
import { lossChannel, lossDomain, sizeChannel } from "./axes";
import { divergedMarks } from "./diverged-marks";
import { cellRows, type GridData, lineColors } from "./grid-data";
import { INK, PANEL_SIZE, type Panel, rounded, TITLE_WIDTH, titled } from "./spec";

export function lossBySizePanel(data: GridData): Panel {
  const { rows, analysis, sizeTitle, rateTitle, rateLabels } = data;
  const losses = rows.flatMap(({ loss }) => (loss === null ? [] : [loss]));
  const domain = lossDomain(losses);
  const bestCase = analysis.bestCase.points.map(({ size, losses: seeds }) => ({
    size,
    loss: rounded(mean([...seeds])),
  }));
  const x = sizeChannel(analysis.sizes, sizeTitle);
  const y = lossChannel(domain);
  const finding = findingOf(data);
  return {
    description: `Line chart of the training loss in nats against ${sizeTitle.toLowerCase()} on a logarithmic axis, one line for each of ${rateLabels.length} learning rates, and the best case over the rates. ${finding}.`,
    title: titled(
      finding,
      `Lines: learning rates, ${data.meanOf}. Dashed: best case over all rates.`,
      TITLE_WIDTH,
    ),
    ...PANEL_SIZE,
    layer: [
      {
        data: { values: cellRows(rows, ["size", "rate_label", "loss"]) },
        mark: { type: "line", strokeWidth: 1.6, point: { size: 22, filled: true } },
        encoding: { x, y, color: lineColors("rate_label", rateLabels, rateTitle) },
      },
      {
        data: { values: bestCase },
        mark: { type: "line", color: INK, strokeWidth: 2, strokeDash: [5, 3] },
        encoding: { x, y },
      },
      ...divergedMarks(rows, x, y, domain[1]),
    ],
  };
}

/** Says at how many rates a smaller model ends up better than the largest. */
function findingOf({ rows, analysis }: GridData): string {
  const largest = analysis.sizes.at(-1);
  const ends = rows.filter(({ size }) => size === largest);
  const turning = ends.filter((end) =>
    rows.some(
      ({ rate, loss }) => rate === end.rate && loss !== null && (end.loss === null || loss < end.loss),
    ),
  );
  const best = analysis.bestCase.points.map(({ losses }) => mean([...losses]));
  const [first, last] = [best[0], best.at(-1)];
  const envelope =
    first === undefined || last === undefined
      ? "no rate is free of divergence"
      : `the best case ${last < first ? "falls" : "rises"} from ${formatLoss(first)} to ${formatLoss(last)} nats`;
  const where =
    ends.length < analysis.rates.length ? `learning rates run at size ${largest}` : "learning rates";
  return turning.length === 0
    ? `At all ${ends.length} ${where} the largest model is the best; ${envelope}`
    : `At ${turning.length} of ${ends.length} ${where} the largest model is not the best; ${envelope}`;
}
