/** The command `doctor`: it, too, loads no package that could be broken (`../doctor/examination.ts`). */

import type { Command } from "commander";
import { examine } from "../doctor/examination";
import { printJson } from "../json";
import { watchOutput } from "../output";
import { doctorText } from "../text/doctor";

const DESCRIPTION =
  "try every engine, measure those that work, and say what would make the others work and which one --engine auto takes";

/** Registers `offcurve doctor [--json]`. */
export function doctorCommand(program: Command): void {
  program
    .command("doctor")
    .description(DESCRIPTION)
    .option("--json", "print one JSON document")
    .action(doctor);
}

/** The command for `lib/bin/offcurve.js`, which calls it without loading the other commands. Never throws. */
export async function doctorMain(parameters: readonly string[]): Promise<void> {
  watchOutput();
  const usage = `Usage: offcurve doctor [--json]\n\n${DESCRIPTION}\n`;
  const [first, ...others] = parameters;
  if (first === "--help" || first === "-h") process.stdout.write(usage);
  else if (others.length > 0 || (first !== undefined && first !== "--json")) {
    process.stderr.write(`error: doctor takes no other argument than --json\n\n${usage}`);
    process.exitCode = 2;
  } else await doctor({ json: first === "--json" });
}

/** Ends with status 1 where no engine is ready. */
async function doctor({ json }: { readonly json?: boolean }): Promise<void> {
  const examination = await examine({ onTrying: (what) => process.stderr.write(`trying ${what}\n`) });
  if (json)
    printJson({ ...examination, machine: examination.machine ?? null, auto: examination.auto ?? null });
  else process.stdout.write(`${doctorText(examination)}\n`);
  if (!examination.auto) process.exitCode = 1;
}
