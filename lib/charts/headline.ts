/**
 * The one picture of a study: the law of the small models, what it promises the large ones, and what these reach at the
 * rate tuned on small models and at their own best. Its letters are large, so that it can be read on a phone.
 */

import type { AnalysisOptions } from "../laws/analysis";
import { predictionsText } from "../laws/departure-words";
import type { SizeLosses } from "../laws/fit";
import { concludeGrid, type GridConclusion } from "../laws/headline";
import { formatList, formatLoss, formatRate } from "../laws/wording";
import type { Cell } from "../tables/cells";
import { lossChannel, lossDomain, sizeChannel } from "./axes";
import { formPicture } from "./form-layers";
import { type Axes, dotLayer, lossPoints } from "./law-layers";
import { lineNames } from "./line-names";
import { BLUE, type ChartSpec, CONFIG, INK, layersOf, RED, type SpecPart, titled, toChart } from "./spec";

const SIZE = { width: 450, height: 390 } as const;
const TITLE_WIDTH = 770;
const LETTERS = { title: 26, text: 20, labels: 18.5 } as const;

/**
 * Draws the picture of a grid in which only size and learning rate vary.
 *
 * @throws as `analyseGrid` does.
 */
export function headlineFigure(cells: readonly Cell[], options: AnalysisOptions = {}): ChartSpec {
  const conclusion = concludeGrid(cells, options);
  const { analysis, fixedRate, headline } = conclusion;
  const fittedSizes = fixedRate?.fittedSizes ?? [];
  const isFitted = ({ size }: { readonly size: number }) => fittedSizes.includes(size);
  const larger = fixedRate?.sizes ?? [];
  const picture =
    fixedRate?.laws.status === "fitted" && larger.length > 0
      ? formPicture(fixedRate.laws, larger)
      : undefined;
  const tuned = lossPoints(analysis.fixedRate?.points ?? []);
  const small = tuned.filter(isFitted);
  const large = tuned.filter((dot) => !isFitted(dot));
  const best = lossPoints(
    bestOfLarger(
      analysis.bestCase.points,
      larger.map(({ size }) => size),
    ),
  );
  const dots = [...tuned, ...best];
  const domain = lossDomain([...dots.map(({ loss }) => loss), ...(picture?.losses ?? [])]);
  const axes = {
    x: sizeChannel(analysis.sizes, "Hidden size", {
      length: SIZE.width,
      fontSize: LETTERS.labels,
    }),
    y: lossChannel(domain),
  };
  const ends = [
    [large, "same rate", RED],
    [best, "best rate", BLUE],
  ] as const;
  const names = ends.flatMap(([row, name, color]) =>
    row.slice(-1).map(({ size, loss }) => ({ name: `${name} ${formatLoss(loss)}`, color, x: size, loss })),
  );
  return big(
    toChart({
      description: descriptionOf(conclusion),
      finding: headline,
      shown: "",
      layer: layersOf(
        picture?.layers(axes, 1.7) ?? [],
        dotLayer(small, INK, axes, { size: 130 }),
        dotLayer(large, RED, axes, { size: 150 }),
        dotLayer(best, BLUE, axes, { size: 170, shape: "diamond" }),
        annotations(small, picture?.bandTop, axes),
        picture === undefined
          ? []
          : lineNames([...picture.ends, ...names], {
              ...axes,
              domain,
              side: "right",
              offset: picture.offset,
              fontSize: LETTERS.labels,
              height: SIZE.height,
            }),
      ),
    }),
    headline,
  );
}

/** What the points of the law are, and the band beyond them, written beside them. */
function annotations(
  small: readonly { readonly size: number; readonly loss: number }[],
  bandTop: { readonly size: number; readonly loss: number } | undefined,
  { x, y }: Axes,
): SpecPart[] {
  const point = small[Math.floor(small.length / 4)];
  const notes = [
    ...(point === undefined ? [] : [{ ...point, text: "small models, one rate" }]),
    ...(bandTop === undefined ? [] : [{ ...bandTop, text: "95 % interval" }]),
  ];
  return notes.map((note, i) => ({
    data: { values: [note] },
    mark: {
      type: "text",
      align: "left",
      dx: i === 0 ? 14 : 4,
      dy: -14,
      fontSize: LETTERS.labels,
      color: INK,
    },
    encoding: { x, y, text: { field: "text" } },
  }));
}

function bestOfLarger(points: readonly SizeLosses[], sizes: readonly number[]): SizeLosses[] {
  return points.filter(({ size }) => sizes.includes(size));
}

/** The chart with larger letters. */
function big(chart: ChartSpec, headline: string): ChartSpec {
  const { title, text, labels } = LETTERS;
  const letters = { labelFontSize: labels, titleFontSize: text };
  return {
    ...chart,
    ...SIZE,
    title: {
      ...titled(headline, "", (TITLE_WIDTH * CONFIG.title.fontSize) / title),
      fontSize: title,
      lineHeight: 31,
      offset: 18,
    },
    config: { ...CONFIG, axis: { ...CONFIG.axis, ...letters, titlePadding: 12 } },
  };
}

function descriptionOf({ analysis, fixedRate, bestCase, headline }: GridConclusion): string {
  const { sizes, tuning } = analysis;
  const last = fixedRate?.sizes.at(-1);
  if (last === undefined || fixedRate === null || tuning.status === "unavailable") return `${headline}.`;
  const best = bestCase.sizes.at(-1)?.loss ?? null;
  const reached = [
    ...(last.loss === null ? [] : [`${formatLoss(last.loss)} at rate ${formatRate(tuning.rate)}`]),
    ...(best === null ? [] : [`${formatLoss(best)} at its best rate`]),
  ];
  return `Training loss in nats against hidden size, ${sizes[0]} to ${sizes.at(-1)}, on a logarithmic axis. Laws fitted to the ${fixedRate.fittedSizes.length} smaller sizes predict for size ${last.size}, in nats, by ${predictionsText(last)}. It reaches ${formatList(reached)}. ${headline}.`;
}
