/** The post's law: the line fitted to the small sizes at the fixed learning rate. Carrying it on is `extrapolation.ts`. */

import type { AnalysedSection } from "../laws/analysis";
import type { LawFit, SizeLosses } from "../laws/fit";
import { formatLaw, formatRate, formatRSquared } from "../laws/wording";
import { lossChannel, sizeChannel } from "./axes";
import type { GridData } from "./grid-data";
import { curveLayer, domainOf, dotLayer, lawCurve, lossPoints } from "./law-layers";
import { BLUE, layersOf, type Panel, rounded } from "./spec";
import { inNats, tipOf } from "./tips";

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
  const [from, to] = [sizes[0]!, sizes.at(-1)!];
  const seeds = seedPoints(points);
  const dots = lossPoints(points);
  const axes = {
    x: sizeChannel(sizes, data.sizeTitle),
    y: lossChannel(domainOf(seeds, dots, fit === null ? [] : lawCurve(fit.law, from, to))),
  };
  return {
    description: `Points of the training loss in nats against ${data.sizeTitle.toLowerCase()} on a logarithmic axis at one learning rate, with the fitted law as a line. ${finding}.`,
    finding,
    shown: shownBy(data, "Line: fitted law."),
    layer: layersOf(
      fit === null ? [] : curveLayer(fit, from, to, axes),
      dotLayer(seeds, BLUE, axes, { size: 16, opacity: 0.5 }),
      dotLayer(dots, BLUE, axes),
    ),
  };
}

function lawOf(section: AnalysedSection | null): LawFit | null {
  return section === null || section.fit.status === "too_few_points" ? null : section.fit;
}

/** The losses of single seeds, where there are several. */
function seedPoints(points: readonly SizeLosses[]) {
  return points.flatMap(({ size, losses }) =>
    losses.length < 2
      ? []
      : losses.map((loss) => ({
          size,
          loss: rounded(loss),
          tip: tipOf(`Size ${size}, one seed: ${inNats(loss)}`),
        })),
  );
}

/** Which rate a law is of, and what the lines are. */
export function shownBy({ analysis: { tuning }, meanOf }: GridData, lines: string): string {
  if (tuning.status === "unavailable") return tuning.sentence;
  return `Learning ${tuning.sentence}; ${meanOf}. ${lines}`.trim();
}

/** Whether the fitted sizes lie on a line. */
export function lawFinding({ analysis: { fixedRate, tuning } }: GridData): string {
  if (fixedRate === null || tuning.status === "unavailable") return `No law: ${tuning.sentence}`;
  if (fixedRate.fit.status === "too_few_points") return `No law: ${fixedRate.fit.sentence}`;
  const { law, rSquared } = fixedRate.fit;
  const verb = rSquared !== null && rSquared >= LINE_R_SQUARED ? "lie on a line" : "do not lie on a line";
  return `${fixedRate.fittedSizes.length} sizes at rate ${formatRate(tuning.rate)} ${verb}: ${formatLaw(law)}, R² ${formatRSquared(rSquared)}`;
}
