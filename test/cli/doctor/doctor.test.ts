import { rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { type Examination, type ExaminationOptions, examine } from "../../../lib/cli/doctor/examination";
import { nodeNotices } from "../../../lib/cli/doctor/node-version";
import { doctorText } from "../../../lib/cli/text/doctor";
import type { EngineProbe } from "../../../lib/engines/probe";
import type { MachineDescription } from "../../../lib/machine/machine";
import { brokenProject } from "../broken-project";

const MACHINE: MachineDescription = {
  processor: "Abacus 9000",
  physicalCores: 4,
  logicalCores: 8,
  availableCores: 8,
  memoryBytes: 16 * 2 ** 30,
  operatingSystem: "Debian GNU/Linux 12",
  kernel: "Linux 6.1.0",
  architecture: "x64",
  node: process.version,
  gpus: [{ model: "Abacus GPU", memoryBytes: 8 * 2 ** 30, driver: "1.2.3" }],
  notices: [],
};

function ready(name: EngineProbe["name"], gigaflops: number): EngineProbe {
  return {
    name,
    ready: true,
    description: name,
    version: `${name} 1.0`,
    settings: {},
    device: "processor",
    rate: { gigaflops, trialStepsPerSecond: 1234.5, seconds: 2 },
  };
}

const options = (probe: ExaminationOptions["probe"]): ExaminationOptions => ({
  names: ["onnx-cpu", "onnx-cuda", "tfjs-node"],
  probe: probe!,
  describe: async () => MACHINE,
  parts: async () => [],
});

describe("doctor", () => {
  it("lists what works by its rate, what does not with its remedy, and what auto takes", async () => {
    const examination = await examine(
      options(async (name) =>
        name === "onnx-cuda"
          ? { name, ready: false, reason: "no NVIDIA GPU", command: undefined }
          : ready(name, name === "tfjs-node" ? 12.345 : 100),
      ),
    );
    expect(examination.auto?.name).toBe("onnx-cpu");
    const text = doctorText(examination);
    expect(text).toContain("Processor: Abacus 9000 (x64), 4 cores, 8 threads");
    expect(text).toContain("GPUs: Abacus GPU, 8 GiB, driver 1.2.3");
    expect(text).toMatch(/onnx-cpu +100 +1230 +processor +onnx-cpu 1\.0/);
    expect(text).toMatch(/tfjs-node +12\.3 /);
    expect(text).toMatch(/Not ready:\n {2}onnx-cuda: no NVIDIA GPU\n {4}no command mends that/);
    expect(text).toMatch(/--engine auto takes onnx-cpu: .*\.$/);
  });

  it("goes on where probing and describing themselves fail", async () => {
    const examination = await examine({
      ...options(async () => {
        throw new Error("spawn EAGAIN\nmore");
      }),
      describe: async () => {
        throw new Error("Cannot find module 'zod'\nRequire stack:");
      },
      parts: async () => {
        throw new Error("spawn EAGAIN");
      },
    });
    expect(examination.machine).toBeUndefined();
    expect(examination.auto).toBeUndefined();
    expect(examination.engines.map((engine) => engine.ready)).toEqual([false, false, false]);
    expect(doctorText(examination)).toMatch(
      /^Node v[\s\S]*it could not be tried: spawn EAGAIN[\s\S]*Cannot find module 'zod'[\s\S]*No engine is ready\.$/,
    );
  });

  it("names the build of TensorFlow where a package of TensorFlow breaks", async () => {
    const { engines } = await examine(
      options(async (name) => ({
        name,
        ready: false,
        reason: "its process ended by SIGABRT",
        command: "npm ci",
      })),
    );
    expect(engines.map((engine) => !engine.ready && engine.command)).toEqual([
      "npm ci",
      "npm ci",
      "npm run tensorflow",
    ]);
  });

  it("tries an engine again without measuring it where it was too slow for that", async () => {
    const late = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const examination = await examine({
      ...options(async (name, { rateSeconds, timeoutSeconds }) => {
        const { rate: _, ...unmeasured } = ready(name, 1) as Extract<EngineProbe, { ready: true }>;
        if (rateSeconds === undefined) return unmeasured;
        await late(1.2 * timeoutSeconds!); // a timer can be a little early
        return { name, ready: false, reason: "it did not answer", command: undefined };
      }),
      names: ["tfjs-cpu"],
      timeoutSeconds: 0.05,
    });
    expect(examination.auto?.name).toBe("tfjs-cpu");
    expect(doctorText(examination)).toContain("tfjs-cpu works, and is too slow here for its rate");
  });

  it("tells which versions of Node are too old or untested", () => {
    expect(nodeNotices("v20.18.3")).toEqual([expect.stringContaining("needs Node 20.19 or newer")]);
    expect(nodeNotices("v18.20.0")).toEqual([expect.stringContaining("needs Node 20.19 or newer")]);
    expect(nodeNotices("v23.1.0")).toEqual([expect.stringContaining("is tested on Node 20, 22, 24")]);
    for (const version of ["v20.19.0", "v22.0.0", "v24.21.0"]) expect(nodeNotices(version)).toEqual([]);
  });
});

describe("doctor on a broken installation", () => {
  const project = brokenProject();
  afterAll(() => rmSync(project.folder, { recursive: true }));
  const stub = (text: string) => ({
    "package.json": JSON.stringify({ name: "stub", version: "4.22.0", main: "index.js" }),
    "index.js": text,
    "lib/napi-v8/tfjs_binding.node": "",
  });
  const examined = async (settings: object): Promise<Examination> => {
    const finished = await project.run(
      `dist("cli/doctor/examination.js").examine(${JSON.stringify(settings)}).then((found) => console.log(JSON.stringify(found)));`,
    );
    expect(finished).toMatchObject({ status: 0, stderr: "" });
    return JSON.parse(finished.stdout) as Examination;
  };

  it("reports what throws, aborts, is empty, damaged or missing, and takes what is left", async () => {
    // No addon beside its JavaScript, as where a download was cut short.
    project.replaced("onnxruntime-node", {
      "package.json": JSON.stringify({ name: "onnxruntime-node", version: "1.30.0", main: "index.js" }),
      "index.js": `require("./bin/napi-v6/onnxruntime_binding.node");`,
    });
    project.replaced("@tensorflow/tfjs-node", stub("process.abort();"));
    project.replaced("@tensorflow/tfjs-node-gpu", stub(`throw new Error("libcudart.so.11.0: cannot open");`));
    project.replaced("@tensorflow/tfjs-backend-wasm", { "package.json": "{ this is not" });
    project.linked("nodejs-polars", "/nonexistent");
    project.replaced("sharp", stub("process.abort();"));

    const { engines, auto, parts } = await examined({
      names: ["onnx-cpu", "tfjs-node", "tfjs-node-gpu", "tfjs-wasm", "tfjs-cpu"],
      rateSeconds: 0.1,
    });
    expect(engines).toMatchObject([
      {
        ready: false,
        reason: expect.stringMatching(/^the package onnxruntime-node cannot be loaded \(Cannot find module/),
        command: "npm ci",
      },
      {
        ready: false,
        reason: expect.stringMatching(/^its process ended by SIGABRT/),
        command: "npm run tensorflow",
      },
      {
        ready: false,
        reason: expect.stringContaining("(the one npm installed: libcudart.so.11.0: cannot open)"),
        command: "npm run tensorflow -- --gpu",
      },
      { ready: false, command: "npm ci" },
      { name: "tfjs-cpu", ready: true, rate: { gigaflops: expect.any(Number) } },
    ]);
    expect(auto).toMatchObject({ name: "tfjs-cpu" });
    expect(parts).toMatchObject([
      {
        name: "nodejs-polars",
        ready: false,
        reason: expect.stringContaining("Cannot find module"),
        command: "npm ci",
      },
      { name: "sharp", ready: false, reason: expect.stringContaining("SIGABRT") },
      { name: "zeromq", ready: true },
    ]);
  });

  it("is not held up by what hangs", async () => {
    project.replaced("@tensorflow/tfjs-node", stub("for (;;);"));
    const { engines } = await examined({ names: ["tfjs-node"], timeoutSeconds: 2 });
    expect(engines).toEqual([
      {
        name: "tfjs-node",
        ready: false,
        reason: "it did not answer within 2 seconds",
        command: "npm run tensorflow",
      },
    ]);
  });

  it("ends with status 1 and one JSON document where no engine is left", async () => {
    for (const name of ["@tensorflow/tfjs", "zod"]) project.linked(name, "/nonexistent");
    const run = (argument: string) =>
      project.run(`dist("cli/commands/doctor.js").doctorMain([${argument}]);`);
    const json = await run(`"--json"`);
    expect(json.status).toBe(1);
    const document = JSON.parse(json.stdout);
    expect(document).toMatchObject({ node: process.version, machine: null, auto: null });
    expect(document.engines).toHaveLength(8);
    for (const engine of document.engines) {
      expect(engine).toMatchObject({ ready: false, reason: expect.stringMatching(/\S/) });
    }
    expect(await run(`"--jsno"`)).toMatchObject({ status: 2, stdout: "" });
  });
});
