// Contents of a report for tests: small, with every kind of output, without a kernel.

import { gridFigures } from "../../lib/charts/figures";
import { sideBySide } from "../../lib/charts/side-by-side";
import type { ChartSpec } from "../../lib/charts/spec";
import type { NotebookCell, NotebookOutput } from "../../lib/jupyter/notebook-file";
import { postCells } from "../../lib/notebook/reference";
import type { ReportContents } from "../../lib/report/contents";

/** A report without claims or notebooks, with `changes`. */
export function reportOf(changes: Partial<ReportContents> = {}): ReportContents {
  return {
    study: "tiny",
    finding: "A tiny finding",
    facts: [{ label: "On what", value: "Twelve trials." }],
    chart: undefined,
    claims: [],
    notebooks: [],
    provenance: [{ label: "Node", value: "v20" }],
    generator: "offcurve 0.0.0",
    ...changes,
  };
}

export function prose(source: string): NotebookCell {
  return { cell_type: "markdown", source, metadata: {} };
}

export function code(source: string, ...outputs: NotebookOutput[]): NotebookCell {
  return { cell_type: "code", source, metadata: {}, outputs, execution_count: 1 };
}

export function shown(data: Record<string, unknown>): NotebookOutput {
  return { output_type: "display_data", data, metadata: {} };
}

export function chart(spec: ChartSpec): NotebookOutput {
  return shown({ "application/vnd.vegalite.v5+json": spec, "text/plain": spec.description });
}

/** The figures of the post's grid, and two of them side by side. */
export function postFigures(): { alone: ChartSpec[]; beside: ChartSpec } {
  const figures = gridFigures(postCells(), { fixedRate: 3e-4 });
  const [one, other] = [figures["heat-map"], figures["loss-by-rate"]];
  return {
    alone: [figures.law, figures.extrapolation, figures["best-rate"]],
    beside: sideBySide({ heading: "One", chart: one }, { heading: "Other", chart: other }),
  };
}
