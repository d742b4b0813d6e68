/** The command line, `npx offcurve`: commands, exit statuses, and where errors go. */

import { Command, CommanderError } from "commander";
import { benchCommand } from "./bench";
import { bundleCommand } from "./bundle";
import { claimsCommand } from "./claims";
import { compareCommand } from "./compare";
import { doctorCommand } from "./doctor";
import { UsageError } from "./errors";
import { exportCommand } from "./export";
import { fitCommand } from "./fit";
import { importCommand } from "./import";
import { measureCommand } from "./measure";
import { parityCommand } from "./parity";
import { planCommand } from "./plan";
import { plotCommand } from "./plot";
import { reportCommand } from "./report";
import { runCommand } from "./run";
import { studiesCommand } from "./studies";
import { tableCommand } from "./table";

const { version } = require("offcurve/package.json") as { version: string };

const FAILED = 1;
const WRONG_USAGE = 2;

function commandLine(): Command {
  const program = new Command("offcurve")
    .description("Train, tabulate, fit and draw studies of neural scaling laws.")
    .version(version)
    .showHelpAfterError("(offcurve --help and offcurve COMMAND --help say more)")
    .exitOverride();
  const commands = [
    ...[studiesCommand, planCommand, runCommand],
    ...[tableCommand, fitCommand, plotCommand, claimsCommand, compareCommand],
    ...[reportCommand, exportCommand, importCommand],
    ...[doctorCommand, parityCommand, measureCommand, benchCommand],
    bundleCommand,
  ];
  for (const register of commands) register(program);
  for (const command of program.commands) command.exitOverride();
  return program;
}

async function main(): Promise<void> {
  process.setSourceMapsEnabled(true);
  try {
    await commandLine().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE;
    else {
      process.stderr.write(`offcurve: ${(error as Error).message}\n`);
      if (process.env.OFFCURVE_DEBUG) process.stderr.write(`${(error as Error).stack}\n`);
      process.exitCode = error instanceof UsageError ? WRONG_USAGE : FAILED;
    }
  }
}

void main();
