/**
 * What a report is made of, as plain data. Where it comes from is the command's concern; how it becomes a page is `report.ts`.
 */

import type { ChartSpec } from "../charts/spec";
import type { Verdict } from "../claims/verdict";
import type { NotebookCell } from "../jupyter/notebook-file";

/** One claim of the source, and what became of it. All texts are plain: markup in them is shown as it is written. */
export interface ReportClaim {
  /** The claim in words. */
  readonly words: string;
  /** Where the source makes it. */
  readonly place: string;
  /** What is measured, and when the claim counts as reproduced. */
  readonly measure: string;
  /** What this run says of it. */
  readonly verdict: Verdict;
  /** One sentence of why. */
  readonly why: string;
  /** The statistic in each column: the post, this run, the reference run. */
  readonly columns: readonly ReportClaimColumn[];
}

/** A claim's statistic in one set of results. */
export interface ReportClaimColumn {
  readonly heading: string;
  readonly value: string;
  readonly verdict: Verdict;
}

/** A label and its value, as plain text. */
export interface ReportRow {
  readonly label: string;
  readonly value: string;
}

/** An executed notebook: its path from the folder of the notebooks, by which others link to it, and its cells with their outputs. */
export interface ReportNotebook {
  readonly file: string;
  readonly cells: readonly NotebookCell[];
  /** Where its execution ended early: a sentence that says so. The cells are those up to there. */
  readonly stopped?: string;
}

/** Everything that a report shows, in its order. */
export interface ReportContents {
  /** Name of the study. */
  readonly study: string;
  /** The finding in one sentence without its full stop: the page's title and heading. */
  readonly finding: string;
  /** On what it was found, how sure it is, what could change it. */
  readonly facts: readonly ReportRow[];
  /** The chart that shows the finding, where there is one. */
  readonly chart: ChartSpec | undefined;
  readonly claims: readonly ReportClaim[];
  readonly notebooks: readonly ReportNotebook[];
  readonly provenance: readonly ReportRow[];
  /** What made the report, such as "offcurve 0.1.0". */
  readonly generator: string;
}
