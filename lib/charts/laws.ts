/**
 * Laws of one set of sizes over each other: the losses, one curve a law, the interval of one of them, and the sizes
 * that they were not fitted to.
 */

import { FORM_WORDS, type LawFit, type SizeLosses } from "../laws/fit";
import { lossAt } from "../laws/forms";
import { type Prediction, predictLoss } from "../laws/prediction";
import { formatLoss } from "../laws/wording";
import { lossChannel, sizeChannel } from "./axes";
import {
  bandLayer,
  bandRows,
  curveLayer,
  domainOf,
  dotLayer,
  FORM_LOOKS,
  lawCurve,
  lossPoints,
  SHORT_WORDS,
} from "./law-layers";
import { type LineEnd, lineNames } from "./line-names";
import { BLUE, type ChartSpec, layersOf, RED, toChart } from "./spec";

/** What heads a figure of laws, and how far its curves and bands reach. */
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

/**
 * Draws laws over the losses of the sizes, each named at its end with its loss there.
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
  const dots = lossPoints(points);
  const [inside, outside] = [
    dots.filter(({ size }) => fitted.includes(size)),
    dots.filter(({ size }) => !fitted.includes(size)),
  ];
  const band = bandOf === undefined ? [] : bandFrom(bandOf, Math.max(...fitted), to);
  const axes = {
    x: sizeChannel([...new Set([...sizes, to])], sizeTitle),
    y: lossChannel(domainOf(dots, ...fits.map(({ law }) => lawCurve(law, from, to)), bandRows(band))),
  };
  const ends = fits.map(({ law }): LineEnd => {
    const loss = lossAt(law, to);
    return {
      name: `${SHORT_WORDS[law.form]} ${formatLoss(loss)}`,
      color: FORM_LOOKS[law.form].color,
      x: to,
      loss,
    };
  });
  const notes = [
    subtitle,
    ...fits
      .slice(0, 1)
      .map(({ law }) => (fits.length > 1 ? "Lines: fitted laws." : `Line: ${FORM_WORDS[law.form]}.`)),
    ...(outside.length > 0 ? ["Red: sizes that no law was fitted to."] : []),
    ...(bandOf === undefined ? [] : [`Band: 95 % prediction interval of ${FORM_WORDS[bandOf.law.form]}.`]),
  ];
  const { domain } = axes.y.scale as { readonly domain: readonly [number, number] };
  return toChart({
    description: `Points of the training loss in nats against size on a logarithmic axis, ${dots.length} sizes, with ${fits.length === 0 ? "no law" : fits.length === 1 ? "a fitted law as a line" : `${fits.length} fitted laws as lines`}. ${title}.`,
    finding: title,
    shown: notes.join(" "),
    layer: layersOf(
      bandLayer(band, axes),
      fits.map((fit) => curveLayer(fit, from, to, axes)),
      dotLayer(inside, BLUE, axes),
      dotLayer(outside, RED, axes),
      fits.length < 2 ? [] : lineNames(ends, { ...axes, domain, side: "right" }),
    ),
  });
}

/** Few points: each may cost a bootstrap. */
function bandFrom(fit: LawFit, from: number, to: number): Prediction[] {
  const steps = to > from ? [0, 0.25, 0.5, 0.75, 1] : [];
  return steps.map((step) => predictLoss(fit, from * (to / from) ** step));
}
