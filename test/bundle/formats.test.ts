import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, lstatSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutSymbols } from "../../lib/bundle/elf";
import { type Entry, textEntry } from "../../lib/bundle/entry";
import { englishOnly } from "../../lib/bundle/icu";
import { TAR_END, tarBytes } from "../../lib/bundle/tar";
import { temporary } from "./temporary";

const onLinux = process.platform === "linux";

describe("the tar archive", () => {
  const unpacked = (entries: readonly Entry[]) => {
    const place = temporary();
    const archive = join(place, "a.tar");
    writeFileSync(archive, Buffer.concat([tarBytes("top", entries), TAR_END]));
    execFileSync("tar", ["xf", archive, "-C", place]);
    return join(place, "top");
  };

  it("is unpacked by tar as it was packed", () => {
    const deep = `${"folder-with-a-long-name/".repeat(6)}file.txt`;
    const binary = Buffer.from(Array.from({ length: 1500 }, (_, i) => i % 256));
    const top = unpacked([
      textEntry("run", "#!/bin/sh\necho ran\n", true),
      textEntry(deep, "deep\n"),
      textEntry("empty", ""),
      textEntry("漢字.txt", "kanji\n"),
      { path: "some/binary", executable: false, contents: binary },
      { path: "link", linkTo: "some/binary" },
    ]);
    expect(execFileSync(join(top, "run"), { encoding: "utf8" })).toBe("ran\n");
    expect(readFileSync(join(top, deep), "utf8")).toBe("deep\n");
    expect(readFileSync(join(top, "empty"))).toHaveLength(0);
    expect(readFileSync(join(top, "漢字.txt"), "utf8")).toBe("kanji\n");
    expect(lstatSync(join(top, "link")).isSymbolicLink()).toBe(true);
    expect(readlinkSync(join(top, "link"))).toBe("some/binary");
    expect(readFileSync(join(top, "link"))).toEqual(binary);
    expect(statSync(join(top, "some/binary")).mode & 0o777).toBe(0o644);
    expect(statSync(join(top, "run")).mode & 0o777).toBe(0o755);
  });

  it("has the same bytes whatever the order of its entries", () => {
    const path = fc.stringMatching(/^[a-z0-9]{1,8}(\/[a-z0-9._-]{1,20}[a-z0-9]){0,3}$/);
    const entries = fc.uniqueArray(fc.tuple(path, fc.string()), { selector: ([name]) => name, maxLength: 8 });
    fc.assert(
      fc.property(entries, (files) => {
        const forward = files.map(([name, text]) => textEntry(name, text));
        expect(tarBytes("top", forward.toReversed())).toEqual(tarBytes("top", forward));
      }),
    );
  });

  it("names a path that the format cannot hold", () => {
    const path = `${"x".repeat(101)}.txt`;
    expect(() => tarBytes("top", [textEntry(path, "")])).toThrow(`too long for a tar archive: top/${path}`);
  });
});

describe.runIf(onLinux)("a program without its symbols", () => {
  it("is smaller and does the same", () => {
    const program = execFileSync("sh", ["-c", "command -v xz || command -v tar"], {
      encoding: "utf8",
    }).trim();
    const original = readFileSync(program);
    const stripped = withoutSymbols(original);
    expect(stripped.length).toBeLessThan(original.length);
    const copy = join(temporary(), "program");
    writeFileSync(copy, stripped);
    chmodSync(copy, 0o755);
    expect(execFileSync(copy, ["--version"], { encoding: "utf8" })).toBe(
      execFileSync(program, ["--version"], { encoding: "utf8" }),
    );
    expect(withoutSymbols(stripped)).toBe(stripped);
  });

  it("leaves other files alone", () => {
    const text = Buffer.from("no program at all, however long it may be: ".repeat(10));
    expect(withoutSymbols(text)).toBe(text);
    expect(withoutSymbols(Buffer.alloc(0))).toHaveLength(0);
  });
});

describe.runIf(onLinux)("a Node whose language tables are English only", () => {
  const questions = `JSON.stringify([
    new Intl.DateTimeFormat("en", { dateStyle: "full", timeZone: "Asia/Tokyo" }).format(0),
    new Intl.NumberFormat("en-US", { style: "currency", currency: "JPY" }).format(1234.5),
    ["z", "ä", "a", "Z"].sort(new Intl.Collator("en").compare),
    "\\u0041\\u030a".normalize("NFC"), "ﬁ".normalize("NFKD"), "straße".toUpperCase(),
    /^\\p{Script=Han}+$/u.test("漢字"), [...new Intl.Segmenter("en").segment("e\\u0301a")].length,
    new TextDecoder("utf-16le").decode(new Uint8Array([65, 0])), new TextDecoder("latin1").decode(new Uint8Array([233])),
    (1234567.891).toLocaleString("en-US"), new Date(0).toISOString(),
  ])`;
  const answers = (program: string, code: string, language = "C") =>
    execFileSync(program, ["-p", code], { encoding: "utf8", env: { LC_ALL: language } }).trim();

  it("answers like the whole one in US English, and in that where it is asked for other languages", () => {
    const original = readFileSync(process.execPath);
    const emptied = englishOnly(withoutSymbols(original));
    const zeros = (bytes: Buffer) => bytes.reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0);
    expect(zeros(emptied) - zeros(original.subarray(0, emptied.length))).toBeGreaterThan(10e6);
    const copy = join(temporary(), "node");
    writeFileSync(copy, emptied);
    chmodSync(copy, 0o755);
    expect(answers(copy, questions)).toBe(answers(process.execPath, questions));
    const german = 'new Intl.DateTimeFormat("de", { month: "long", timeZone: "UTC" }).format(0)';
    expect(answers(process.execPath, german)).toBe("Januar");
    expect(answers(copy, german)).toBe("January");
    expect(answers(copy, "(1.5).toLocaleString()", "de_DE.UTF-8")).toBe("1.5");
  });

  it("leaves a file without such tables alone", () => {
    const bytes = Buffer.from(`CmnD ${createHash("sha256").update("x").digest("hex")} CmnD`);
    expect(englishOnly(bytes)).toBe(bytes);
  });
});
