/** The best learning rate against size with its power law and the band of the law under other seeds. */

import type { AnalysisOptions } from "../laws/analysis";
import type { RateBand } from "../laws/rate-band";
import { formatRate } from "../laws/wording";
import type { Cell } from "../tables/cells";
import { rateChannel, sizeChannel } from "./axes";
import { bestRatePanel } from "./best-rate";
import { gridData } from "./grid-data";
import { type ChartSpec, MUTED, rounded, type SpecPart, toChart } from "./spec";
import { TELLS, tipOf } from "./tips";

/**
 * Panel (d) of the post with a band.
 *
 * @param band null where the seeds drawn again gave no law: then there is the panel alone.
 */
export function rateBandFigure(
  cells: readonly Cell[],
  band: RateBand | null,
  options: AnalysisOptions = {},
): ChartSpec {
  const data = gridData(cells, options);
  const panel = bestRatePanel(data);
  if (band === null) return toChart(panel);
  const { sizes, rates } = data.analysis;
  const x = sizeChannel(sizes, data.sizeTitle);
  const y = rateChannel(rates, data.rateTitle, "y");
  const [first, last] = [band.rates[0]!, band.rates.at(-1)!];
  const level = `${band.exponent.level * 100} %`;
  const span = ({ interval }: typeof first) => `${formatRate(interval.low)} to ${formatRate(interval.high)}`;
  const tip = tipOf(`${level} of the laws with other seeds`, {
    [`Size ${first.size}`]: span(first),
    [`Size ${last.size}`]: span(last),
  });
  const values = band.rates.map(({ size, interval }) => ({
    size,
    rate: rounded(interval.low),
    highest_rate: rounded(interval.high),
    tip,
  }));
  return toChart({
    ...panel,
    description: `${panel.description} A band shows where the law lies with other seeds in ${level} of ${band.laws} draws: ${span(first)} at size ${first.size}, ${span(last)} at size ${last.size}.`,
    shown: `${panel.shown} Band: ${level} of the laws with other seeds.`,
    layer: [
      {
        data: { values },
        mark: { type: "area", color: MUTED, opacity: 0.22, clip: true },
        encoding: { x, y, y2: { field: "highest_rate" }, ...TELLS },
      },
      ...(panel.layer as SpecPart[]),
    ],
  });
}
