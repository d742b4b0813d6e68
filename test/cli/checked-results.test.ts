import { createHash } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { METADATA } from "../../lib/archive/crate";
import { exportArchive } from "../../lib/archive/export";
import { LIMITS } from "../../lib/archive/limits";
import { ZipReader } from "../../lib/archive/zip-reader";
import { filesIn, RESULTS, zipOf } from "../archive/results";
import { emptyFolder, offcurve } from "./offcurve";

/** The small results with one factor of the second line forged. */
const FORGED = {
  ...RESULTS,
  "ledger.jsonl": Buffer.from(
    RESULTS["ledger.jsonl"]!.toString().replace('"learning_rate":0.01', '"learning_rate":0.05'),
  ),
};
/** The small results with a study that was edited after they were trained. */
const EDITED = {
  ...RESULTS,
  "study.json": Buffer.from(RESULTS["study.json"]!.toString().replace('"updates":10', '"updates":11')),
};

const COMMANDS: readonly [string, (folder: string) => string[]][] = [
  ["run", (folder) => ["run", "--study", join(folder, "study.json"), "--out", folder]],
  ["table", (folder) => ["table", "--out", folder]],
  ["plot", (folder) => ["plot", "--out", folder]],
  ["claims", (folder) => ["claims", "--out", folder]],
  ["compare", (folder) => ["compare", filesIn(), folder]],
  ["report", (folder) => ["report", "--out", folder, join(emptyFolder(), "report.html")]],
  ["export", (folder) => ["export", "--out", folder, join(emptyFolder(), "results.zip")]],
];

describe.each(COMMANDS)("offcurve %s", (_, call) => {
  it.each([
    [
      "a factor contradicts its trial's id",
      FORGED,
      /ledger\.jsonl:2: trial \w{16} has learning_rate 0\.05, where its id stands for learning_rate 0\.01/,
    ],
    ["the study was edited", EDITED, /study\.json and manifest\.json are of different studies/],
  ])("refuses a folder in which %s, and changes nothing", async (_, files, message) => {
    const folder = filesIn(files);
    const { status, stdout, stderr } = await offcurve(...call(folder));
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(readdirSync(folder).toSorted()).toEqual(Object.keys(files).toSorted());
  });
});

it("an archive with a forged factor and checksums to match is refused, and nothing is left of it", async () => {
  const archive = join(emptyFolder(), "sound.zip");
  await exportArchive({ folder: filesIn(), file: archive });
  const reader = await ZipReader.open(archive, LIMITS);
  const files = new Map<string, Buffer>();
  for (const entry of reader.entries) {
    const pieces: Buffer[] = [];
    for await (const piece of reader.read(entry)) pieces.push(piece);
    files.set(entry.name, Buffer.concat(pieces));
  }
  reader.close();
  const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  const [sound, forged] = [RESULTS["ledger.jsonl"]!, FORGED["ledger.jsonl"]!];
  expect(files.get("ledger.jsonl")).toEqual(sound);
  files.set("ledger.jsonl", forged);
  files.set(METADATA, Buffer.from(files.get(METADATA)!.toString().replace(sha256(sound), sha256(forged))));
  const file = join(emptyFolder(), "forged.zip");
  writeFileSync(file, zipOf([...files].map(([name, contents]) => ({ name, contents }))));

  const place = emptyFolder();
  const { status, stderr } = await offcurve("import", file, "--out", join(place, "results"));
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /forged\.zip: ledger\.jsonl:2: trial \w{16} has learning_rate 0\.05, where its id stands for/,
  );
  expect(readdirSync(place)).toEqual([]);
});
