/** The command `parity`: every engine that is ready, measured against a float64 reference. */

import type { Command } from "commander";
import { ENGINE_NAMES, type EngineName } from "../../engines/names";
import { checkParity, type ParityCheck, type ParityVerdict } from "../../engines/parity-check";
import { UsageError } from "../errors";
import { printJson } from "../json";
import { indented, textTable } from "../text/text-table";

interface ParityArguments {
  readonly engines?: string;
  readonly json?: boolean;
}

/** Registers `offcurve parity [--engines a,b,…] [--json]`. */
export function parityCommand(program: Command): void {
  program
    .command("parity")
    .description(
      "check that every engine computes the right numbers: train a dozen trials on each, and compare them with a float64 reference",
    )
    .option("--engines <names>", `separated by commas (default: ${ENGINE_NAMES.join(",")})`)
    .option("--json", "print one JSON document")
    .action(parity);
}

/** Ends with status 1 where an engine differs or fails, and where none of those asked for is ready. */
async function parity({ engines, json }: ParityArguments): Promise<void> {
  const names = engines === undefined ? ENGINE_NAMES : enginesOf(engines);
  const checks: ParityCheck[] = [];
  for (const name of names) {
    process.stderr.write(`${name}: training\n`);
    checks.push(await checkParity(name));
  }
  if (json) printJson({ reference: "float64", engines: checks });
  else process.stdout.write(`${report(checks)}\n`);
  const agree = checks.some(({ verdict }) => verdict === "agrees");
  const against = checks.some(({ verdict }) => verdict === "differs" || verdict === "failed");
  if (against || !agree) process.exitCode = 1;
}

function enginesOf(list: string): EngineName[] {
  const names = list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const unknown = names.find((name) => !(ENGINE_NAMES as readonly string[]).includes(name));
  if (unknown !== undefined || names.length === 0) {
    const what = unknown === undefined ? "names no engine" : `names ${unknown}, which is no engine`;
    throw new UsageError(`--engines ${what}; known are ${ENGINE_NAMES.join(", ")}`);
  }
  return [...new Set(names)] as EngineName[];
}

function report(checks: readonly ParityCheck[]): string {
  const measured = checks.filter((check): check is ParityVerdict => "measurement" in check);
  const parts: string[] = [];
  const [first] = measured;
  if (first) {
    const { trials, updates } = first.measurement;
    parts.push(
      `Largest relative differences from a float64 reference after ${updates} updates, over ${trials} trials.`,
      table(measured),
    );
  }
  const outside = measured.filter(({ verdict }) => verdict === "differs");
  if (outside.length > 0) parts.push(listed("Outside their tolerance", outside.map(worst)));
  const failed = checks.filter((check) => check.verdict === "failed");
  if (failed.length > 0) {
    parts.push(
      listed(
        "Failed",
        failed.map(({ name, reason }) => `${name}: ${reason}`),
      ),
    );
  }
  const absent = checks.filter((check) => check.verdict === "not ready");
  if (absent.length > 0) parts.push(listed("Not ready", absent.map(missing)));
  return parts.join("\n\n");
}

function table(verdicts: readonly ParityVerdict[]): string {
  const headings = ["engine", "precision", "loss", "tolerated", "parameters", "tolerated", "verdict"];
  return textTable(
    headings,
    verdicts.map(({ name, measurement, tolerance, verdict }) => [
      name,
      tolerance.precision,
      measurement.loss.toExponential(1),
      tolerance.loss.toExponential(0),
      measurement.parameters.toExponential(1),
      tolerance.parameters.toExponential(0),
      verdict,
    ]),
  );
}

function worst({ name, measurement, tolerance }: ParityVerdict): string {
  const { loss, parameters, worstLoss, worstParameters } = measurement;
  const found = [
    loss > tolerance.loss ? `loss of ${worstLoss}` : "",
    parameters > tolerance.parameters ? `parameters of ${worstParameters}` : "",
  ];
  return `${name}: ${found.filter(Boolean).join("; ")}`;
}

function missing({ name, reason, command }: Extract<ParityCheck, { verdict: "not ready" }>): string {
  return command === undefined ? `${name}: ${reason}` : `${name}: ${reason}\n  ready after: ${command}`;
}

function listed(heading: string, items: readonly string[]): string {
  return `${heading}:\n${items.map(indented).join("\n")}`;
}
