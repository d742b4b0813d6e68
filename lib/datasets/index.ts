/**
 * The images that trials are trained and measured on, read from files and checked. Which of them a study takes is declared in
 * `studies`.
 *
 * @module datasets
 */

export type { Dataset, ExampleStream } from "./dataset";
export type { ByteEncoding } from "./encoding";
export { DatasetError } from "./errors";
export { datasetNames, loadDataset } from "./load";
export { type DatasetShape, datasetShape } from "./shape";
export type { DatasetSpec } from "./spec";
