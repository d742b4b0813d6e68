/** The command `bench`: the speed of training steps on this machine, as a Markdown table. */

import { availableParallelism, cpus, totalmem } from "node:os";
import type { Command } from "commander";
import { createEngine } from "../../engines/engines";
import { type Benchmark, benchmark, type Spread } from "../../sweep/benchmark";
import { printJson } from "../json";

const SIZES = [8, 64, 256, 512, 1024];
const EAGER = "tfjs-wasm";

/** Registers `offcurve bench [--json]`. */
export function benchCommand(program: Command): void {
  program
    .command("bench")
    .description(
      "measure training steps here, against eager TensorFlow.js and bare matrix products (about 2 minutes)",
    )
    .option("--json", "print one JSON document")
    .action(async ({ json }: { readonly json?: boolean }) => {
      const threads = availableParallelism();
      const eager = await createEngine(EAGER);
      const rows: Benchmark[] = [];
      for (const size of SIZES) {
        process.stderr.write(`measuring hidden size ${size}\n`);
        rows.push(await benchmark(size, threads, eager));
      }
      if (json) printJson({ machine: machine(), eager: EAGER, sizes: rows });
      else process.stdout.write(`${machine()}.\n\n${table(rows)}\n`);
    });
}

function machine(): string {
  const processor = cpus()[0]?.model.trim() ?? "unknown processor";
  return `${processor}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
}

function table(rows: readonly Benchmark[]): string {
  const headings = [
    "hidden size",
    "stack",
    "trial-step (µs)",
    "GFLOP/s",
    "matrix products alone (GFLOP/s)",
    "fraction of the products",
    `× eager ${EAGER}`,
  ];
  const lines = rows.map((row) => [
    String(row.hiddenSize),
    String(row.stack),
    range(row.trialStep, 0),
    range(row.gigaflops, 0),
    range(row.productGigaflops, 0),
    range(row.fractionOfProducts, 2),
    range(row.ratioToEager, 0),
  ]);
  return [headings, headings.map(() => "---:"), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** Median of the rounds and, in brackets, their extremes. */
function range({ median, lowest, highest }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${lowest.toFixed(digits)}–${highest.toFixed(digits)})`;
}
