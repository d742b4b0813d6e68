import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type BundleSummary, makeBundle } from "../../lib/bundle/bundle";
import { leftOut } from "../../lib/bundle/target";
import { writtenEntries } from "../../lib/bundle/written";
import { readLedger } from "../../lib/sweep/ledger";
import { emptyFolder, offcurve } from "../cli/offcurve";
import { temporary } from "./temporary";

/** Packed fast; with BUNDLE_LEVEL=9e as small as users pack it, which takes minutes and shows that it is below its limit. */
const LEVEL = process.env.BUNDLE_LEVEL === "9e" ? "9e" : "0";
const SIZE_LIMIT = 60e6;

const hasXz = spawnSync("xz", ["--version"]).status === 0;
const here = `${process.platform}-${process.arch}`;

describe.runIf(process.env.CI || (hasXz && here === "linux-x64"))("a bundle", () => {
  const file = join(temporary(), "bundle.tar.xz");
  const place = join(temporary(), "a folder with spaces");
  const home = temporary();
  let summary: BundleSummary;
  let folder: string;

  beforeAll(async () => {
    const sizeLimit = LEVEL === "9e" ? SIZE_LIMIT : 90e6;
    summary = await makeBundle(file, { target: "linux-x64", level: LEVEL, sizeLimit });
    mkdirSync(place);
    execFileSync("tar", ["xf", file, "-C", place]);
    folder = join(place, summary.folder);
  }, 1_800_000);

  /** In an empty folder, with an environment of nothing but an empty PATH and HOME. */
  const bundled = (args: string[], cwd = emptyFolder()) => {
    const result = spawnSync(
      "/usr/bin/env",
      ["-i", "PATH=", `HOME=${home}`, join(folder, "offcurve"), ...args],
      {
        cwd,
        encoding: "utf8",
      },
    );
    return { ...result, cwd };
  };

  it.runIf(LEVEL === "9e")("takes at most 60 MB", () => {
    expect(statSync(file).size).toBeLessThanOrEqual(SIZE_LIMIT);
  });

  it("says its size and hash as others find them", () => {
    expect(summary.bytes).toBe(statSync(file).size);
    const hash = execFileSync("sha256sum", [file], { encoding: "utf8" }).split(" ")[0];
    expect(summary.sha256).toBe(hash);
    expect(summary.parts.reduce((sum, part) => sum + part.packedBytes, 0)).toBe(summary.bytes);
    expect(summary.studies).toContain("kanji");
    expect(summary.studies).not.toContain("smoke");
  });

  it("is made again with the same bytes", async () => {
    const again = await makeBundle(join(temporary(), "again.tar.xz"), {
      target: "linux-x64",
      level: LEVEL,
      sizeLimit: 90e6,
    });
    expect(again.sha256).toBe(summary.sha256);
  }, 600_000);

  it("trains a study with nothing installed to the numbers of the library, bit by bit", async () => {
    const study = join(folder, "check.json");
    const { status, stdout, stderr, cwd } = bundled(["run", "--study", study, "--threads", "1"]);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stdout).toContain("Trained 16 trials");
    const results = join(cwd, "results", "check");
    for (const name of ["trials.csv", "trials.parquet", "figures/four-panels.svg"])
      expect(existsSync(join(results, name)), name).toBe(true);

    const own = emptyFolder();
    const library = await offcurve("run", "--study", study, "--threads", "1", "--out", own);
    expect(library.status).toBe(0);
    const numbers = (place: string) =>
      readLedger(place)
        .records.map((record) => ({ ...record, seconds: 0, finished: "" }))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    const trained = numbers(results);
    expect(trained).toHaveLength(16);
    expect(trained.map(({ id }) => id)).toEqual(numbers(own).map(({ id }) => id));
    expect(trained.map((record) => "curve" in record && record.curve)).toEqual(
      numbers(own).map((record) => "curve" in record && record.curve),
    );
  }, 180_000);

  it.each(["--help", "run --help", "table --help"])("answers %s", (words) => {
    expect(bundled(words.split(" "))).toMatchObject({ status: 0, stderr: "" });
  });

  it("examines the machine", () => {
    const { status, stdout } = bundled(["doctor", "--json"]);
    expect(status).toBe(0);
    const { engines } = JSON.parse(stdout) as {
      engines: { name: string; ready: boolean; reason?: string; command?: string | null }[];
    };
    const ready = engines.filter((engine) => engine.ready).map(({ name }) => name);
    expect(ready).toEqual(expect.arrayContaining(["onnx-cpu", "tfjs-wasm", "tfjs-cpu"]));
    const cuda = engines.find(({ name }) => name === "onnx-cuda")!;
    expect(cuda.reason).toMatch(/; the bundle's README\.txt says how it is added$/);
    expect(cuda.command ?? null).toBeNull();
    expect(readFileSync(join(folder, "README.txt"), "utf8")).toContain("npm run cuda");
  }, 240_000);

  it("says which data a study lacks", () => {
    const { status, stderr } = bundled(["run", "--study", "smoke"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^offcurve: .*fashion-mnist needs .*\n$/);
  });

  it("has written nothing into HOME or its own folder", () => {
    expect(readdirSync(home)).toEqual([]);
    const linesOf = (command: string, ...args: string[]) =>
      execFileSync(command, args, { encoding: "utf8", maxBuffer: 2 ** 26 })
        .split("\n")
        .filter(Boolean);
    // Not by Node, whose later versions also list what a link in the bundle leads to.
    expect(linesOf("find", place, "-not", "-type", "d")).toHaveLength(linesOf("tar", "tf", file).length);
  });

  it("says so where its Node is not beside it", () => {
    const lonely = join(temporary(), "offcurve");
    writeFileSync(lonely, readFileSync(join(folder, "offcurve")), { mode: 0o755 });
    const { status, stderr } = spawnSync("/usr/bin/env", ["-i", lonely], { encoding: "utf8" });
    expect(status).toBe(1);
    expect(stderr).toContain(`${dirname(lonely)}/node/bin/node is missing`);
  });
});

describe.runIf(process.env.CI || hasXz)("a bundle that cannot be made", () => {
  it("is not begun with an engine that is too large for it", async () => {
    const file = join(temporary(), "b.tar.xz");
    await expect(
      makeBundle(file, { target: "linux-x64", engines: ["onnx-cpu", "onnx-cuda"] }),
    ).rejects.toThrow(/^onnx-cuda cannot be bundled: .*; engines that can be: onnx-cpu, /);
    expect(existsSync(file)).toBe(false);
  });

  it.runIf(process.env.CI || here === "linux-x64")(
    "is not written where it is larger than allowed",
    async () => {
      const file = join(temporary(), "b.tar.xz");
      const options = { target: "linux-x64", level: LEVEL, sizeLimit: 10e6 } as const;
      await expect(makeBundle(file, options)).rejects.toThrow(
        /^the bundle would take [\d.]+ MB, more than the 10\.0 MB allowed \(library [\d.]+ MB, Node [\d.]+ [\d.]+ MB, .*--limit$/,
      );
      expect(readdirSync(dirname(file))).toEqual([]);
    },
    1_800_000,
  );

  it("names what is missing where there is no xz", async () => {
    const path = process.env.PATH;
    process.env.PATH = temporary();
    try {
      const made = makeBundle(join(temporary(), "b.tar.xz"), { target: "linux-x64" });
      await expect(made).rejects.toThrow(
        /the command xz, which is not here; .* apt-get install -y xz-utils$/,
      );
    } finally {
      process.env.PATH = path;
    }
  });
});

describe("what stands in for a package that is left out", () => {
  const folder = temporary();
  const missing = leftOut(["onnx-cpu"]);
  const description = { version: "1", target: "linux-x64", engines: ["onnx-cpu"], datasets: [] } as const;
  for (const entry of writtenEntries(description, missing)) {
    if (!("contents" in entry)) continue;
    mkdirSync(dirname(join(folder, entry.path)), { recursive: true });
    writeFileSync(join(folder, entry.path), entry.contents);
  }
  mkdirSync(join(folder, "lib/dist"), { recursive: true });
  const run = (code: string) => {
    const file = join(folder, "lib/dist/program.js");
    writeFileSync(file, code);
    return spawnSync(process.execPath, [file], { encoding: "utf8" });
  };

  it("lets the library load a package that it may never use, and says why on use", () => {
    expect(run('require("sharp"); const { Dealer } = require("zeromq")')).toMatchObject({ status: 0 });
    expect(run('require("sharp")(1)').stderr).toContain(
      "Error: the package sharp is not in this bundle: a bundle neither reads encoded images",
    );
    expect(run('new (require("zeromq").Dealer)()').stderr).toContain("a bundle does not execute notebooks");
  });

  it("tells others on loading", () => {
    const others = spawnSync(process.execPath, ["-e", 'require("sharp")'], { cwd: folder, encoding: "utf8" });
    expect(others).toMatchObject({ status: 1 });
    expect(others.stderr).toContain("the package sharp is not in this bundle");
  });

  it("refuses on loading what an engine stands on", () => {
    expect(run('require("webgpu")')).toMatchObject({ status: 1 });
    expect(run('import("webgpu")').stderr).toContain(
      "the package webgpu is not in this bundle: this bundle was made without tfjs-webgpu",
    );
  });
});
