/**
 * The command `table`: the cells of a study, and the best learning rate of each size.
 */

import type { Command } from "commander";
import { gridAxes } from "../../laws/sections";
import { formatError, formatLoss, formatRates } from "../../laws/wording";
import type { FactorValue } from "../../sweep/record";
import { counted } from "../../sweep/words";
import { bestValues } from "../../tables/best";
import { type Cell, summarizeCells } from "../../tables/cells";
import { type CellGroup, groupCells, levelsOf } from "../../tables/levels";
import { printJson } from "../json";
import { path } from "../options";
import { resultsOf } from "../results";
import { renderBestRates } from "../text/summary";
import { textTable } from "../text/text-table";

/** Registers `offcurve table --out DIR [--json]`. */
export function tableCommand(program: Command): void {
  program
    .command("table")
    .description("print the loss at every size and learning rate, and the best rate of each size")
    .requiredOption("--out <dir>", "the results folder of the study", path)
    .option("--json", "print one JSON document")
    .action(({ out, json }: { readonly out: string; readonly json?: boolean }) => {
      const { study, records } = resultsOf(out);
      const cells = summarizeCells(records);
      const groups = groupCells(cells, ["hidden_size", "learning_rate"]).filter(isGrid);
      if (json) {
        const best = groups.map((group) => ({
          factors: group.shared,
          bestRates: bestValues(group.cells, "learning_rate", "hidden_size"),
        }));
        printJson({ study: study.name, trials: records.length, cells, best });
      } else process.stdout.write(`${study.title}\n\n${tableText(cells, groups)}\n`);
    });
}

function tableText(cells: readonly Cell[], groups: readonly CellGroup[]): string {
  if (cells.length === 0) return "No trial is finished yet.";
  return groups.length === 0 ? cellList(cells) : groups.map(gridText).join("\n\n");
}

function isGrid({ cells }: CellGroup): boolean {
  return cells.every(
    ({ factors }) => typeof factors.hidden_size === "number" && typeof factors.learning_rate === "number",
  );
}

function gridText({ shared, cells }: CellGroup): string {
  const { sizes, rates } = gridAxes(cells);
  const held = Object.entries(shared).map(([name, value]) => `${name} ${value}`);
  const rows = sizes.map((size) => [
    String(size),
    ...rates.map((rate) =>
      cellText(cells.find(({ factors }) => factors.hidden_size === size && factors.learning_rate === rate)),
    ),
  ]);
  const trials = cells.reduce((sum, { count, diverged }) => sum + count + diverged, 0);
  return [
    `Training loss in nats, mean over the seeds, by hidden size and learning rate: ${counted(trials, "trial")} in ${counted(cells.length, "cell")}${held.map((factor) => `, ${factor}`).join("")}`,
    "",
    textTable(["size", ...formatRates(rates)], rows),
    ...(cells.some(({ diverged }) => diverged > 0)
      ? ["", "div: all trials diverged. *: some did; the mean is over the others."]
      : []),
    "",
    "Best learning rate of each size",
    "",
    renderBestRates(bestValues(cells, "learning_rate", "hidden_size"), rates),
  ].join("\n");
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return "-";
  if (cell.mean === null) return "div";
  return `${formatLoss(cell.mean, 1e-3)}${cell.diverged > 0 ? "*" : ""}`;
}

/** Cells of any factors, one a line. */
function cellList(cells: readonly Cell[]): string {
  const names = [...new Set(cells.flatMap(({ factors }) => Object.keys(factors)))].filter(
    (name) => levelsOf(cells, name).length > 0,
  );
  const text = (value: FactorValue | undefined) => (value === undefined ? "" : String(value));
  return textTable(
    [...names, "loss (nats)", "standard error", "trials", "diverged"],
    cells.map(({ factors, mean, standardError, count, diverged }) => [
      ...names.map((name) => text(factors[name])),
      mean === null ? "" : formatLoss(mean, 1e-4),
      mean === null || standardError === null ? "" : formatError(standardError, mean, 1e-4),
      String(count),
      String(diverged),
    ]),
  );
}
