import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { exportCommand } from "../../../lib/cli/commands/export";
import { importCommand } from "../../../lib/cli/commands/import";
import { readLedger } from "../../../lib/sweep/ledger";
import { emptyFolder } from "../offcurve";

type Program = Parameters<typeof exportCommand>[0];
/** The library's own commander: other packages bring other versions of it. */
const { Command } = createRequire(resolve(__dirname, "../../../lib/package.json"))("commander") as {
  Command: new (name: string) => Program;
};

const REFERENCE = resolve(__dirname, "../../../data/reference/kanji");

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** Runs a command in this process; an error is thrown, as it is to the command line that words it. */
async function offcurve(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      said[name] += String(text);
      return true;
    });
  }
  const program = new Command("offcurve").exitOverride();
  exportCommand(program);
  importCommand(program);
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(["node", "offcurve", ...args]);
  } finally {
    vi.restoreAllMocks();
  }
  return said;
}

describe("offcurve export and import", () => {
  it("pass a study on, with the project's notebooks, and show where it came from", async () => {
    const file = join(emptyFolder(), "kanji.zip");
    const exported = await offcurve("export", "--out", REFERENCE, file);
    expect(exported.stdout).toMatch(
      /^ledger\.jsonl\nmanifest\.json\nnotebooks\/metz-2022\/01-tune-small\.ipynb\n/,
    );
    expect(exported.stdout).toMatch(/\nWritten: .*kanji\.zip, [\d.]+ [kM]B, SHA-256 [0-9a-f]{64}\n/);
    expect(exported.stderr).toMatch(/kanji has no .*report to pack\n$/);

    const folder = join(emptyFolder(), "imported");
    const imported = await offcurve("import", file, "--out", folder);
    expect(imported.stderr).toBe("");
    expect(imported.stdout).toMatch(/\nStudy: kanji, 432 trials\n/);
    expect(imported.stdout).toMatch(/\nProcessor: .* GiB of memory\n/);
    expect(imported.stdout).toMatch(
      /\nImported: \d+ files, [\d.]+ [kM]B, 432 of 432 trials, every checksum as stated, into /,
    );
    expect(readLedger(folder)).toEqual(readLedger(REFERENCE));
  });

  it("print one JSON document, and nothing else on standard output, with --json", async () => {
    const file = join(emptyFolder(), "kanji.zip");
    const exported = JSON.parse((await offcurve("export", "--json", "--out", REFERENCE, file)).stdout);
    expect(exported).toMatchObject({ file, bytes: readFileSync(file).length });
    expect(exported.files.map(({ path }: { path: string }) => path)).toContain("study.json");
    const folder = join(emptyFolder(), "imported");
    const imported = JSON.parse((await offcurve("import", "--json", file, "--out", folder)).stdout);
    expect(imported).toMatchObject({ study: "kanji", finished: 432, trials: 432, manifest: { format: 2 } });
  });

  it("pack the notebooks and the report of the results folder where it has them", async () => {
    const folder = emptyFolder();
    for (const name of ["study.json", "manifest.json", "ledger.jsonl"])
      writeFileSync(join(folder, name), readFileSync(join(REFERENCE, name)));
    mkdirSync(join(folder, "notebooks"));
    writeFileSync(join(folder, "notebooks", "mine.ipynb"), "{}");
    writeFileSync(join(folder, "report.html"), "<p>");
    const file = join(emptyFolder(), "a.zip");
    const { files } = JSON.parse((await offcurve("export", "--json", "--out", folder, file)).stdout);
    expect(files.map(({ path }: { path: string }) => path)).toEqual([
      "ledger.jsonl",
      "manifest.json",
      "notebooks/mine.ipynb",
      "report.html",
      "study.json",
    ]);
  });

  it("print no control characters that an archive brings along", async () => {
    const folder = emptyFolder();
    const licence = "red \u001b[31m and \u202ereversed";
    for (const name of ["study.json", "ledger.jsonl"])
      writeFileSync(join(folder, name), readFileSync(join(REFERENCE, name)));
    const manifest = JSON.parse(readFileSync(join(REFERENCE, "manifest.json"), "utf8"));
    const dataset = { ...manifest.dataset, licence };
    writeFileSync(join(folder, "manifest.json"), JSON.stringify({ ...manifest, dataset }));
    const file = join(emptyFolder(), "a.zip");
    await offcurve("export", "--out", folder, file);
    const { stdout } = await offcurve("import", file, "--out", join(emptyFolder(), "b"));
    expect(stdout).toContain("red \\u{1b}[31m and \\u{202e}reversed");
    expect(stdout.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
  });

  it("fail in one sentence, without a trace", async () => {
    const file = join(emptyFolder(), "none.zip");
    const folder = join(emptyFolder(), "imported");
    await expect(offcurve("import", file, "--out", folder)).rejects.toThrow(
      `cannot read ${file}: there is no such file`,
    );
    expect(existsSync(folder)).toBe(false);
    await expect(offcurve("export", "--out", emptyFolder(), file)).rejects.toThrow("holds no results");
    expect(existsSync(file)).toBe(false);
    await expect(offcurve("import", file)).rejects.toThrow("--out");
  });
});
