/** The corrected prediction: large models at the tuned rate and at the rate of the law, against the best-case laws. */

import type { Correction } from "../laws/corrected";
import type { Departure, DepartureState } from "../laws/departures";
import { formatLoss, formatRate } from "../laws/wording";
import { lossChannel, lossDomain, sizeChannel } from "./axes";
import { formPicture } from "./form-layers";
import { dotLayer, lossPoints } from "./law-layers";
import { type LineEnd, lineNames } from "./line-names";
import { BLUE, type ChartSpec, INK, layersOf, RED, rounded, toChart } from "./spec";
import { inNats, intervalInNats, intervalName, type Tip, tipOf } from "./tips";

type TestedCorrection = Extract<Correction, { status: "tested" }>;

/** Draws a tested correction. @param fixedRate the rate tuned on small sizes. */
export function correctionFigure(correction: TestedCorrection, fixedRate: number): ChartSpec {
  const { curve, sizes } = correction;
  const fitted = lossPoints(curve.laws.points);
  const fixed = sizes.flatMap((row) => (row.fixed === null ? [] : dotOf(row.fixed, fixedRate)));
  const corrected = sizes.flatMap((row) => dotOf(row.corrected, row.nearestRate));
  const picture = formPicture(
    curve.laws,
    sizes.map((row) => row.corrected),
  );
  const dots = [...fitted, ...fixed, ...corrected];
  const domain = lossDomain([...dots.map(({ loss }) => loss), ...picture.losses]);
  const allSizes = [...new Set([...fitted, ...sizes].map(({ size }) => size))];
  const axes = { x: sizeChannel(allSizes, "Hidden size"), y: lossChannel(domain) };
  const named = [
    [fixed, "tuned small", RED],
    [corrected, "rate by law", BLUE],
  ] as const;
  const ends = named.flatMap(([rows, name, color]): LineEnd[] =>
    rows.slice(-1).map(({ size, loss }) => ({ name: `${name} ${formatLoss(loss)}`, color, x: size, loss })),
  );
  const finding = correctionFinding(correction, fixedRate);
  const notes = [
    "Red: the rate tuned on small sizes. Blue: the rate by the law of rates.",
    "Curves: laws of the best case of the fitted sizes.",
    ...picture.notes,
  ];
  return toChart({
    description: `Points of the training loss in nats against hidden size on a logarithmic axis: best case at the fitted sizes, and at the sizes held out the losses at the rate of the law and at the one tuned rate, with the best-case laws and the interval over their forms. ${finding}.`,
    finding,
    shown: notes.join(" "),
    layer: layersOf(
      picture.layers(axes),
      dotLayer(fitted, INK, axes),
      dotLayer(fixed, RED, axes),
      dotLayer(corrected, BLUE, axes, { size: 45 }),
      lineNames([...picture.ends, ...ends], { ...axes, domain, side: "right", offset: picture.offset }),
    ),
  });
}

function dotOf({ size, loss, interval, state }: Departure, rate: number) {
  if (loss === null) return [];
  const tip: Tip = tipOf(`Size ${size}, rate ${formatRate(rate)}: ${inNats(loss)}`, {
    [intervalName(interval)]: intervalInNats(interval),
    "": STATE_WORDS[state],
  });
  return [{ size, loss: rounded(loss), tip }];
}

const STATE_WORDS: Readonly<Record<DepartureState, string>> = {
  on_curve: "on the curve in every form",
  too_wide: "inside an interval too wide to tell",
  depends: "on the curve or off it, depending on the form",
  above: "off the curve in every form",
  below: "better than the curve in every form",
  diverged: "without a loss",
};

/** The largest size held out, in one sentence without its full stop. */
export function correctionFinding({ sizes }: TestedCorrection, fixedRate: number): string {
  const last = sizes.at(-1);
  if (last === undefined) return "No size is left to test the correction on";
  const { size, nearestRate, corrected, fixed } = last;
  const where = (state: DepartureState) => FINDING_WORDS[state];
  const byLaw = `at rate ${formatRate(nearestRate)}, by the law of rates,`;
  if (fixed === null || nearestRate === fixedRate) return `Size ${size} ${byLaw} ${where(corrected.state)}`;
  const small = `at ${formatRate(fixedRate)}, tuned small,`;
  return fixed.state === corrected.state
    ? `Size ${size} ${where(fixed.state)}, ${byLaw} as ${small.slice(0, -1)}`
    : `Size ${size} ${byLaw} ${where(corrected.state)}; ${small} it ${where(fixed.state)}`;
}

const FINDING_WORDS: Readonly<Record<DepartureState, string>> = {
  on_curve: "is on the curve",
  too_wide: "is inside an interval too wide to tell",
  depends: "is on the curve or off it, depending on the law's form",
  above: "is off the curve",
  below: "is better than the curve",
  diverged: "has no loss",
};
