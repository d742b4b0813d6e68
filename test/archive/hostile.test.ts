import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ArchiveError } from "../../lib/archive/errors";
import { exportArchive } from "../../lib/archive/export";
import { importArchive } from "../../lib/archive/import";
import type { ArchiveLimits } from "../../lib/archive/limits";
import { hostileName } from "./hostile-name";
import {
  emptyFolder,
  entriesOf,
  filesIn,
  metadataOf,
  type RawEntry,
  RESULTS,
  treeOf,
  zipOf,
} from "./results";

const LINK = 0o120777;

/** A folder with an archive in it and nothing else, so that whatever an import leaves behind is seen. */
let sandbox: string;
let file: string;
beforeEach(() => {
  sandbox = emptyFolder();
  file = join(sandbox, "archive.zip");
});

/** Imports the bytes; undefined where they are refused, and then in words, with nothing left behind. */
async function imported(
  bytes: Buffer,
  limits?: Partial<ArchiveLimits>,
): Promise<{ tree: Record<string, string> } | { message: string }> {
  writeFileSync(file, bytes);
  const folder = join(sandbox, "above", "results");
  try {
    await importArchive({ file, folder, limits });
  } catch (error) {
    expect(error).toBeInstanceOf(ArchiveError);
    expect(readdirSync(sandbox)).toEqual(["archive.zip"]);
    const { message } = error as Error;
    expect(message).toContain("archive.zip");
    expect(message).not.toMatch(/\p{C}|\.importing/u);
    return { message };
  }
  expect(readdirSync(sandbox).toSorted()).toEqual(["above", "archive.zip"]);
  expect(readdirSync(join(sandbox, "above"))).toEqual(["results"]);
  const tree = treeOf(folder);
  rmSync(join(sandbox, "above"), { recursive: true });
  return { tree };
}

async function refusal(...given: Parameters<typeof imported>): Promise<string> {
  const result = await imported(...given);
  if ("tree" in result) throw new Error("the archive was imported");
  return result.message;
}

/** An archive of the small results with further entries, each of them described as it is unless it is told otherwise. */
function archive(extra: readonly RawEntry[], claims: Record<string, object> = {}, described = true): Buffer {
  const others = Object.fromEntries(
    described ? extra.map(({ name, contents }) => [String(name), contents]) : [],
  );
  return zipOf([metadataOf({ ...RESULTS, ...others }, claims), ...entriesOf(RESULTS), ...extra]);
}

const entry = (name: string | Buffer, changes: Partial<RawEntry> = {}): RawEntry => ({
  name,
  contents: Buffer.from("contents"),
  ...changes,
});

describe("an archive whose bytes were changed", () => {
  let bytes: Buffer;
  let whole: Record<string, string>;
  beforeAll(async () => {
    const [folder, place] = [filesIn({ ...RESULTS, "figures/a.svg": "<svg/>" }), emptyFolder()];
    await exportArchive({ folder, file: join(place, "a.zip") });
    bytes = readFileSync(join(place, "a.zip"));
    await importArchive({ file: join(place, "a.zip"), folder: join(place, "b") });
    whole = treeOf(join(place, "b"));
  });

  it("gives an error or the same contents, whichever byte it was", async () => {
    const directory = bytes.indexOf(Buffer.from("PK\x01\x02")); // where no checksum watches
    const position = fc.oneof(
      fc.nat(bytes.length - 1),
      fc.integer({ min: directory, max: bytes.length - 1 }),
    );
    await fc.assert(
      fc.asyncProperty(position, fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const flipped = Buffer.from(bytes);
        flipped[at]! ^= mask;
        const result = await imported(flipped);
        if ("tree" in result) expect(result.tree).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  it("gives an error where its end is missing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
        expect(await refusal(bytes.subarray(0, length))).toMatch(/is damaged or no zip file/);
      }),
      { numRuns: 100 },
    );
  });

  it("gives an error or the same contents where bytes were put in or taken out", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length),
        fc.nat(20),
        fc.uint8Array({ maxLength: 20 }),
        async (position, removed, added) => {
          const rest = bytes.subarray(position + removed);
          const result = await imported(Buffer.concat([bytes.subarray(0, position), added, rest]));
          if ("tree" in result) expect(result.tree).toEqual(whole);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("is no archive where it is anything else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (anything) => {
        await refusal(Buffer.from(anything));
      }),
      { numRuns: 100 },
    );
  });
});

