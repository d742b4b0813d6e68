/**
 * The command `npm run tensorflow [-- --gpu]`: builds @tensorflow/tfjs-node or tfjs-node-gpu over a current libtensorflow
 * (lib/engines/tensorflow-build.ts), then tries it: it trains the smoke study, and is compared with a float64 reference.
 */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Command, CommanderError } from "commander";
import { checkParity } from "../engines/parity-check";
import { probeEngine } from "../engines/probe";
import { buildTensorflow } from "../engines/tensorflow-build";
import type { TensorflowName } from "../engines/tensorflow-package";
import { readLedger } from "../sweep/ledger";

const STUDY = "smoke";

/** The longest that the study may take, in seconds: it takes half a minute on two slow cores. */
const TIME_LIMIT = 900;

/** @throws Error where it cannot be built, or was built and does not work */
async function build({ gpu }: { readonly gpu?: boolean }): Promise<void> {
  const name: TensorflowName = gpu ? "tfjs-node-gpu" : "tfjs-node";
  const { libtensorflow, folder } = await buildTensorflow(name, say);
  say(`Built @tensorflow/${name} over libtensorflow ${libtensorflow} in ${folder}.`);
  const probe = await probeEngine(name);
  if (!probe.ready) {
    if (!gpu) throw new Error(`${name} was built and does not work: ${probe.reason}`);
    // It may have been built for another machine that shares this disk.
    say(`It was not tried: ${probe.reason}. Where the GPU is, npx offcurve doctor says whether it works.`);
    return;
  }
  say(`Training the study ${STUDY} …`);
  const trials = await trainStudy(name);
  say(`Trained its ${trials} trials. Comparing with a float64 reference …`);
  const check = await checkParity(name);
  if (!("measurement" in check)) throw new Error(`${name} was built and fails: ${check.reason}`);
  const { measurement, tolerance, verdict } = check;
  const words = `losses differ by ${measurement.loss.toExponential(1)}, relatively, where ${tolerance.precision} may by ${tolerance.loss.toExponential(0)}`;
  if (verdict !== "agrees")
    throw new Error(`${name} was built and does not agree with the reference: ${words}`);
  say(`It agrees: ${words}.\nUse it with: npx offcurve run --engine ${name}`);
}

/** Trains the study on the engine, through the command line as a user would, and counts its trials. */
async function trainStudy(name: TensorflowName): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "offcurve-tensorflow-"));
  const program = join(dirname(require.resolve("offcurve/package.json")), "bin", "offcurve.js");
  const run = ["run", "--study", STUDY, "--engine", name, "--out", folder, "--yes"];
  try {
    await promisify(execFile)(process.execPath, [program, ...run], { timeout: TIME_LIMIT * 1000 });
    return readLedger(folder).records.length;
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    throw new Error(`${name} was built and cannot train the study ${STUDY}: ${stderr?.trim() || message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

if (require.main === module) {
  // The build discards its draft when the process exits, which a signal alone would not make it do.
  process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143));
  new Command("npm run tensorflow --")
    .description("Build @tensorflow/tfjs-node over a current libtensorflow, and try it.")
    .option("--gpu", "tfjs-node-gpu, over libtensorflow and CUDA 12 for NVIDIA GPUs")
    .exitOverride()
    .action(build)
    .parseAsync()
    .catch((error: Error) => {
      if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
      else {
        process.stderr.write(`tensorflow: ${error.message}\n`);
        process.exitCode = 1;
      }
    });
}
