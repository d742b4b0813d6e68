/**
 * Figures as Vega-Lite specifications: the grid's panels, laws with their bands, corrections, departures; and any figure as SVG.
 * `show` puts them into a notebook.
 *
 * @module charts
 */

export { correctionFigure } from "./correction";
export { departuresFigure } from "./departures";
export { type GridFigures, gridFigures } from "./figures";
export { type WrittenFigures, writeFigures } from "./files";
export { headlineFigure } from "./headline";
export { type LawsFigureOptions, lawsFigure } from "./laws";
export { rateBandFigure } from "./rate-band";
export { type Headed, sideBySide } from "./side-by-side";
export type { ChartSpec, SpecPart } from "./spec";
export { renderSvg, type SvgOptions } from "./svg";
export { titleOf } from "./title";
