/** The corrected prediction: large models at the tuned rate and at the rate of the law, against the best-case law. */

import { mean } from "simple-statistics";
import type { CorrectedSize, Correction } from "../laws/corrected";
import { type Departure, departureFrom } from "../laws/departures";
import { formatLoss, formatMiss, formatRate } from "../laws/wording";
import { lossChannel, sizeChannel } from "./axes";
import { bandLayer, bandRows, domainOf, kindDots, lawCurve } from "./law-layers";
import { BLUE, type ChartSpec, INK, PANEL_SIZE, RED, rounded, TITLE_WIDTH, titled, toChart } from "./spec";

const FITTED = "best rate, fitted sizes";
const CORRECTED = "rate by the law, sizes held out";
const FIXED = "the one rate tuned on small sizes";
const COLORS: Readonly<Record<string, string>> = { [FITTED]: INK, [FIXED]: RED, [CORRECTED]: BLUE };

/** Draws a tested correction. @param fixedRate the rate tuned on small sizes. */
export function correctionFigure(
  correction: Extract<Correction, { status: "tested" }>,
  fixedRate: number,
): ChartSpec {
  const { curve: best, sizes } = correction;
  const { fit } = best.laws.chosen;
  const fitted = fit.points.map(({ size, losses }) => ({ size, loss: mean([...losses]), kind: FITTED }));
  const held = (pick: (row: CorrectedSize) => number | null, kind: string) =>
    sizes.flatMap((row) => {
      const loss = pick(row);
      return loss === null ? [] : [{ size: row.size, loss, kind }];
    });
  const values = [
    ...fitted,
    ...held(({ fixed }) => fixed?.loss ?? null, FIXED),
    ...held(({ corrected }) => corrected.loss, CORRECTED),
  ].map((row) => ({ ...row, loss: rounded(row.loss) }));
  const all = [...fitted.map(({ size }) => size), ...sizes.map(({ size }) => size)];
  const curve = lawCurve(fit.law, Math.min(...all), Math.max(...all));
  const band = bandRows([
    departureFrom(best.laws, fit.points.at(-1)!.size, fit.points.at(-1)!.losses),
    ...sizes.map(({ corrected }) => corrected),
  ]);
  const x = sizeChannel(all, "Hidden size");
  const y = lossChannel(domainOf(values, curve, band));
  const finding = correctionFinding(correction, fixedRate);
  return toChart({
    description: `Points of the training loss in nats against hidden size on a logarithmic axis: best case at the fitted sizes, and at the sizes held out the losses at the rate of the law and at the one tuned rate, with the best-case law and the interval over its forms. ${finding}.`,
    title: titled(
      finding,
      "Line: law of the best case. Band: 95 % interval over the forms of law.",
      TITLE_WIDTH,
    ),
    ...PANEL_SIZE,
    layer: [
      bandLayer(band, { x, y }),
      { data: { values: curve }, mark: { type: "line", color: INK, strokeWidth: 1.6 }, encoding: { x, y } },
      kindDots(values, COLORS, { x, y }, { columns: 1, labelLimit: 400 }),
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
  const { size, nearestRate, corrected, fixed } = last;
  const miss = (departure: Departure | null) =>
    departure === null || departure.gap === null
      ? "has no loss"
      : `is ${formatMiss(departure.gap, departure.expected)} nats off`;
  return `At size ${size} the law expects ${formatLoss(corrected.expected)} nats; rate ${formatRate(nearestRate)} ${miss(corrected)}, rate ${formatRate(fixedRate)} ${miss(fixed)}`;
}
