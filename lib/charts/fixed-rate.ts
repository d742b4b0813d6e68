/**
 * The two figures of the post's law: the fit to the small sizes at the fixed learning rate, and its extrapolation
 * with the large model against the prediction interval.
 */

import { mean } from "simple-statistics";
import type { AnalysedSection } from "../laws/analysis";
import type { Extrapolation } from "../laws/extrapolation";
import type { LawFit, SizeLosses } from "../laws/fit";
import { predictLoss } from "../laws/prediction";
import { formatLaw, formatLoss, formatMiss, formatRate, formatRSquared } from "../laws/wording";
import { lossChannel, sizeChannel } from "./axes";
import type { GridData } from "./grid-data";
import { bandLayer, bandRows, domainOf, kindDots, lawCurve } from "./law-layers";
import {
  BLUE,
  INK,
  MUTED,
  PANEL_SIZE,
  type Panel,
  RED,
  rounded,
  type SpecPart,
  TITLE_WIDTH,
  titled,
} from "./spec";

/** A fit that explains more of the variance than this is called a line. */
const LINE_R_SQUARED = 0.99;

/** The fitted sizes and their law. */
export function lawPanel(data: GridData): Panel {
  const section = data.analysis.fixedRate;
  const finding = lawFinding(data);
  const points =
    section === null ? [] : section.points.filter(({ size }) => section.fittedSizes.includes(size));
  const sizes = points.length > 0 ? points.map(({ size }) => size) : data.analysis.sizes;
  const fit = lawOf(section);
  const curve = fit === null ? [] : lawCurve(fit.law, sizes[0]!, sizes.at(-1)!);
  const seeds = points.flatMap(({ size, losses }) => losses.map((loss) => ({ size, loss: rounded(loss) })));
  const x = sizeChannel(sizes, data.sizeTitle);
  const y = lossChannel(domainOf(seeds, curve));
  return {
    description: `Points of the training loss in nats against ${data.sizeTitle.toLowerCase()} on a logarithmic axis at one learning rate, with the fitted law as a line. ${finding}.`,
    title: titled(finding, subtitleOf(data, "Line: fitted law."), TITLE_WIDTH),
    ...PANEL_SIZE,
    layer: [
      { data: { values: curve }, mark: { type: "line", color: INK, strokeWidth: 1.6 }, encoding: { x, y } },
      ...seedDots(points, x, y),
      {
        data: { values: means(points) },
        mark: { type: "point", filled: true, size: 60, color: BLUE, opacity: 1 },
        encoding: { x, y },
      },
    ],
  };
}

/** The law carried on to the larger sizes, and what came out there. */
export function extrapolationPanel(data: GridData): Panel {
  const section = data.analysis.fixedRate;
  const finding = extrapolationFinding(data);
  const points = section?.points ?? [];
  const fit = lawOf(section);
  const largest = section?.extrapolations.at(-1);
  const lastFitted = section?.fittedSizes.at(-1);
  const kindOf = (size: number) => {
    if (section?.fittedSizes.includes(size)) return FITTED;
    return size === largest?.prediction.size ? LARGEST : LARGER;
  };
  const values = means(points).map((point) => ({ ...point, kind: kindOf(point.size) }));
  const band =
    fit === null || lastFitted === undefined ? [] : intervalBand(fit, lastFitted, section!.extrapolations);
  const curves =
    fit === null || lastFitted === undefined
      ? []
      : [
          ...partOf(fit, points[0]!.size, lastFitted, "fitted"),
          ...partOf(fit, lastFitted, data.analysis.sizes.at(-1)!, "extrapolated"),
        ];
  const x = sizeChannel(data.analysis.sizes, data.sizeTitle);
  const y = lossChannel(domainOf(values, curves, band));
  const level = largest === undefined ? "" : `${largest.prediction.interval.level * 100} % `;
  return {
    description: `Points of the training loss in nats against ${data.sizeTitle.toLowerCase()} on a logarithmic axis at one learning rate, the law fitted to the smaller sizes, its extrapolation and prediction interval, and the largest model in red. ${finding}.`,
    title: titled(finding, subtitleOf(data, `Band: ${level}prediction interval of the law.`), TITLE_WIDTH),
    ...PANEL_SIZE,
    layer: [
      bandLayer(band, { x, y }),
      {
        data: { values: curves },
        mark: { type: "line", color: INK, strokeWidth: 1.6 },
        encoding: {
          x,
          y,
          strokeDash: {
            field: "part",
            type: "nominal",
            scale: {
              domain: ["fitted", "extrapolated"],
              range: [
                [1, 0],
                [5, 4],
              ],
            },
            legend: null,
          },
        },
      },
      ...missRule(largest, x, y),
      kindDots(values, KIND_COLORS, { x, y }),
    ],
  };
}

