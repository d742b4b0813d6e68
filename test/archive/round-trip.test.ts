import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { ROCrate } from "ro-crate";
import { afterEach, describe, expect, it } from "vitest";
import { ArchiveError } from "../../lib/archive/errors";
import { type ExportOptions, exportArchive } from "../../lib/archive/export";
import { importArchive } from "../../lib/archive/import";
import { readStudy } from "../../lib/sweep/folder";
import { readLedger } from "../../lib/sweep/ledger";
import { readManifest } from "../../lib/sweep/manifest";
import { emptyFolder, filesIn, RESULTS, treeOf } from "./results";

const REFERENCE = resolve(__dirname, "../../data/reference/kanji");
const NOTEBOOKS = resolve(__dirname, "../../notebooks");
const METADATA = "ro-crate-metadata.json";

/** The small results with everything else that an export takes. */
const EVERYTHING = {
  ...RESULTS,
  "trials.csv": "learning_rate,loss\n",
  "trials.parquet": "PAR1",
  "figures/heat map & größe.svg": "<svg/>",
  "figures/fixed-rate.svg": "<svg></svg>",
  "notebooks/01.ipynb": "{}",
  "report.html": "<!doctype html>",
};

/** What lies in results folders and is nobody else's business. */
const PRIVATE = {
  "lock.json": "{}",
  "ledger.jsonl.123.tmp": "x",
  "checkpoints/a.bin": "x",
  "figures/.hidden.svg": "x",
  "figures/notes.txt": "x",
  "notebooks/.ipynb_checkpoints/01.ipynb": "x",
  ".env": "SECRET",
};

const zipFile = () => join(emptyFolder(), "results.zip");

async function bytesOf(options: Omit<ExportOptions, "file">): Promise<Buffer> {
  const file = zipFile();
  await exportArchive({ ...options, file });
  return readFileSync(file);
}

async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  return (error as Error).message;
}

describe("export and import", () => {
  it("give back the reference run: every byte, and the same ledger", async () => {
    const file = zipFile();
    const summary = await exportArchive({ folder: REFERENCE, notebooks: NOTEBOOKS, file });
    const folder = join(emptyFolder(), "new", "kanji");
    const imported = await importArchive({ file, folder });
    const tree = treeOf(folder);
    const notebooks = Object.entries(treeOf(NOTEBOOKS)).filter(([name]) =>
      /^[^/]+\/[^/]+\.ipynb$/.test(name),
    );
    expect(Object.keys(tree)).toContain(METADATA);
    expect({ ...tree, [METADATA]: undefined }).toEqual({
      ...treeOf(REFERENCE),
      ...Object.fromEntries(notebooks.map(([name, contents]) => [`notebooks/${name}`, contents])),
      [METADATA]: undefined,
    });
    expect(readLedger(folder)).toEqual(readLedger(REFERENCE));
    expect(readStudy(folder)).toEqual(readStudy(REFERENCE));
    expect(readManifest(folder)).toEqual(readManifest(REFERENCE));
    expect(imported).toMatchObject({ study: "kanji", finished: 432, trials: 432, notices: [], folder });
    expect(imported.files).toBe(summary.files.length + 1);
    const zip = readFileSync(file);
    expect(summary).toMatchObject({
      bytes: zip.length,
      sha256: createHash("sha256").update(zip).digest("hex"),
    });
  });

  it("take what belongs to the results, and nothing else", async () => {
    const folder = filesIn({ ...EVERYTHING, ...PRIVATE });
    const file = join(folder, "results.zip"); // in the folder itself
    const { files, notices } = await exportArchive({ folder, file });
    expect(files.map(({ path }) => path)).toEqual(Object.keys(EVERYTHING).toSorted());
    expect(notices).toEqual([]);
    const again = await exportArchive({ folder, file });
    expect(again.files).toEqual(files);
    const target = join(emptyFolder(), "target");
    await importArchive({ file, folder: target });
    expect(treeOf(target)).toEqual({ ...treeOf(filesIn(EVERYTHING)), [METADATA]: expect.any(String) });
  });

  it("take a report and notebooks from elsewhere where told to", async () => {
    const elsewhere = filesIn({ "mine.html": "<p>", "nb/a.ipynb": "{}" });
    const file = zipFile();
    const { files } = await exportArchive({
      folder: filesIn(),
      file,
      notebooks: join(elsewhere, "nb"),
      report: join(elsewhere, "mine.html"),
    });
    expect(files.map(({ path }) => path)).toEqual([
      "ledger.jsonl",
      "manifest.json",
      "notebooks/a.ipynb",
      "report.html",
      "study.json",
    ]);
  });
});

