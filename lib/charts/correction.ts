/** The corrected prediction: large models at the tuned rate and at the rate of the law, against the best-case law. */

import { mean } from "simple-statistics";
import type { CorrectedSize, Correction } from "../laws/corrected";
import { lossAt } from "../laws/forms";
import { predictLoss } from "../laws/prediction";
import { formatLoss, formatMiss, formatRate } from "../laws/wording";
import { lossChannel, lossDomain, sizeChannel } from "./axes";
import {
  BLUE,
  type ChartSpec,
  INK,
  MUTED,
  PANEL_SIZE,
  RED,
  rounded,
  TITLE_WIDTH,
  titled,
  toChart,
} from "./spec";

const FITTED = "best rate, fitted sizes";
const CORRECTED = "rate by the law, sizes held out";
const FIXED = "the one rate tuned on small sizes";

/** Draws a tested correction. @param fixedRate the rate tuned on small sizes. */
export function correctionFigure(
  correction: Extract<Correction, { status: "tested" }>,
  fixedRate: number,
): ChartSpec {
  const { fit, sizes } = correction;
  const fitted = fit.points.map(({ size, losses }) => ({ size, loss: mean([...losses]), kind: FITTED }));
  const held = (pick: (row: CorrectedSize) => number | null, kind: string) =>
    sizes.flatMap((row) => {
      const loss = pick(row);
      return loss === null ? [] : [{ size: row.size, loss, kind }];
    });
  const values = [
    ...fitted,
    ...held(({ fixed }) => fixed, FIXED),
    ...held(({ corrected }) => corrected, CORRECTED),
  ].map((row) => ({ ...row, loss: rounded(row.loss) }));
  const all = [...fitted.map(({ size }) => size), ...sizes.map(({ size }) => size)];
  const [from, to] = [Math.min(...all), Math.max(...all)];
  const curve = Array.from({ length: 33 }, (_, i) => {
    const size = from * (to / from) ** (i / 32);
    return { size: rounded(size), loss: rounded(lossAt(fit.law, size)) };
  });
  const band = [predictLoss(fit, fit.points.at(-1)!.size), ...sizes.map(({ prediction }) => prediction)].map(
    ({ size, interval }) => ({ size, loss: rounded(interval.low), high: rounded(interval.high) }),
  );
  const kinds = [FITTED, FIXED, CORRECTED].filter((kind) => values.some((value) => value.kind === kind));
  const colors: Readonly<Record<string, string>> = { [FITTED]: INK, [FIXED]: RED, [CORRECTED]: BLUE };
  const x = sizeChannel(all, "Hidden size");
  const y = lossChannel(
    lossDomain(
      [...values, ...curve, ...band, ...band.map(({ high }) => ({ loss: high }))].map(({ loss }) => loss),
    ),
  );
  const finding = correctionFinding(correction, fixedRate);
  return toChart({
    description: `Points of the training loss in nats against hidden size on a logarithmic axis: best case at the fitted sizes, and at the sizes held out the losses at the rate of the law and at the one tuned rate, with the best-case law and its prediction interval. ${finding}.`,
    title: titled(finding, "Line: law of the best case. Band: its 95 % prediction interval.", TITLE_WIDTH),
    ...PANEL_SIZE,
    layer: [
      {
        data: { values: band },
        mark: { type: "area", color: MUTED, opacity: 0.25 },
        encoding: { x, y, y2: { field: "high" } },
      },
      { data: { values: curve }, mark: { type: "line", color: INK, strokeWidth: 1.6 }, encoding: { x, y } },
      {
        data: { values },
        mark: { type: "point", filled: true, size: 65, opacity: 1 },
        encoding: {
          x,
          y,
          color: {
            field: "kind",
            type: "nominal",
            scale: { domain: kinds, range: kinds.map((kind) => colors[kind]!) },
            legend: { title: null, orient: "bottom", columns: 1, symbolSize: 65, labelLimit: 400 },
          },
        },
      },
    ],
  });
}

/** The largest size held out, in one sentence without its full stop. */
export function correctionFinding(
  { sizes }: Extract<Correction, { status: "tested" }>,
  fixedRate: number,
): string {
  const last = sizes.at(-1);
  if (last === undefined) return "No size is left to test the correction on";
  const { size, prediction, nearestRate, corrected, fixed } = last;
  const miss = (loss: number | null) =>
    loss === null ? "diverges" : `is ${formatMiss(loss - prediction.loss)} nats off`;
  return `At size ${size} the law expects ${formatLoss(prediction.loss)} nats; rate ${formatRate(nearestRate)} ${miss(corrected)}, rate ${formatRate(fixedRate)} ${miss(fixed)}`;
}