describe("an archive with hostile names", () => {
  it("writes inside its folder, by the names that were declared, or nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileName, { minLength: 1, maxLength: 3 }), async (names) => {
        const outside = mkdtempSync(join(sandbox, "..", "offcurve-outside-"));
        const result = await imported(archive(names.map((name) => entry(name))));
        if ("tree" in result) {
          const expected = [...Object.keys(RESULTS), "ro-crate-metadata.json", ...names];
          expect(Object.keys(result.tree).toSorted()).toEqual(expected.toSorted());
        }
        expect(readdirSync(outside)).toEqual([]);
        rmSync(outside, { recursive: true });
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ["../evil", '"../evil" leaves the folder'],
    ["/tmp/offcurve-evil", '"/tmp/offcurve-evil" is an absolute path'],
    ["C:\\evil", '"C:\\evil" has a backslash, which is a separator on some systems'],
    ["D:evil", '"D:evil" begins with a drive letter'],
    ["a\u001b[31m", '"a\\u{1b}[31m" has control or unassigned characters'],
    ["Study.json", '"study.json" and "Study.json", which some systems take for the same file'],
    ["study.json", '"study.json" and "study.json", which some systems take for the same file'],
    ["study.json/a", '"study.json" and "study.json/a", which some systems take for the same file'],
  ])("is refused for %j", async (name, reason) => {
    const bytes = archive([entry(name)], {}, name !== "study.json");
    expect(await refusal(bytes)).toBe(`${file}${/ and /.test(reason) ? " has " : ": the name "}${reason}`);
    expect(existsSync("/tmp/offcurve-evil")).toBe(false);
  });

  it("is refused where a name is not in UTF-8, not said to be, or stands beside another", async () => {
    const latin = Buffer.from("gr\u00f6\u00dfe", "latin1");
    expect(await refusal(archive([entry(latin)], {}, false))).toMatch(/is not in UTF-8$/);
    expect(await refusal(archive([entry("größe", { flags: 0 })]))).toMatch(/is not declared to be in UTF-8$/);
    const extra = Buffer.from("75700d00010000000061622f2f632e737667", "hex");
    extra.writeUInt16LE(extra.length - 4, 2);
    expect(await refusal(archive([entry("a.svg", { extra })]))).toMatch(/has another name as well/);
    expect(await refusal(archive([entry("a.svg", { localName: "b.svg" })]))).toMatch(
      /"a\.svg" has another name where its contents stand$/,
    );
  });
});

