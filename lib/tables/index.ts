/**
 * Finished trials as data frames and cells: means over seeds, best rates, heat maps, CSV and Parquet files. Laws are fitted to the
 * cells by `laws`.
 *
 * @module tables
 */

export { type BestValue, bestValues } from "./best";
export { type Cell, type Measure, summarizeCells } from "./cells";
export { writeTrials } from "./files";
export type { Frame } from "./frame";
export { bestFrame, cellFrame, heatMapFrame } from "./frames";
export { type CellGroup, groupCells, levelsOf } from "./levels";
export {
  type LossColumns,
  type LossTable,
  type LossTableOptions,
  loadLossTable,
  parseLossTable,
  readLossTable,
} from "./loss-table";
export { factorNames, trialFrame } from "./trial-frame";
