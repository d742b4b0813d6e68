import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { probeEngine } from "../../lib/engines/probe";
import { tensorflowPackages } from "../../lib/engines/tensorflow-package";
import { readLedger } from "../../lib/sweep/ledger";
import type { TrialRecord } from "../../lib/sweep/record";
import { brokenProject } from "../cli/broken-project";

const ROOT = resolve(__dirname, "../..");
const FOLDER = join(ROOT, "environment/tensorflow");

const isBuilt = () =>
  tensorflowPackages("tfjs-node").some(({ origin, complete }) => origin === "built" && complete);

/** The requirements of a lock: name, version, and how many hashes. */
function locked(file: string) {
  const text = readFileSync(join(FOLDER, file), "utf8").replace(/^\s*#.*\n/gm, "");
  return text
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => ({
      name: /^[a-z0-9-]+/.exec(line)![0],
      version: /^[a-z0-9-]+==([\d.]+)( |$)/.exec(line)?.[1],
      hashes: [...line.matchAll(/--hash=sha256:[0-9a-f]{64}\b/g)].length,
    }));
}

describe("the locks of libtensorflow", () => {
  const [cpu, cuda] = [locked("requirements-cpu.txt"), locked("requirements-cuda.txt")];

  it("pin one version of every package, by hashes", () => {
    expect(cpu.map(({ name }) => name)).toEqual(["tensorflow", "tensorflow-cpu"]);
    expect(cuda.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["tensorflow", "nvidia-cublas-cu12", "nvidia-cudnn-cu12"]),
    );
    for (const { name, version, hashes } of [...cpu, ...cuda]) {
      expect(version, name).toMatch(/^\d+(\.\d+)+$/);
      expect(hashes, name).toBeGreaterThan(0);
    }
  });

  it("have the same TensorFlow for processors and GPUs", () => {
    const versions = [...cpu, ...cuda]
      .filter(({ name }) => name.startsWith("tensorflow"))
      .map(({ version }) => version);
    expect(new Set(versions).size).toBe(1);
  });

  it("name every package that the requirements beside them ask for", () => {
    for (const [kind, lock] of [
      ["cpu", cpu],
      ["cuda", cuda],
    ] as const) {
      const asked = readFileSync(join(FOLDER, `requirements-${kind}.in`), "utf8").match(/^[a-z][a-z0-9-]*/gm);
      expect(lock.map(({ name }) => name).toSorted()).toEqual(asked!.toSorted());
    }
  });
});

/**
 * The build downloads 270 MB and takes one to two minutes: it is done under CI, once, and the rest is tested wherever it
 * was done.
 */
describe.skipIf(!process.env.CI && !isBuilt())("tfjs-node over a current libtensorflow", () => {
  beforeAll(async () => {
    if (isBuilt()) return;
    const program = join(ROOT, "lib/dist/cli/scripts/tensorflow.js");
    const { stdout } = await promisify(execFile)(process.execPath, [program], { cwd: ROOT });
    expect(stdout).toMatch(/Trained its 144 trials[\s\S]*It agrees: losses differ by \S+e-\d+/);
  }, 900_000);

  it("is ready, and says over which libtensorflow", async () => {
    const version = locked("requirements-cpu.txt")[0]!.version!;
    expect(await probeEngine("tfjs-node")).toMatchObject({
      ready: true,
      device: "processor",
      version: "@tensorflow/tfjs-node 4.22.0",
      settings: { libtensorflow: version, threads: expect.any(Number) },
      description: expect.stringContaining(`over libtensorflow ${version}, built by npm run tensorflow`),
    });
  });

  it("finds every library that it is linked with, its own libtensorflow among them", () => {
    const folder = tensorflowPackages("tfjs-node")[0]!.folder;
    const report = spawnSync("ldd", [join(folder, "lib/napi-v8/tfjs_binding.node")], {
      encoding: "utf8",
    }).stdout;
    expect(report).not.toContain("not found");
    expect(report).toMatch(/libtensorflow_cc\.so\.2 => \S*environment\/tensorflow\/built\//);
  });

  it("is used as it is where npm installed it", async () => {
    const project = brokenProject();
    project.linked("@tensorflow/tfjs-node", tensorflowPackages("tfjs-node")[0]!.folder);
    const program = `dist("engines/probe.js").probeEngine("tfjs-node").then((probe) => console.log(JSON.stringify(probe)));`;
    const { stdout } = await project.run(program);
    rmSync(project.folder, { recursive: true });
    expect(JSON.parse(stdout)).toMatchObject({
      ready: true,
      description: expect.stringContaining(", as npm installed it, "),
    });
  });

  it("trains the smoke study to the losses of onnx-cpu", async () => {
    const [ours, theirs] = [await smoke("tfjs-node"), await smoke("onnx-cpu")];
    expect(ours).toHaveLength(144);
    const reference = new Map(theirs.map((record) => [record.id, record]));
    const differences = ours.map((record) => {
      const other = reference.get(record.id)!;
      expect(other.status).toBe(record.status);
      if (record.status === "diverged" || other.status === "diverged") return 0;
      return Math.abs(record.loss - other.loss) / other.loss;
    });
    // Rounding, 1e-7; the quarter at the highest learning rates amplifies it, and says nothing of the engine.
    const usual = differences.toSorted((a, b) => a - b)[Math.floor(0.75 * differences.length)];
    expect(usual).toBeLessThan(1e-5);
  }, 600_000);
});

async function smoke(engine: string): Promise<readonly TrialRecord[]> {
  const folder = mkdtempSync(join(tmpdir(), "offcurve-smoke-"));
  const program = join(ROOT, "lib/bin/offcurve.js");
  await promisify(execFile)(process.execPath, [
    program,
    "run",
    "--study",
    "smoke",
    "--engine",
    engine,
    "--out",
    folder,
  ]);
  const { records } = readLedger(folder);
  rmSync(folder, { recursive: true });
  return records;
}
