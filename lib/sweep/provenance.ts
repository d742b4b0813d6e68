/** A manifest in plain words, row by row, for the report and the command line. What it holds is manifest.ts. */

import type { Manifest, Sitting } from "./manifest";
import { duration, quantity } from "./words";

/** One line of a run's provenance. */
export interface ProvenanceRow {
  readonly label: string;
  readonly value: string;
}

/** What each sitting ran with, in the order in which it is shown. */
const CIRCUMSTANCES: readonly (readonly [label: string, value: (sitting: Sitting) => string])[] = [
  ["Source code", sourceWords],
  ["SHA-256 of package-lock.json", ({ lock_file_sha256 }) => lock_file_sha256 ?? "not recorded"],
  ["Node", ({ node }) => node],
  ["Operating system", systemWords],
  ["Processor", processorWords],
  ["Graphics processors", gpuWords],
  ["Engine", engineWords],
];

/**
 * The rows of a table of two columns: study, data, circumstances, sittings. A circumstance that all sittings share is one row; one that changed is
 * a row for each of its values, with the sittings that had it. Values are plain text and may hold any characters: escape them for markup.
 */
export function provenanceRows({ study, study_hash, trials, dataset, sittings }: Manifest): ProvenanceRow[] {
  return [
    { label: "Study", value: `${study}, ${counted(trials, "trial")}` },
    { label: "SHA-256 of the study", value: study_hash },
    { label: "Data set", value: dataset.name },
    { label: "Licence of the data", value: dataset.licence },
    ...Object.entries(dataset.sha256).map(([file, sha256]) => ({
      label: `SHA-256 of ${file}`,
      value: sha256,
    })),
    ...CIRCUMSTANCES.flatMap(([label, value]) => circumstanceRows(label, sittings.map(value))),
    ...sittings.map((sitting, i) => ({
      label: sittings.length === 1 ? "Run" : `Sitting ${i + 1}`,
      value: workWords(sitting),
    })),
    ...(sittings.length > 1 ? [{ label: "All sittings", value: totalWords(sittings) }] : []),
  ];
}

function circumstanceRows(label: string, values: readonly string[]): ProvenanceRow[] {
  const distinct = [...new Set(values)];
  if (distinct.length === 1) return [{ label, value: distinct[0]! }];
  return distinct.map((value) => {
    const numbers = values.flatMap((other, i) => (other === value ? [i + 1] : []));
    return {
      label: `${label}, ${numbers.length === 1 ? "sitting" : "sittings"} ${numbers.join(", ")}`,
      value,
    };
  });
}

function sourceWords({ offcurve, source: { revision, modified_files, reason } }: Sitting): string {
  if (revision === null) return `offcurve ${offcurve}, revision unknown: ${reason ?? "not recorded"}`;
  const changes =
    modified_files.length === 0
      ? "unmodified"
      : `modified in ${counted(modified_files.length, "file")}: ${modified_files.join(", ")}`;
  return `offcurve ${offcurve}, revision ${revision}, ${changes}`;
}

function systemWords({ machine: { operating_system, kernel, architecture } }: Sitting): string {
  return [operating_system, kernel, architecture].filter((part) => part !== null).join(", ");
}

function processorWords({ machine }: Sitting): string {
  const { processor, physical_cores, logical_cores, available_cores, memory_bytes } = machine;
  const counts = [
    physical_cores === null ? undefined : counted(physical_cores, "physical core"),
    logical_cores === null || logical_cores === physical_cores ? undefined : `${logical_cores} logical`,
    available_cores === (logical_cores ?? physical_cores) ? undefined : `${available_cores} in use at most`,
  ];
  return [processor, ...counts.filter((part) => part !== undefined), gibibytes(memory_bytes)].join(", ");
}

function gpuWords({ machine: { gpus } }: Sitting): string {
  if (gpus === null) return "not recorded";
  if (gpus.length === 0) return "none found";
  return gpus
    .map(({ model, memory_bytes, driver }) =>
      [model, memory_bytes && gibibytes(memory_bytes), driver && `driver ${driver}`]
        .filter(Boolean)
        .join(", "),
    )
    .join("; ");
}

function engineWords({ engine: { name, description, settings, threads } }: Sitting): string {
  const others = Object.entries(settings).filter(([key]) => key !== "threads");
  const details = others.map(([key, value]) => `${key.replaceAll("_", " ")} ${value}`);
  return [
    `${name}: ${description}`,
    ...(threads === null ? [] : [counted(threads, "thread")]),
    ...(details.length > 0 ? [details.join(", ")] : []),
  ].join("; ");
}

function workWords(sitting: Sitting): string {
  const { started, outcome, seconds } = sitting;
  const began = `began ${started.slice(0, 16).replace("T", " ")} UTC`;
  if (outcome === "unrecorded" || seconds === null)
    return `${began}; its duration and work were not recorded`;
  const took = `took ${duration(seconds)}`;
  const end = {
    running: `killed, or not ended when this was written: at least ${duration(seconds)}`,
    completed: took,
    interrupted: `${took}, interrupted`,
    failed: `${took}, ended by an error`,
  }[outcome];
  return [began, end, amounts([sitting])].join("; ");
}

/** Of a sitting that was killed, the last few seconds are missing, so that the sums are lower bounds. */
function totalWords(sittings: readonly Sitting[]): string {
  const known = sittings.filter(({ seconds }) => seconds !== null);
  if (known.length === 0) return "not recorded";
  const time = known.reduce((sum, { seconds }) => sum + seconds!, 0);
  const unknown = sittings.length - known.length;
  const bound = sittings.some(({ outcome }) => outcome === "running") ? "at least " : "";
  return `${bound}${duration(time)}; ${amounts(known)}${unknown > 0 ? `; ${counted(unknown, "sitting")} not recorded` : ""}`;
}

function amounts(sittings: readonly Sitting[]): string {
  const sum = (value: (sitting: Sitting) => number | null) =>
    sittings.reduce((total, sitting) => total + (value(sitting) ?? 0), 0);
  return [
    `${counted(
      sum(({ trials }) => trials),
      "trial",
    )} finished`,
    quantity(
      sum(({ trial_steps }) => trial_steps),
      "trial-steps",
    ),
    quantity(
      sum(({ flops }) => flops),
      "FLOP",
    ),
  ].join(", ");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function gibibytes(bytes: number): string {
  return `${Number((bytes / 2 ** 30).toPrecision(3))} GiB of memory`;
}
