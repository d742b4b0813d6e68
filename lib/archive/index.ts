/**
 * Results packed as an RO-Crate to pass on, and checked when unpacked. What a results folder holds is `runs`.
 *
 * @module archives
 */

export { ArchiveError } from "./errors";
export { type ExportOptions, type ExportSummary, exportArchive } from "./export";
export { type ImportOptions, type ImportSummary, importArchive } from "./import";
export type { ArchiveLimits } from "./limits";