describe("an archive is refused", () => {
  it("for links and other special files, and encrypted or strangely compressed ones", async () => {
    expect(
      await refusal(archive([entry("figures/a", { mode: LINK, contents: Buffer.from("/etc/passwd") })])),
    ).toBe(`${file}: "figures/a" is a link or another special file, and only regular files are imported`);
    expect(await refusal(archive([entry("figures/a", { mode: 0o020666 })]))).toMatch(/special file/);
    expect(await refusal(archive([entry("a", { flags: 0x801 })]))).toMatch(/"a" is encrypted/);
    expect(await refusal(archive([entry("a", { method: 12 })]))).toMatch(/"a" is compressed by method 12/);
    expect(await refusal(archive([entry("a/", { mode: 0o040755 })], {}, false))).toMatch(
      /"a\/" is a folder with contents/,
    );
  });

  it.skipIf(process.platform === "win32")("for a pipe, without waiting for it", async () => {
    const pipe = join(emptyFolder(), "pipe.zip");
    execFileSync("mkfifo", [pipe]);
    await expect(importArchive({ file: pipe, folder: join(sandbox, "results") })).rejects.toThrow(
      new ArchiveError(`cannot read ${pipe}: it is not a regular file`),
    );
  });

  it("for files that are not described, described and missing, or described twice", async () => {
    expect(await refusal(archive([entry("evil.html")], {}, false))).toBe(
      `${file} has "evil.html", which its metadata do not describe; do not trust it`,
    );
    const more = { ...RESULTS, "figures/a.svg": Buffer.from("<svg/>") };
    expect(await refusal(zipOf([metadataOf(more), ...entriesOf(RESULTS)]))).toMatch(
      /lacks "figures\/a\.svg", which its metadata describe/,
    );
    const twice = archive([entry("a")], { a: { "@id": "study.json" } });
    expect(await refusal(twice)).toMatch(/describes "study\.json" twice/);
    expect(await refusal(zipOf(entriesOf(RESULTS)))).toMatch(/has no ro-crate-metadata\.json/);
  });

  it("for a size or checksum that is not the described one, or none", async () => {
    const claim = (claims: object) => refusal(archive([entry("a.svg")], { "a.svg": claims }));
    expect(await claim({ contentSize: "7" })).toMatch(/"a\.svg" has 8 bytes where its metadata say 7/);
    expect(await claim({ sha256: "0".repeat(64) })).toMatch(/"a\.svg" does not have the SHA-256/);
    expect(await claim({ sha256: undefined })).toMatch(/"a\.svg" without a valid sha256/);
    expect(await claim({ contentSize: "1e1" })).toMatch(/"a\.svg" without a valid contentSize/);
    expect(await refusal(archive([entry("a.svg", { checksum: 1 })]))).toMatch(/"a\.svg" is damaged/);
  });

  it("for metadata that are no metadata", async () => {
    const metadata = (text: string) =>
      refusal(
        zipOf([{ name: "ro-crate-metadata.json", contents: Buffer.from(text) }, ...entriesOf(RESULTS)]),
      );
    expect(await metadata("{")).toMatch(/"ro-crate-metadata\.json" is not JSON/);
    expect(await metadata("[]")).toMatch(/is not the metadata of an RO-Crate/);
    expect(await metadata('{"@graph": [{"@id": "%", "@type": "File"}]}')).toMatch(/which is not a URI/);
  });

  it("for unpacking to more than is allowed, declared or not", async () => {
    const bomb = Buffer.alloc(2 ** 20);
    const limits = { bytes: 2 ** 19 };
    expect(await refusal(archive([entry("a", { contents: bomb })]), limits)).toMatch(
      /declares more than the 524288 bytes that are allowed, at "a"$/,
    );
    const lie = archive([entry("a", { contents: bomb, declaredSize: 8 })], { a: { contentSize: "8" } });
    expect(await refusal(lie, limits)).toMatch(/"a" is damaged or no zip file/);
    expect(await refusal(archive([entry("a", { declaredSize: 0xfffffffe })]))).toMatch(
      /declares more than the 1073741824 bytes/,
    );
    const metadata = { ...metadataOf(RESULTS), contents: Buffer.alloc(2 ** 17, " ") };
    expect(await refusal(zipOf([metadata, ...entriesOf(RESULTS)]), { metadataBytes: 2 ** 16 })).toMatch(
      /"ro-crate-metadata\.json" declares 131072 bytes, more than the 65536/,
    );
    const many = Array.from({ length: 20 }, (_, i) => entry(`a${i}`));
    expect(await refusal(archive(many), { files: 10 })).toMatch(/declares 24 files, more than the 10/);
  });

  it("for entries that share their contents", async () => {
    const inner = entry("inner", { contents: Buffer.alloc(1000) });
    const outer = entry("outer", { contents: zipOf([inner]).subarray(0, 30 + 5 + 20), method: 0 });
    const metadata = metadataOf({ ...RESULTS, inner: inner.contents, outer: outer.contents });
    const nested = { ...inner, at: 30 + 5 }; // behind the header of the outer one, which comes first
    expect(await refusal(zipOf([outer, nested, metadata, ...entriesOf(RESULTS)]))).toBe(
      `${file}: "outer" and "inner" share their contents`,
    );
  });

  it("for results that are none, in words about the archive", async () => {
    const changed = { ...RESULTS, "ledger.jsonl": Buffer.from("{}\n") };
    expect(await refusal(zipOf([metadataOf(changed), ...entriesOf(changed)]))).toMatch(
      /^\S*archive\.zip: ledger\.jsonl:1 is not a trial/,
    );
    const { "study.json": _, ...none } = RESULTS;
    expect(await refusal(zipOf([metadataOf(none), ...entriesOf(none)]))).toMatch(
      /^\S*archive\.zip holds no results/,
    );
  });

  it("where it is not there, or a folder", async () => {
    const folder = join(sandbox, "results");
    await expect(importArchive({ file, folder })).rejects.toThrow(
      `cannot read ${file}: there is no such file`,
    );
    await expect(importArchive({ file: sandbox, folder })).rejects.toThrow(
      `cannot read ${sandbox}: it is a folder`,
    );
  });
});

describe("an archive is accepted", () => {
  it("from another program: stored files, entries of folders, further described files", async () => {
    const bytes = zipOf([
      ...entriesOf(RESULTS).map((each) => ({ ...each, method: 0 })),
      { name: "figures/", contents: Buffer.alloc(0), method: 0, mode: 0o040755 },
      entry("figures/größe 1.svg", { mode: 0 }),
      metadataOf({ ...RESULTS, "figures/größe 1.svg": Buffer.from("contents") }),
    ]);
    const result = await imported(bytes);
    expect("tree" in result && Object.keys(result.tree)).toEqual(
      [...Object.keys(RESULTS), "figures/größe 1.svg", "ro-crate-metadata.json"].toSorted(),
    );
  });
});
