/**
 * A run as one HTML file to send: claims, notebooks and provenance. `npx offcurve report` gathers its contents from a results
 * folder.
 *
 * @module reports
 */

export type { ReportClaim, ReportClaimColumn, ReportContents, ReportNotebook, ReportRow } from "./contents";
export { renderReport } from "./report";
