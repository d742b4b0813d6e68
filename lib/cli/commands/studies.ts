/** The command `studies`: what the kit can run. */

import type { Command } from "commander";
import { PRESETS } from "../../studies/presets";
import { trialsOf } from "../../studies/trials";
import { textTable } from "../text/text-table";

/** Registers `offcurve studies`. */
export function studiesCommand(program: Command): void {
  program
    .command("studies")
    .description("list the studies that come with the kit")
    .action(() => {
      const rows = PRESETS.map((study) => [
        study.name,
        String(trialsOf(study).length),
        study.dataset.name,
        Object.keys(study.factors).join(" × "),
        study.title,
      ]);
      process.stdout.write(`${textTable(["study", "trials", "data set", "factors", ""], rows)}\n`);
    });
}
