/**
 * The library as notebooks and programs see it: the rooms that a user needs as groups, and the verbs of notebooks by themselves.
 * What a group holds stands in the `index.ts` of its room.
 *
 *     import { charts, laws, show, tables, trialsFor } from "offcurve";
 *
 * @module offcurve
 */

export * as archives from "./archive";
export * as charts from "./charts";
export * as claims from "./claims";
export * as datasets from "./datasets";
export * as engines from "./engines";
export { cellSignal } from "./jupyter/cell-signal";
export * as laws from "./laws";
export { gridOf, type NotebookGrid } from "./notebook/grid";
export { type ProgressBar, progress } from "./notebook/progress";
export { namedStudy, resultsFolder } from "./notebook/project";
export { postCells, referenceRecords } from "./notebook/reference";
export { type ShowOptions, show } from "./notebook/show";
export { type TrialsOptions, trialsFor } from "./notebook/trials";
export * as reports from "./report";
export * as studies from "./studies";
export * as runs from "./sweep";
export * as tables from "./tables";
export { pl } from "./tables/frame";
