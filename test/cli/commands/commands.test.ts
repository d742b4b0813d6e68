import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { readLedger } from "../../../lib/sweep/ledger";
import { emptyFolder, type Finished, offcurve, start, studyFile } from "../offcurve";
import { locked } from "../run-folder";

const GRID = resolve(__dirname, "../../../data/reference/metz-2022/grid.csv");

describe("offcurve run --study smoke", () => {
  const folder = emptyFolder();
  let first: Finished;
  beforeAll(async () => {
    first = await offcurve("run", "--study", "smoke", "--out", folder);
  }, 120_000);

  it("trains, tabulates, fits and draws", () => {
    expect(first).toMatchObject({ status: 0 });
    expect(first.stdout).toMatch(
      /Cost: 144 trials, 8\.64 ktrial-steps, [\d.]+ GFLOP, .* of memory, about \d+ s on this machine/,
    );
    // The process alone takes 300 MB, and Fashion-MNIST is 70,000 images of 784 bytes.
    const [, megabytes] = /, (\d+) MB of memory/.exec(first.stdout)!;
    expect(Number(megabytes)).toBeGreaterThan(300 + 54.8);
    expect(first.stdout).toMatch(/Trained 144 trials in .*trial-steps\/s.*FLOP\/s.*outside the engine/);
    expect(first.stdout).toContain("Best learning rate of each size");
    expect(first.stdout).toMatch(/The law at rate .*, tuned on sizes/);
    expect(first.stdout).toContain("The law of the best learning rate");
    expect(readLedger(folder).records).toHaveLength(144);
    for (const file of ["ledger.jsonl", "trials.parquet", "trials.csv", "manifest.json", "study.json"]) {
      expect(existsSync(join(folder, file)), file).toBe(true);
    }
    const figures = readdirSync(join(folder, "figures"));
    expect(figures.length).toBeGreaterThanOrEqual(6);
    for (const figure of figures) {
      expect(readFileSync(join(folder, "figures", figure), "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
    }
  });

  it("finds everything done the second time and writes the same table", async () => {
    const table = readFileSync(join(folder, "trials.csv"));
    const again = await offcurve("run", "--study", "smoke", "--out", folder);
    expect(again.status).toBe(0);
    expect(again.stdout).toContain(`All 144 trials are in ${folder} already.`);
    expect(again.stdout).not.toContain("Trained");
    expect(readFileSync(join(folder, "trials.csv"))).toEqual(table);
  });

  it("feeds table, fit and plot", async () => {
    const table = await offcurve("table", "--out", folder, "--json");
    expect(JSON.parse(table.stdout)).toMatchObject({ trials: 144 });
    const fit = await offcurve("fit", "--table", join(folder, "trials.csv"), "--at-rate", "0.01", "--json");
    expect(fit.status).toBe(0);
    expect(JSON.parse(fit.stdout)).toBeTypeOf("object");
    expect((await offcurve("plot", "--out", folder)).stdout).toMatch(/heat-map\.svg/);
  });

  it("takes with --engine auto the engine that trained what is there", async () => {
    const ledger = join(folder, "ledger.jsonl");
    const lines = readFileSync(ledger, "utf8").split("\n");
    const part = emptyFolder();
    copyFileSync(join(folder, "study.json"), join(part, "study.json"));
    writeFileSync(join(part, "ledger.jsonl"), `${lines.slice(0, -3).join("\n")}\n`);
    const { status, stdout } = await offcurve("run", "--study", "smoke", "--out", part, "--engine", "auto");
    expect(stdout).toContain(`Engine onnx-cpu: it trained the trials that are in ${part}.`);
    expect(status).toBe(0);
    expect(readLedger(part).records).toHaveLength(144);
  });

  it("is refused in the folder of another study", async () => {
    const other = await offcurve("run", "--study", "fashion-mnist", "--out", folder);
    expect(other).toMatchObject({ status: 1, stdout: "" });
    expect(other.stderr).toMatch(
      /^offcurve: .* holds another study, smoke .*choose another folder with --out\n$/,
    );
  });
});

it("a run leaves the home folder alone", async () => {
  const home = emptyFolder();
  const run = ["run", "--study", studyFile(), "--out", emptyFolder()];
  const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
  const { status } = await start(run, emptyFolder(), { ...env, HOME: home }).done;
  expect(status).toBe(0);
  expect(readdirSync(home)).toEqual([]);
});

describe("offcurve fit", () => {
  it("recovers the post's law and its failure from the post's grid", async () => {
    const fit = await offcurve(
      "fit",
      "--table",
      GRID,
      "--at-rate",
      "3e-4",
      "--sizes",
      "4..512",
      "--predict",
      "8192",
    );
    expect(fit).toMatchObject({ status: 0, stderr: "" });
    expect(fit.stdout).toMatch(/7\.0\d? - 0\.27\d? ln\(h\)/);
  });

  it("names the line of a bad table", async () => {
    const file = join(emptyFolder(), "table.csv");
    writeFileSync(file, "hidden_size,learning_rate,loss\n8,1e-3,2.5\n16,1e-3,abc\n");
    const fit = await offcurve("fit", "--table", file);
    expect(fit).toMatchObject({ status: 1, stdout: "" });
    expect(fit.stderr).toContain(`${file}, line 3: loss must be a number`);
  });
});

describe("an interrupted run", () => {
  it("keeps what is done, says how to go on, and exits with 130", async () => {
    const study = studyFile();
    const folder = emptyFolder();
    const { child, done } = start(["run", "--study", study, "--out", folder]);
    const ledger = join(folder, "ledger.jsonl");
    while (child.exitCode === null && !(existsSync(ledger) && readFileSync(ledger).length > 0))
      await sleep(5);
    child.kill("SIGINT");
    const { status, stderr } = await done;
    const { records, notices } = readLedger(folder);
    expect(status).toBe(130);
    expect(stderr).toContain(
      `Interrupted: ${records.length} of 40 trials are in ${folder}. Go on with: npx offcurve run --study ${study} --out ${folder}`,
    );
    expect(records.length).toBeGreaterThan(0);
    expect(records.length).toBeLessThan(40);
    expect(notices).toEqual([]);
    expect(existsSync(join(folder, "lock.json"))).toBe(false);
  });

  it("keeps a second process out of its folder meanwhile", async () => {
    const study = studyFile({ base: { updates: 20_000, batch_size: 8 } });
    const folder = emptyFolder();
    const { child, done } = start(["run", "--study", study, "--out", folder]);
    await locked(child, folder);
    const second = await offcurve("run", "--study", study, "--out", folder);
    child.kill("SIGINT");
    await done;
    expect(second.status).toBe(1);
    expect(second.stderr).toMatch(new RegExp(`${folder} is in use by process ${child.pid}, started \\d{4}-`));
  });
});

describe("the command line", () => {
  it.each([
    [["run", "--threads", "zero"], /--threads .*whole number/],
    [["run", "--engine", "abacus"], /abacus.*onnx-cpu/],
    [["runn"], /unknown command 'runn'/],
    [["table"], /--out/],
    [["table", "--out", ""], /--out .*Expected a path/],
    [["fit", "--table", GRID, "--sizes", "5"], /sizes/],
  ])("%j is a usage error: status 2", async (args, message) => {
    const { status, stdout, stderr } = await offcurve(...args);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
  });

  it.each([
    [["run", "--study", "kanij"], /^offcurve: kanij is neither a study of the kit/],
    [["run", "--study", "paper"], /imagenet-32/],
    [["table", "--out", "/nonexistent"], /^offcurve: .*nonexistent/],
    [["fit", "--table", "/nonexistent.csv"], /^offcurve: .*nonexistent\.csv/],
  ])("%j fails in one sentence: status 1", async (args, message) => {
    const { status, stdout, stderr } = await offcurve(...args);
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it.each([
    "studies",
    "plan",
    "run",
    "table",
    "fit",
    "plot",
    "claims",
    "compare",
    "report",
    "export",
    "import",
    "bench",
  ])("%s --help explains itself", async (command) => {
    const { status, stdout } = await offcurve(command, "--help");
    expect(status).toBe(0);
    expect(stdout).toContain(`Usage: offcurve ${command}`);
  });

  it("lists the studies", async () => {
    const { stdout } = await offcurve("studies");
    for (const name of ["kanji", "kanji-500", "kanji-quick", "fashion-mnist", "paper", "smoke"])
      expect(stdout).toContain(name);
  });

  it("takes a results folder without results as an error, not as an empty study", async () => {
    const folder = emptyFolder();
    copyFileSync(GRID, join(folder, "grid.csv"));
    const { status, stderr } = await offcurve("plot", "--out", folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^offcurve: /);
  });
});