describe("an exported archive", () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it("has the same bytes whenever, wherever and from whichever copy it is made", async () => {
    const folder = filesIn(EVERYTHING);
    const first = await bytesOf({ folder });
    for (const name of Object.keys(EVERYTHING)) utimesSync(join(folder, name), 1e9, 1e9);
    expect(await bytesOf({ folder })).toEqual(first);
    process.env.TZ = "Pacific/Kiritimati";
    expect(new Date(2000, 0, 1).getTimezoneOffset()).toBe(-840);
    expect(await bytesOf({ folder })).toEqual(first);
    const file = join(emptyFolder(), "a.zip");
    writeFileSync(file, first);
    const copy = join(emptyFolder(), "copy");
    await importArchive({ file, folder: copy });
    expect(await bytesOf({ folder: copy })).toEqual(first);
  });

  it("has other bytes where a file has", async () => {
    const changed = { ...EVERYTHING, "trials.csv": "learning_rate,loss\r" };
    expect(await bytesOf({ folder: filesIn(changed) })).not.toEqual(
      await bytesOf({ folder: filesIn(EVERYTHING) }),
    );
  });

  it("is an RO-Crate that describes each of its files and every entity that it mentions", async () => {
    const file = zipFile();
    await exportArchive({ folder: filesIn(EVERYTHING), file });
    const folder = join(emptyFolder(), "target");
    await importArchive({ file, folder });
    const json = JSON.parse(readFileSync(join(folder, METADATA), "utf8"));
    expect(json["@context"]).toBe("https://w3id.org/ro/crate/1.2/context");
    const crate = new ROCrate(json, { array: true, link: true });
    const root = crate.rootDataset as Record<string, unknown[]>;
    expect(crate.rootId).toBe("./");
    for (const property of ["name", "description", "datePublished", "license", "author"])
      expect(root[property], property).toHaveLength(1);
    expect(root.datePublished).toEqual(["2026-11-22"]);
    expect(root["@type"]).toEqual(["Dataset"]);

    const parts = root.hasPart as Record<string, string[]>[];
    const described = Object.fromEntries(
      parts.map((part) => [decodeURIComponent(part["@id"] as unknown as string), part]),
    );
    expect(Object.keys(described).toSorted()).toEqual(Object.keys(EVERYTHING).toSorted());
    for (const [path, part] of Object.entries(described)) {
      const contents = readFileSync(join(folder, path));
      expect(part["@type"]).toEqual(["File"]);
      expect(part.sha256).toEqual([createHash("sha256").update(contents).digest("hex")]);
      expect(part.contentSize).toEqual([String(contents.length)]);
      expect(part.encodingFormat![0]).toMatch(/^[a-z]+\/[a-z0-9.+-]+$/);
      expect(part["@id"]).toMatch(/^[\w.%/&-]+$/);
    }

    // Every reference leads to an entity, but those to terms of schema.org and the specification.
    const ids = new Set((json["@graph"] as { "@id": string }[]).map((entity) => entity["@id"]));
    expect(ids.size).toBe(json["@graph"].length);
    const references = JSON.stringify(json["@graph"]).matchAll(/\{"@id":"([^"]*)"\}/g);
    const loose = [...references].map(([, id]) => id!).filter((id) => !ids.has(id));
    expect(
      loose.filter((id) => !/^http:\/\/schema\.org\/|^https:\/\/w3id\.org\/ro\/crate\/1\.2$/.test(id)),
    ).toEqual([]);

    const [action] = (root.mentions as Record<string, Record<string, unknown>[]>[])!;
    expect(action!["@type"]).toEqual(["CreateAction"]);
    expect(action!.startTime).toEqual(["2026-11-22T03:34:46.100Z"]);
    expect(action!.instrument!.map(({ name }) => name)).toEqual([["offcurve"], ["onnx-cpu"]]);
    expect(action!.result!.map((result) => result["@id"])).toEqual(["ledger.jsonl"]);
  });

  it("tells its sender of trials that are missing and of traces of the home folder", async () => {
    const [line] = RESULTS["ledger.jsonl"]!.toString().split("\n");
    const folder = filesIn({
      ...EVERYTHING,
      "ledger.jsonl": `${line}\n`,
      "notebooks/01.ipynb": JSON.stringify({ text: join(homedir(), "thesis", "a.ts") }),
    });
    const { notices } = await exportArchive({ folder, file: zipFile() });
    expect(notices).toEqual([
      "1 of 2 trials are finished: the archive says so",
      "notebooks/01.ipynb holds the path of your home folder; look at it before you pass the archive on",
    ]);
  });
});

