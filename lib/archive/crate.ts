/**
 * The metadata of an archive by the RO-Crate specification, version 1.2 (https://w3id.org/ro/crate/1.2): a JSON-LD graph that describes the whole,
 * every file with its size and checksum, and each sitting as the action that made the results. How it is read back is crate-files.ts.
 */

import type { Study } from "../studies/study";
import type { Manifest, Sitting } from "../sweep/manifest";
import { counted } from "../sweep/words";
import type { PackedFile } from "./contents";

export const METADATA = "ro-crate-metadata.json";
const SPECIFICATION = "https://w3id.org/ro/crate/1.2";
const LICENCE = "https://www.apache.org/licenses/LICENSE-2.0";

type Entity = { readonly "@id": string; readonly "@type": string } & Readonly<Record<string, unknown>>;

export interface CrateInputs {
  readonly study: Study;
  readonly manifest: Manifest;
  /** Trials that are finished. */
  readonly finished: number;
  readonly files: readonly PackedFile[];
}

/** The text of `ro-crate-metadata.json`: the same for the same inputs, whoever asks and when. */
export function crateMetadata(inputs: CrateInputs): string {
  const { manifest } = inputs;
  const software = new Contributors();
  const sittings = manifest.sittings.map((sitting, i) => actionEntity(sitting, i + 1, software));
  const graph: Entity[] = [
    {
      "@id": METADATA,
      "@type": "CreativeWork",
      about: { "@id": "./" },
      conformsTo: { "@id": SPECIFICATION },
    },
    rootEntity(inputs, sittings),
    ...inputs.files.map(fileEntity),
    {
      "@id": "#data-set",
      "@type": "CreativeWork",
      name: manifest.dataset.name,
      description: `The images that the trials were trained on, not part of this archive. Licence: ${manifest.dataset.licence}. The checksums of its files are in manifest.json.`,
    },
    {
      "@id": "#author",
      "@type": "Organization",
      name: "Whoever ran this study",
      description: "No names are recorded; the sender of this archive may add them.",
    },
    {
      "@id": LICENCE,
      "@type": "CreativeWork",
      name: "Apache License 2.0",
      description:
        "The licence of the notebooks and results in this archive. The data set has licences of its own.",
    },
    ...sittings,
    ...software.entities(),
  ];
  return `${JSON.stringify({ "@context": `${SPECIFICATION}/context`, "@graph": graph }, null, 2)}\n`;
}

function rootEntity({ study, manifest, finished, files }: CrateInputs, sittings: readonly Entity[]): Entity {
  return {
    "@id": "./",
    "@type": "Dataset",
    name: `Results of the study ${study.name}: ${study.title}`,
    description: `${finished} of ${manifest.trials} finished trials of a study of neural scaling laws, with what it takes to judge and repeat them: the study as it was declared, the ledger of its trials, and their provenance. The SHA-256 of the study is ${manifest.study_hash}.`,
    datePublished: publicationDate(manifest),
    license: { "@id": LICENCE },
    author: { "@id": "#author" },
    keywords: "neural scaling laws, learning rate, reproduction",
    hasPart: files.map(({ path }) => ({ "@id": idOf(path) })),
    mentions: sittings.map((sitting) => ({ "@id": sitting["@id"] })),
  };
}

/** The day on which the last sitting ended, so far as is known: an archive of the same results has the same date whenever it is made. */
function publicationDate({ sittings }: Manifest): string {
  const dates = sittings.map(({ started, ended }) => ended ?? started).sort();
  return dates.at(-1)!.slice(0, 10);
}

function fileEntity({ path, contents, sha256, mediaType }: PackedFile): Entity {
  const derived = /^(trials\.|figures\/|report\.html$)/.test(path);
  return {
    "@id": idOf(path),
    "@type": "File",
    name: path,
    description: descriptionOf(path),
    encodingFormat: mediaType,
    contentSize: String(contents.length),
    sha256,
    ...(derived && { isBasedOn: { "@id": "ledger.jsonl" } }),
  };
}

function descriptionOf(path: string): string {
  const known: Readonly<Record<string, string>> = {
    "study.json": "The study as it was declared: data set, configuration, factors and seeds",
    "ledger.jsonl":
      "The finished trials, one JSON document a line: factors, losses, curve, engine and duration",
    "manifest.json": "Provenance: data, source code, machines, engines, and what each sitting did",
    "trials.csv": "The finished trials as a table",
    "trials.parquet": "The finished trials as a table",
    "report.html": "The report on the study",
  };
  if (path.startsWith("figures/")) return "A figure of the finished trials";
  if (path.startsWith("notebooks/")) return "A notebook, with the outputs that it had when it was packed";
  return known[path] ?? "A file of the results";
}

const STATUS: Readonly<Record<Sitting["outcome"], string | undefined>> = {
  running: "ActiveActionStatus",
  completed: "CompletedActionStatus",
  interrupted: "FailedActionStatus",
  failed: "FailedActionStatus",
  unrecorded: undefined,
};

function actionEntity(sitting: Sitting, number: number, software: Contributors): Entity {
  const { started, ended, outcome, trials, offcurve, source, engine, machine, node } = sitting;
  const status = STATUS[outcome];
  const revision = source.revision === null ? "" : `, revision ${source.revision}`;
  const modified = source.modified_files.length > 0 ? ", modified" : "";
  const gpus = (machine.gpus ?? []).map(({ model }) => model);
  return {
    "@id": `#sitting-${number}`,
    "@type": "CreateAction",
    name: `Sitting ${number}: training${trials === null ? "" : ` of ${counted(trials, "trial")}`}`,
    description: `On ${[machine.processor, ...gpus, machine.operating_system, `Node ${node}`].join(", ")}; manifest.json has the rest.`,
    startTime: started,
    ...(ended !== null && { endTime: ended }),
    ...(status && { actionStatus: { "@id": `http://schema.org/${status}` } }),
    ...(outcome === "interrupted" && { error: "Interrupted by whoever ran it; finished trials are kept" }),
    agent: { "@id": "#author" },
    instrument: [
      { "@id": software.idOf("offcurve", `${offcurve}${revision}${modified}`) },
      { "@id": software.idOf(engine.name, engine.version ?? engine.description) },
    ],
    object: [{ "@id": "study.json" }, { "@id": "#data-set" }],
    result: { "@id": "ledger.jsonl" },
  };
}

/** The programs that took part, each version once. */
class Contributors {
  private readonly known = new Map<string, Entity>();

  idOf(name: string, version: string): string {
    const key = JSON.stringify([name, version]);
    const found = this.known.get(key);
    if (found) return found["@id"];
    const id = `#software-${this.known.size + 1}`;
    this.known.set(key, { "@id": id, "@type": "SoftwareApplication", name, version });
    return id;
  }

  entities(): Entity[] {
    return [...this.known.values()];
  }
}

/** A path as the relative URI that names its file in the graph. */
function idOf(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
