/** Trying an engine that was installed: it trains the smoke study, and is compared with a float64 reference. */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Command, CommanderError } from "commander";
import type { EngineName } from "../../engines/names";
import { checkParity } from "../../engines/parity-check";
import { probeEngine } from "../../engines/probe";
import { readLedger } from "../../sweep/ledger";
import { watchOutput } from "../output";

const STUDY = "smoke";

/** The longest that the study may take, in seconds: it takes half a minute on two slow cores. */
const TIME_LIMIT = 900;

/**
 * Tries the engine and says how it went.
 *
 * @param mayBeElsewhere whether it may have been installed for another machine that shares this disk, so that it need not start here
 * @throws Error where it does not work
 */
export async function tryInstalled(name: EngineName, mayBeElsewhere: boolean): Promise<void> {
  const probe = await probeEngine(name);
  if (!probe.ready) {
    if (!mayBeElsewhere) throw new Error(`${name} was installed and does not work: ${probe.reason}`);
    say(`It was not tried: ${probe.reason}. Where the GPU is, npx offcurve doctor says whether it works.`);
    return;
  }
  say(`Training the study ${STUDY} …`);
  const trials = await trainStudy(name);
  say(`Trained its ${trials} trials. Comparing with a float64 reference …`);
  const check = await checkParity(name);
  if (!("measurement" in check)) throw new Error(`${name} was installed and fails: ${check.reason}`);
  const { measurement, tolerance, verdict } = check;
  const words = `losses differ by ${measurement.loss.toExponential(1)}, relatively, where ${tolerance.precision} may by ${tolerance.loss.toExponential(0)}`;
  if (verdict !== "agrees")
    throw new Error(`${name} was installed and does not agree with the reference: ${words}`);
  say(`It agrees: ${words}.\nUse it with: npx offcurve run --engine ${name}`);
}

/** Trains the study on the engine, through the command line as a user would, and counts its trials. */
async function trainStudy(name: EngineName): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "offcurve-installed-"));
  const program = join(dirname(require.resolve("offcurve/package.json")), "bin", "offcurve.js");
  const run = ["run", "--study", STUDY, "--engine", name, "--out", folder, "--yes"];
  try {
    await promisify(execFile)(process.execPath, [program, ...run], { timeout: TIME_LIMIT * 1000 });
    return readLedger(folder).records.length;
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    throw new Error(
      `${name} was installed and cannot train the study ${STUDY}: ${stderr?.trim() || message}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Runs a program of its own, `npm run NAME --`, to its exit status. */
export function runProgram(name: string, command: Command): void {
  // An installation discards its draft when the process exits, which a signal alone would not make it do.
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(name, () => process.exit(128 + constants.signals[name]));
  }
  watchOutput();
  command
    .name(`npm run ${name} --`)
    .exitOverride()
    .parseAsync()
    .catch((error: Error) => {
      if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
      else {
        process.stderr.write(`${name}: ${error.message}\n`);
        process.exitCode = 1;
      }
    });
}
