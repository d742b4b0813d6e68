/** The command `export`: results, notebooks and report as one archive that others can check and import. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { exportArchive } from "../../archive/export";
import { projectFolder } from "../../notebook/project";
import { quantity } from "../../sweep/words";
import { printJson } from "../json";
import { path } from "../options";

interface ExportArguments {
  readonly out: string;
  readonly notebooks?: string;
  readonly report?: string;
  readonly json?: boolean;
}

/** Registers `offcurve export --out DIR [--notebooks DIR] [--report FILE] [--json] FILE.zip`. */
export function exportCommand(program: Command): void {
  program
    .command("export")
    .description("pack results, notebooks, report and provenance into one zip file to pass on (an RO-Crate)")
    .argument("<file.zip>", "the archive to write; an older one is replaced", path)
    .requiredOption("--out <dir>", "the results folder of the study", path)
    .option(
      "--notebooks <dir>",
      "folder of the notebooks to pack (default: DIR/notebooks, or else the project's)",
    )
    .option("--report <file>", "the report to pack (default: DIR/report.html, where there is one)")
    .option("--json", "print one JSON document")
    .action(async (file: string, { out, notebooks, report, json }: ExportArguments) => {
      const summary = await exportArchive({
        folder: out,
        file,
        notebooks: notebooks ?? (existsSync(join(out, "notebooks")) ? undefined : projectNotebooks()),
        report,
      });
      for (const notice of summary.notices) process.stderr.write(`${notice}\n`);
      if (json) printJson(summary);
      else {
        process.stdout.write(
          `${summary.files.map(({ path }) => path).join("\n")}\n\nWritten: ${file}, ${quantity(summary.bytes, "B")}, SHA-256 ${summary.sha256}\nOthers read it with: npx offcurve import ${file} --out DIR\n`,
        );
      }
    });
}

/** The notebooks of the project that the command is called in, or that this library belongs to; undefined where there is none. */
function projectNotebooks(): string | undefined {
  try {
    const folder = join(projectFolder(), "notebooks");
    return existsSync(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}
