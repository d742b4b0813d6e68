/**
 * The command `plot`: the figures of a study as SVG files.
 */

import type { Command } from "commander";
import { writeFigures } from "../../charts/files";
import { path } from "../options";
import { resultsOf } from "../results";

/** Registers `offcurve plot --out DIR`. */
export function plotCommand(program: Command): void {
  program
    .command("plot")
    .description("write the figures of a study as SVG files, into DIR/figures")
    .requiredOption("--out <dir>", "the results folder of the study", path)
    .action(async ({ out }: { readonly out: string }) => {
      const { records } = resultsOf(out);
      const written = await writeFigures(out, records);
      if (written.paths.length === 0) throw new Error(written.notices.join("; "));
      process.stdout.write(`${written.paths.join("\n")}\n`);
    });
}
