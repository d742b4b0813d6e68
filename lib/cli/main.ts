/** The command line, `npx offcurve`: commands, exit statuses, and where errors go. */

import { Command, CommanderError } from "commander";
import { printable } from "../archive/errors";
import { benchCommand } from "./commands/bench";
import { bundleCommand } from "./commands/bundle";
import { claimsCommand } from "./commands/claims";
import { compareCommand } from "./commands/compare";
import { doctorCommand } from "./commands/doctor";
import { exportCommand } from "./commands/export";
import { fitCommand } from "./commands/fit";
import { importCommand } from "./commands/import";
import { measureCommand } from "./commands/measure";
import { parityCommand } from "./commands/parity";
import { planCommand } from "./commands/plan";
import { plotCommand } from "./commands/plot";
import { reportCommand } from "./commands/report";
import { runCommand } from "./commands/run";
import { studiesCommand } from "./commands/studies";
import { tableCommand } from "./commands/table";
import { UsageError } from "./errors";
import { watchOutput } from "./output";

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
  watchOutput();
  try {
    await commandLine().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE;
    else {
      process.stderr.write(`offcurve: ${sentence(error)}\n`);
      if (process.env.OFFCURVE_DEBUG) process.stderr.write(`${(error as Error).stack}\n`);
      process.exitCode = error instanceof UsageError ? WRONG_USAGE : FAILED;
    }
  }
}

/** The message may quote files of others, whose characters must not command a terminal. */
function sentence(error: unknown): string {
  return (error as Error).message.split("\n").map(printable).join("\n");
}

void main();
