/**
 * Panel (a) of the post: loss against size, one line a learning rate, and the best case over all rates.
 */

import { mean } from "simple-statistics";
import { formatLoss } from "../laws/wording";
import { lossChannel, lossDomain, sizeChannel } from "./axes";
import { cellLines } from "./cell-lines";
import { divergedMarks, divergedNotes } from "./diverged-marks";
import type { GridData } from "./grid-data";
import { INK, layersOf, type Panel, rounded } from "./spec";
import { inNats, TELLS, tipOf } from "./tips";

export function lossBySizePanel(data: GridData): Panel {
  const { rows, analysis, sizeTitle, rateTitle, rateLabels } = data;
  const losses = rows.flatMap(({ loss }) => (loss === null ? [] : [loss]));
  const domain = lossDomain(losses);
  const best = analysis.bestCase.points.map(({ size, losses }) => ({ size, loss: mean([...losses]) }));
  const [first, last] = [best[0], best.at(-1)];
  const tip = tipOf("Best case over all rates", {
    [`Size ${first?.size}`]: inNats(first?.loss),
    [`Size ${last?.size}`]: inNats(last?.loss),
  });
  const x = sizeChannel(analysis.sizes, sizeTitle);
  const y = lossChannel(domain);
  const finding = findingOf(data);
  const notes = [
    `Lines: ${rateTitle.toLowerCase()}s, ${data.meanOf}.`,
    ...(best.length > 1 ? ["Dashed: best case over all rates."] : []),
    ...divergedNotes(rows),
  ];
  return {
    description: `Line chart of the training loss in nats against ${sizeTitle.toLowerCase()} on a logarithmic axis, one line for each of ${rateLabels.length} learning rates, and the best case over the rates. ${finding}.`,
    finding,
    shown: notes.join(" "),
    layer: layersOf(
      cellLines(rows, {
        series: "rate_label",
        names: rateLabels,
        against: "size",
        side: "right",
        x,
        y,
        domain,
      }),
      {
        data: { values: best.map(({ size, loss }) => ({ size, loss: rounded(loss), tip })) },
        mark: { type: "line", color: INK, strokeWidth: 2, strokeDash: [5, 3] },
        encoding: { x, y, ...TELLS },
      },
      divergedMarks(rows, x, y, domain[1]),
    ),
  };
}

/** Says at how many rates a smaller model ends up better than the largest. */
function findingOf({ rows, analysis }: GridData): string {
  if (rows.every(({ loss }) => loss === null)) return "No loss to compare: all trials diverged";
  const largest = analysis.sizes.at(-1);
  const ends = rows.filter(({ size }) => size === largest);
  const turning = ends.filter((end) =>
    rows.some(
      ({ rate, loss }) => rate === end.rate && loss !== null && (end.loss === null || loss < end.loss),
    ),
  ).length;
  const best = analysis.bestCase.points.map(({ losses }) => mean([...losses]));
  const [first, last] = [best[0], best.at(-1)];
  const envelope =
    first === undefined || last === undefined
      ? "no rate is free of divergence"
      : `the best case ${last < first ? "falls" : "rises"} from ${formatLoss(first)} to ${formatLoss(last)} nats`;
  const run = ends.length < analysis.rates.length ? ` run at size ${largest}` : "";
  const verb = turning === 0 ? "is" : "is not";
  if (ends.length === 1)
    return `At the one learning rate${run} the largest model ${verb} the best; ${envelope}`;
  const share = turning === 0 ? `all ${ends.length}` : `${turning} of ${ends.length}`;
  return `At ${share} learning rates${run} the largest model ${verb} the best; ${envelope}`;
}
