/**
 * Laws of one set of sizes over each other: the losses, one curve a law, the interval of one of them, and the sizes
 * that they were not fitted to.
 */

import { mean } from "simple-statistics";
import { FORM_WORDS, type LawFit, type SizeLosses } from "../laws/fit";
import type { LawForm } from "../laws/forms";
import { predictLoss } from "../laws/prediction";
import { lossChannel, sizeChannel } from "./axes";
import { bandLayer, bandRows, domainOf, kindDots, lawCurve } from "./law-layers";
import { BLUE, type ChartSpec, INK, PANEL_SIZE, RED, rounded, TITLE_WIDTH, titled, toChart } from "./spec";

export interface LawsFigureOptions {
  /** The finding, which heads the chart. */
  readonly title: string;
  /** What is shown, in a sentence below it; what lines, dots and band are is added. */
  readonly subtitle: string;
  /** Largest size to which the curves are drawn; the largest of the points unless given. */
  readonly upTo?: number;
  /** The law whose 95 % prediction interval is drawn beyond the fitted sizes; none unless given. */
  readonly bandOf?: LawFit;
  /** The title of the size axis; `Hidden size` unless given. */
  readonly sizeTitle?: string;
}

const FITTED = "fitted";
const HELD_OUT = "not fitted";
const COLORS: Readonly<Record<LawForm, string>> = {
  logarithmic: INK,
  power: "#35a27b",
  power_with_floor: "#8c4fb0",
};

const DASHES: Readonly<Record<LawForm, readonly number[]>> = {
  logarithmic: [1, 0],
  power: [1, 0],
  power_with_floor: [7, 4],
};

/**
 * Draws laws over the losses of the sizes.
 *
 * @param points all losses; those of sizes that the laws were not fitted to are red.
 * @param fits laws of the same fitted sizes, each of another form; without any the losses are drawn alone.
 */
export function lawsFigure(
  points: readonly SizeLosses[],
  fits: readonly LawFit[],
  options: LawsFigureOptions,
): ChartSpec {
  const { title, subtitle, bandOf, sizeTitle = "Hidden size" } = options;
  const fitted = (fits[0]?.points ?? points).map(({ size }) => size);
  const sizes = points.map(({ size }) => size).sort((one, other) => one - other);
  const [from, to] = [sizes[0]!, Math.max(sizes.at(-1)!, options.upTo ?? 0)];
  const values = points.map(({ size, losses }) => ({
    size,
    loss: rounded(mean([...losses])),
    kind: fitted.includes(size) ? FITTED : HELD_OUT,
  }));
  const curves = fits.flatMap(({ law }) =>
    lawCurve(law, from, to).map((point) => ({ ...point, form: FORM_WORDS[law.form] })),
  );
  const band = bandOf === undefined ? [] : bandFrom(bandOf, Math.max(...fitted), to);
  const x = sizeChannel([...new Set([...sizes, to])], sizeTitle);
  const y = lossChannel(domainOf(values, curves, band));
  const forms = fits.map(({ law }) => law.form);
  const words = forms.map((form) => FORM_WORDS[form]);
  const byForm = {
    field: "form",
    type: "nominal",
    legend: {
      title: null,
      orient: "bottom",
      symbolType: "stroke",
      symbolSize: 300,
      columns: 1,
      labelLimit: 400,
    },
  };
  const bandNote =
    bandOf === undefined ? "" : ` Band: 95 % prediction interval of ${FORM_WORDS[bandOf.law.form]}.`;
  return toChart({
    description: `Points of the training loss in nats against size on a logarithmic axis, ${values.length} sizes, with ${fits.length === 0 ? "no law" : fits.length === 1 ? "a fitted law as a line" : `${fits.length} fitted laws as lines`}. ${title}.`,
    title: titled(title, `${subtitle} Lines: fitted laws.${bandNote}`, TITLE_WIDTH),
    ...PANEL_SIZE,
    layer: [
      bandLayer(band, { x, y }),
      {
        data: { values: curves },
        mark: { type: "line", strokeWidth: 1.6, clip: true },
        encoding: {
          x,
          y,
          stroke: { ...byForm, scale: { domain: words, range: forms.map((form) => COLORS[form]) } },
          // A law that has become another one shows both.
          strokeDash: { ...byForm, scale: { domain: words, range: forms.map((form) => DASHES[form]) } },
        },
      },
      kindDots(values, { [FITTED]: BLUE, [HELD_OUT]: RED }, { x, y }),
    ],
  });
}

/** Few points: each may cost a bootstrap. */
function bandFrom(fit: LawFit, from: number, to: number) {
  const steps = to > from ? [0, 0.25, 0.5, 0.75, 1] : [];
  return bandRows(steps.map((step) => predictLoss(fit, from * (to / from) ** step)));
}