const FITTED = "fitted sizes";
const LARGER = "larger sizes";
const LARGEST = "largest size";
const KIND_COLORS: Readonly<Record<string, string>> = { [FITTED]: BLUE, [LARGER]: MUTED, [LARGEST]: RED };

function lawOf(section: AnalysedSection | null): LawFit | null {
  return section === null || section.fit.status === "too_few_points" ? null : section.fit;
}

function means(points: readonly SizeLosses[]) {
  return points.map(({ size, losses }) => ({ size, loss: rounded(mean([...losses])) }));
}

/** The losses of single seeds, where there are several. */
function seedDots(points: readonly SizeLosses[], x: SpecPart, y: SpecPart): SpecPart[] {
  const values = points.flatMap(({ size, losses }) =>
    losses.length > 1 ? losses.map((loss) => ({ size, loss: rounded(loss) })) : [],
  );
  if (values.length === 0) return [];
  return [
    {
      data: { values },
      mark: { type: "point", filled: true, size: 16, color: BLUE, opacity: 0.5 },
      encoding: { x, y },
    },
  ];
}

function partOf({ law }: LawFit, from: number, to: number, part: string) {
  return lawCurve(law, from, to).map((point) => ({ ...point, part }));
}

/** The prediction interval from the last fitted size on. */
function intervalBand(fit: LawFit, lastFitted: number, extrapolations: readonly Extrapolation[]) {
  if (extrapolations.length === 0) return [];
  return bandRows([predictLoss(fit, lastFitted), ...extrapolations.map(({ prediction }) => prediction)]);
}

/** From the prediction for the largest size to what came out there, with the difference written beside it. */
function missRule(largest: Extrapolation | undefined, x: SpecPart, y: SpecPart): SpecPart[] {
  if (largest === undefined || largest.observed === null || largest.inside === true) return [];
  const { prediction, observed, miss } = largest;
  const values = [
    {
      size: prediction.size,
      loss: rounded(prediction.loss),
      observed: rounded(observed),
      middle: rounded((prediction.loss + observed) / 2),
      label: `${formatMiss(miss!, prediction.loss)} nats`,
    },
  ];
  return [
    {
      data: { values },
      mark: { type: "rule", color: RED, strokeWidth: 1.2 },
      encoding: { x, y, y2: { field: "observed" } },
    },
    {
      data: { values },
      mark: {
        type: "text",
        align: "left",
        dx: 7,
        color: RED,
        fontSize: 12,
        fontWeight: "bold",
      },
      encoding: { x, y: { ...y, field: "middle" }, text: { field: "label" } },
    },
  ];
}

function subtitleOf({ analysis: { tuning }, meanOf }: GridData, lines: string): string {
  if (tuning.status === "unavailable") return tuning.sentence;
  return `Learning ${tuning.sentence}; ${meanOf}. ${lines}`;
}

function lawFinding({ analysis: { fixedRate, tuning } }: GridData): string {
  if (fixedRate === null || tuning.status === "unavailable") return `No law: ${tuning.sentence}`;
  if (fixedRate.fit.status === "too_few_points") return `No law: ${fixedRate.fit.sentence}`;
  const { law, rSquared } = fixedRate.fit;
  const verb = rSquared !== null && rSquared >= LINE_R_SQUARED ? "lie on a line" : "do not lie on a line";
  return `${fixedRate.fittedSizes.length} sizes at rate ${formatRate(tuning.rate)} ${verb}: ${formatLaw(law)}, R² ${formatRSquared(rSquared)}`;
}

function extrapolationFinding(data: GridData): string {
  const largest = data.analysis.fixedRate?.extrapolations.at(-1);
  if (largest === undefined) return lawFinding(data);
  const { prediction, observed, miss, inside } = largest;
  const predicted = formatLoss(prediction.loss);
  if (observed === null)
    return `The law predicts ${predicted} nats at size ${prediction.size}, where no trial completed`;
  return inside
    ? `The law holds at size ${prediction.size}: ${formatLoss(observed)} nats observed, ${predicted} predicted`
    : `At size ${prediction.size} the law misses by ${formatMiss(miss!, prediction.loss)} nats: ${formatLoss(observed)} observed, ${predicted} predicted`;
}
