import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ENGINE_NAMES } from "../../lib/engines/names";
import { checkParity } from "../../lib/engines/parity-check";
import { probeEngine } from "../../lib/engines/probe";

const environment = { ...process.env };

afterEach(() => {
  for (const name of ["NODE_OPTIONS", "VK_ICD_FILENAMES"]) {
    if (environment[name] === undefined) delete process.env[name];
    else process.env[name] = environment[name];
  }
});

/** Makes every process that Node starts from here run a text first: how an installation is broken for a test. */
function preload(text: string): void {
  const file = join(mkdtempSync(join(tmpdir(), "offcurve-preload-")), "preload.cjs");
  writeFileSync(file, text);
  process.env.NODE_OPTIONS = `--require ${file}`;
}

/** Makes loading a package do something else. */
const onLoading = (name: string, what: string) => `
  const Module = require("node:module");
  const load = Module._load;
  Module._load = function (request, ...rest) {
    if (request === ${JSON.stringify(name)}) { ${what} }
    return load.call(this, request, ...rest);
  };
`;

describe("an engine that works", () => {
  it("is ready, with what it is and how fast it trains", async () => {
    const probe = await probeEngine("onnx-cpu", { rateSeconds: 0.2 });
    expect(probe).toMatchObject({
      name: "onnx-cpu",
      ready: true,
      version: expect.stringMatching(/^onnxruntime-node \d+\.\d+\.\d+$/),
      device: "processor",
      settings: { provider: "cpu" },
    });
    const { rate } = probe as Extract<typeof probe, { ready: true }>;
    expect(rate!.gigaflops).toBeGreaterThan(0.1);
    expect(rate!.seconds).toBeGreaterThanOrEqual(0.2);
    // 6 multiply-adds of each weight and example, less the gradient of the inputs of the first layer.
    const weights = [257 * 128, 129 * 128, 129 * 128, 129 * 100];
    const flops = weights.reduce((total, count, layer) => total + (layer === 0 ? 4 : 6) * 128 * count, 0);
    expect(rate!.gigaflops).toBeCloseTo((rate!.trialStepsPerSecond * flops) / 1e9, 6);
  });

  it("is not measured unless that is asked for", async () => {
    expect(await probeEngine("tfjs-cpu")).not.toHaveProperty("rate");
  });
});

describe("an engine that does not work says why in one line, and ends nothing but its own process", () => {
  it("where its package is not installed", async () => {
    preload(
      onLoading(
        "onnxruntime-node",
        `throw Object.assign(new Error("Cannot find module 'onnxruntime-node'\\nRequire stack:"), { code: "MODULE_NOT_FOUND" });`,
      ),
    );
    expect(await probeEngine("onnx-cpu")).toEqual({
      name: "onnx-cpu",
      ready: false,
      reason: "the package onnxruntime-node is not installed",
      command: "npm ci",
    });
  });

  it("where its native part does not load", async () => {
    preload(
      onLoading("onnxruntime-node", `throw new Error("libfoo.so: cannot open shared object file\\nmore");`),
    );
    expect(await probeEngine("onnx-cpu")).toMatchObject({
      ready: false,
      reason: "the package onnxruntime-node cannot be loaded (libfoo.so: cannot open shared object file)",
      command: "npm ci",
    });
  });

  it("where its native part ends the process", async () => {
    preload(onLoading("onnxruntime-node", "process.abort();"));
    const probe = await probeEngine("onnx-cpu");
    expect(probe).toMatchObject({ ready: false, reason: expect.stringMatching(/^its process ended by SIG/) });
    expect(await checkParity("onnx-cpu")).toMatchObject({ verdict: "not ready" });
  });

  it("where its native part exits without a word", async () => {
    preload(onLoading("onnxruntime-node", "process.exit(0);"));
    expect(await probeEngine("onnx-cpu")).toMatchObject({
      ready: false,
      reason: "its process ended with status 0",
    });
  });

  it("where it hangs", async () => {
    preload(onLoading("onnxruntime-node", "for (;;);"));
    expect(await probeEngine("onnx-cpu", { timeoutSeconds: 3 })).toMatchObject({
      ready: false,
      reason: "it did not answer within 3 seconds",
    });
  });

  it.runIf(process.platform === "linux")("where WebGPU finds no driver", async () => {
    process.env.VK_ICD_FILENAMES = "/nonexistent.json";
    for (const name of ["onnx-webgpu", "tfjs-webgpu"] as const) {
      expect(await probeEngine(name)).toMatchObject({
        name,
        ready: false,
        reason: "WebGPU finds no GPU, and no driver that it can use",
        command: expect.stringContaining("apt-get install"),
      });
    }
  });

  it("where it fails in training, and parity then counts it as failed rather than absent", async () => {
    const broken = `const tf = load.call(this, request, ...rest);
      return { ...tf, zeros: () => { throw new Error("out of memory"); } };`;
    preload(onLoading("@tensorflow/tfjs", broken));
    expect(await probeEngine("tfjs-cpu")).toMatchObject({
      ready: false,
      reason: "it starts, and fails: out of memory",
    });
    expect(await checkParity("tfjs-cpu")).toEqual({
      name: "tfjs-cpu",
      verdict: "failed",
      reason: "it starts, and fails: out of memory",
    });
  });
});

it("the names are those of the engines, the default first", () => {
  expect(ENGINE_NAMES[0]).toBe("onnx-cpu");
  expect(new Set(ENGINE_NAMES).size).toBe(8);
});