describe("export refuses, in words, and writes nothing for", () => {
  const without = (name: string) => {
    const folder = filesIn();
    rmSync(join(folder, name));
    return folder;
  };

  async function refused(options: Omit<ExportOptions, "file">): Promise<string> {
    const file = zipFile();
    const message = await failure(exportArchive({ ...options, file }));
    expect(readdirSync(join(file, ".."))).toEqual([]);
    return message;
  }

  it("a folder that holds no results, or a part of them", async () => {
    expect(await refused({ folder: emptyFolder() })).toMatch(/holds no results/);
    expect(await refused({ folder: without("manifest.json") })).toMatch(/has no manifest\.json/);
    expect(await refused({ folder: without("ledger.jsonl") })).toMatch(
      /^cannot read .*ledger\.jsonl: there is no such file$/,
    );
    const damaged = filesIn({ ...RESULTS, "ledger.jsonl": "{}\n" });
    expect(await refused({ folder: damaged })).toMatch(/ledger\.jsonl:1 is not a trial/);
  });

  it("a manifest of another study", async () => {
    const manifest = RESULTS["manifest.json"]!.toString().replace(
      /"study_hash":"\w+"/,
      `"study_hash":"${"0".repeat(64)}"`,
    );
    expect(await refused({ folder: filesIn({ ...RESULTS, "manifest.json": manifest }) })).toMatch(
      /study\.json and manifest\.json are of different studies/,
    );
  });

  it("notebooks or a report that are not there", async () => {
    expect(await refused({ folder: filesIn(), report: "/nowhere/report.html" })).toMatch(
      /^cannot read \/nowhere\/report\.html: there is no such file$/,
    );
    expect(await refused({ folder: filesIn(), notebooks: "/nowhere" })).toMatch(
      /^cannot read \/nowhere: there is no such file$/,
    );
  });

  it("names that other systems do not have", async () => {
    const folder = filesIn({ ...RESULTS, "figures/a:b.svg": "<svg/>" });
    expect(await refused({ folder })).toMatch(
      /^cannot export "figures\/a:b\.svg": the name has one of the characters/,
    );
    const twins = filesIn({ ...RESULTS, "figures/a.svg": "<svg/>", "figures/A.svg": "<svg/>" });
    expect(await refused({ folder: twins })).toMatch(/some systems take the names for the same; rename one$/);
  });

  it.skipIf(process.platform === "win32")(
    "links that leave the folder; those within are followed",
    async () => {
      const secret = filesIn({ "secret.svg": "SECRET", "sub/secret.svg": "SECRET" });
      const folder = filesIn({ ...RESULTS, "figures/a.svg": "<svg/>" });
      symlinkSync(join(folder, "figures/a.svg"), join(folder, "figures/b.svg"));
      const inside = await bytesOf({ folder });
      expect(inside.includes("figures/b.svg")).toBe(true);
      symlinkSync(join(secret, "secret.svg"), join(folder, "figures/c.svg"));
      expect(await refused({ folder })).toMatch(/figures\/c\.svg is a link that leaves /);

      const linked = filesIn();
      symlinkSync(join(secret, "sub"), join(linked, "figures"));
      expect(await refused({ folder: linked })).toMatch(/figures\/secret\.svg is a link that leaves /);
      const itself = join(emptyFolder(), "link");
      symlinkSync(filesIn(), itself);
      expect((await bytesOf({ folder: itself })).length).toBeGreaterThan(100);
    },
  );

  it("a folder where a file is expected", async () => {
    const folder = filesIn();
    mkdirSync(join(folder, "trials.csv"));
    expect(await refused({ folder })).toMatch(/cannot export .*trials\.csv: it is not a regular file$/);
  });

  it("a place that cannot be written", async () => {
    const folder = filesIn();
    const file = join(folder, "none", "a.zip");
    expect(await failure(exportArchive({ folder, file }))).toBe(
      `cannot write ${file}: its folder does not exist`,
    );
    expect(existsSync(join(folder, "none"))).toBe(false);
    const occupied = emptyFolder();
    expect(await failure(exportArchive({ folder, file: occupied }))).toMatch(
      /^cannot write .*: it is a folder$/,
    );
    expect(readdirSync(join(occupied, "..")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("import refuses a folder", () => {
  it("that exists, even empty, and says so before it reads anything", async () => {
    const folder = emptyFolder();
    const message = await failure(importArchive({ file: "/nowhere.zip", folder }));
    expect(message).toBe(`${folder} exists already; import into a new folder with --out`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("when it is told to stop, and leaves nothing", async () => {
    const file = zipFile();
    await exportArchive({ folder: filesIn(), file });
    const sandbox = emptyFolder();
    const interrupt = AbortSignal.abort();
    const work = importArchive({ file, folder: join(sandbox, "a/b/c"), signal: interrupt });
    await expect(work).rejects.toThrow(ArchiveError);
    expect(readdirSync(sandbox)).toEqual([]);
  });
});
