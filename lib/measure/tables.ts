/** Measurements as Markdown: a table of rates, with what follows from the device's own, and the hours of a study. */

import type { DeviceKind } from "../engines/engine";
import type { Study } from "../studies/study";
import { duration } from "../sweep/words";
import type { Baseline } from "./baseline";
import type { EngineRow } from "./measure";
import type { Problem } from "./problem";
import { stepBytes, stepFlops, studyHours } from "./rates";
import type { Spread } from "./speed";

/** Everything that one table holds. */
export interface Measurements {
  readonly problem: Problem;
  readonly rows: readonly EngineRow[];
  readonly baselines: readonly Baseline[];
}

/** A row of the table, whoever it was measured with. */
interface Line {
  readonly name: string;
  readonly hiddenSize: number;
  readonly stack: number | undefined;
  readonly rate: Spread | undefined;
  readonly error: string;
  readonly failure: string | undefined;
  readonly device: DeviceKind | undefined;
}

const NONE = "–";

/** Rates of all rows, hidden sizes ascending, and below the table why rows are empty. */
export function ratesTable(measurements: Measurements): string {
  const { problem, baselines } = measurements;
  const lines = linesOf(measurements);
  const device = baselines[0];
  const headings = [
    ...["engine", "hidden size", "stack", "trial-steps/s", "GFLOP/s", "largest relative error"],
    ...(device
      ? [
          ...Object.keys(device.matrixFlopsPerSecond).map((precision) => `of the ${precision} matrix rate`),
          "of the copy bandwidth",
        ]
      : []),
  ];
  const cells = lines.map((line) => {
    const { name, hiddenSize, stack, rate, error } = line;
    const flops = stepFlops(problem, hiddenSize) / 1e9;
    return [
      ...[name, String(hiddenSize), String(stack ?? NONE)],
      ...[spreadText(rate), spreadText(rate, flops), error],
      ...(device ? fractions(line, device, problem) : []),
    ];
  });
  const failures = lines
    .filter(({ failure }) => failure)
    .map(({ name, hiddenSize, failure }) => `- ${name} at hidden size ${hiddenSize}: ${failure}.`);
  return [markdownTable(headings, cells), ...(failures.length > 0 ? ["", ...failures] : [])].join("\n");
}

/** Hours of the whole study with each engine and with PyTorch; empty where no engine was measured at all its sizes. */
export function hoursTable(measurements: Measurements, study: Study): string {
  const rows = hoursOf(measurements, study).map(({ name, hours }) => [name, duration(hours * 3600)]);
  return rows.length === 0 ? "" : markdownTable(["engine", `the study ${study.name} would take`], rows);
}

/** Hours of the whole study, of each engine that was measured at all its sizes. */
export function hoursOf(measurements: Measurements, study: Study): { name: string; hours: number }[] {
  const rates = new Map<string, Map<number, number>>();
  for (const { name, hiddenSize, rate } of linesOf(measurements)) {
    if (rate) rates.set(name, (rates.get(name) ?? new Map()).set(hiddenSize, rate.median));
  }
  return [...rates].flatMap(([name, ofSizes]) => {
    const hours = studyHours(study, ofSizes);
    return hours === undefined ? [] : [{ name, hours }];
  });
}

function linesOf({ rows, baselines }: Measurements): Line[] {
  const engines = rows.map(
    ({ engine, hiddenSize, speed, error, failure, device }): Line => ({
      name: engine,
      hiddenSize,
      stack: speed?.stack,
      rate: speed?.trialStepsPerSecond,
      error: error
        ? `${error.value.toExponential(1)}${error.against === "float64" ? "" : ` (against ${error.against})`}`
        : NONE,
      failure,
      device,
    }),
  );
  const loops = baselines.flatMap(({ torch, device, compiled, rows }) =>
    rows.map((row): Line => {
      const how = row.mode === "stacked" ? "stacked by torch.func" : "one trial at a time";
      return {
        name: `PyTorch ${torch}, ${compiled ? "compiled" : "eager"}, ${how}`,
        hiddenSize: row.hiddenSize,
        stack: row.stack,
        rate: row.trialStepsPerSecond,
        error: row.largestError?.toExponential(1) ?? NONE,
        failure: row.failure,
        device: device === "processor" ? "processor" : "gpu",
      };
    }),
  );
  return [...engines, ...loops].sort((a, b) => a.hiddenSize - b.hiddenSize);
}

/** Parts of the device's own rates; of rows that ran on it. */
function fractions({ rate, hiddenSize, device }: Line, baseline: Baseline, problem: Problem): string[] {
  const { device: name, matrixFlopsPerSecond, copyBytesPerSecond } = baseline;
  const same = device === (name === "processor" ? "processor" : "gpu");
  const part = (work: number, ofDevice: number) =>
    rate && same ? `${Number(((100 * rate.median * work) / ofDevice).toPrecision(2))} %` : NONE;
  return [
    ...Object.values(matrixFlopsPerSecond).map((ofDevice) => part(stepFlops(problem, hiddenSize), ofDevice)),
    part(stepBytes(problem, hiddenSize), copyBytesPerSecond),
  ];
}

/** Median of the rounds and, in brackets, their extremes. */
function spreadText(spread: Spread | undefined, factor = 1): string {
  if (!spread) return NONE;
  const { median, lowest, highest } = spread;
  const [m, l, h] = [median, lowest, highest].map((value) =>
    Number((value * factor).toPrecision(3)).toLocaleString("en-US", { maximumSignificantDigits: 3 }),
  );
  return `${m} (${l}–${h})`;
}

function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = headings.map((_, i) => (i === 0 ? "---" : "---:"));
  return [headings, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
