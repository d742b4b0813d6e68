/** The command `import`: an archive of somebody's results, checked and unpacked into a new results folder. */

import type { Command } from "commander";
import { printable } from "../../archive/errors";
import { importArchive } from "../../archive/import";
import { provenanceRows } from "../../sweep/provenance";
import { counted, quantity } from "../../sweep/words";
import { interruptible } from "../interruption";
import { printJson } from "../json";
import { path } from "../options";

interface ImportArguments {
  readonly out: string;
  readonly json?: boolean;
}

/** Registers `offcurve import FILE.zip --out DIR [--json]`. */
export function importCommand(program: Command): void {
  program
    .command("import")
    .description("check an archive made by offcurve export, and unpack it into a new results folder")
    .argument("<file.zip>", "the archive", path)
    .requiredOption("--out <dir>", "the results folder to make; there must be none", path)
    .option("--json", "print one JSON document")
    .action(async (file: string, { out, json }: ImportArguments) => {
      let interrupted = false;
      const onInterrupt = () => {
        interrupted = true;
      };
      try {
        const summary = await interruptible(
          (signal) => importArchive({ file, folder: out, signal }),
          onInterrupt,
        );
        for (const notice of summary.notices) process.stderr.write(`${printable(notice)}\n`);
        if (json) printJson(summary);
        else {
          const { files, bytes, title, finished, trials, manifest } = summary;
          const rows = provenanceRows(manifest).map(({ label, value }) => printable(`${label}: ${value}`));
          process.stdout.write(
            `${printable(title)}\n\n${rows.join("\n")}\n\nImported: ${counted(files, "file")}, ${quantity(bytes, "B")}, ${finished} of ${counted(trials, "trial")}, every checksum as stated, into ${out}\n`,
          );
        }
      } catch (error) {
        if (!interrupted) throw error;
        process.stderr.write("Interrupted: nothing was imported.\n");
      }
    });
}
