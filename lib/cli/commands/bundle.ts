/** The command `bundle`: the kit with all that it runs on, for a machine without Node and without a network. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { type BundleSummary, makeBundle, SIZE_LIMIT } from "../../bundle/bundle";
import { BUNDLED_ENGINES, TARGETS, type Target } from "../../bundle/target";
import { ENGINE_NAMES, type EngineName } from "../../engines/names";
import { UsageError } from "../errors";
import { printJson } from "../json";
import { path } from "../options";
import { textTable } from "../text/text-table";

interface BundleArguments {
  readonly target: Target;
  readonly engines?: readonly EngineName[];
  readonly limit: number;
  readonly json?: boolean;
}

/** Registers `offcurve bundle --target linux-x64 [--engines NAMES] [--limit MB] [--json] FILE.tar.xz`. */
export function bundleCommand(program: Command): void {
  program
    .command("bundle")
    .description(
      "pack Node, the library, its engines and kanji-1000 for a machine without internet or Node (takes some minutes)",
    )
    .argument("<file.tar.xz>", "the archive to write; an older one is replaced", path)
    .addOption(
      new Option("--target <machine>", "what it is to run on").choices(TARGETS).makeOptionMandatory(),
    )
    .option(
      "--engines <names>",
      `engines to pack, separated by commas; onnx-cpu is always packed (default: ${BUNDLED_ENGINES.join(",")})`,
      engineNames,
    )
    .option("--limit <MB>", "the largest size that the archive may have, in MB", megabytes, SIZE_LIMIT / 1e6)
    .option("--json", "print one JSON document")
    .action(async (file: string, { target, engines, limit, json }: BundleArguments) => {
      if (!file.endsWith(".tar.xz")) {
        throw new UsageError(`a bundle is an archive named FILE.tar.xz, which ${file} is not`);
      }
      const summary = await makeBundle(file, {
        target,
        engines,
        sizeLimit: limit * 1e6,
        onStep: (step) => process.stderr.write(`${step}\n`),
      });
      if (json) printJson(summary);
      else process.stdout.write(`${described(summary)}\n`);
    });
}

function described({ file, bytes, sha256, folder, engines, studies, parts }: BundleSummary): string {
  const size = (count: number) => (count / 1e6).toFixed(1);
  const rows = [
    ...parts.map((part) => [part.name, String(part.files), size(part.bytes), size(part.packedBytes)]),
    [
      "all",
      String(parts.reduce((sum, part) => sum + part.files, 0)),
      size(parts.reduce((sum, part) => sum + part.bytes, 0)),
      size(bytes),
    ],
  ];
  return [
    textTable(["part", "files", "MB unpacked", "MB packed"], rows),
    "",
    `Engines: ${engines.join(", ")}. Studies whose data are in it: ${studies.join(", ")}.`,
    `Written: ${file}, SHA-256 ${sha256}`,
    `There: tar xf ${file.replace(/.*[\\/]/, "")} && cd ${folder} && ./offcurve doctor`,
  ].join("\n");
}

function engineNames(text: string): EngineName[] {
  return text.split(",").map((name) => {
    const known = ENGINE_NAMES.find((candidate) => candidate === name.trim());
    if (!known) throw new InvalidArgumentError(`Expected names of engines: ${BUNDLED_ENGINES.join(", ")}.`);
    return known;
  });
}

function megabytes(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 100_000)) throw new InvalidArgumentError("Expected a number of megabytes.");
  return value;
}
