import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import type { Engine, State } from "../../lib/engines/engine";
import { createEngine } from "../../lib/engines/engines";
import { EngineUnavailableError } from "../../lib/engines/errors";
import { compile } from "../../lib/engines/onnx-session";
import { webgpuProvider } from "../../lib/engines/onnx-webgpu";
import { nextName, trainingGraph } from "../../lib/engines/step-graphs";
import { OPTIMIZERS } from "../../lib/optimizers/optimizers";
import type { Graph } from "../../lib/trace/graph";
import { BATCH, batches, initialState, programSpec, relativeDifference } from "./training";

let engine: Engine | undefined;
let absent = "";

beforeAll(async () => {
  engine = await createEngine("onnx-webgpu").catch((error: unknown) => {
    if (!(error instanceof EngineUnavailableError)) throw error;
    absent = error.message;
    return undefined;
  });
});

/** The nodes that ran, as "provider operation", by ONNX Runtime's own profile of one call. */
async function nodesRun(graph: Graph): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "offcurve-profile-"));
  const options = {
    ...webgpuProvider("software-gpu").options,
    enableProfiling: true,
    profileFilePrefix: join(folder, "profile"),
  };
  const kept = graph.outputs.map(({ name }) => name).filter((name) => name !== "losses");
  const model = await compile(graph, { ...webgpuProvider("software-gpu"), options }, kept);
  const feeds = graph.inputs.map(({ name, dtype, shape }) => {
    const size = shape.reduce((product, side) => product * side, 1);
    return [name, new Tensor(dtype === "int32" ? new Int32Array(size) : new Float32Array(size), shape)];
  });
  const results = await model.run(Object.fromEntries(feeds) as InferenceSession.FeedsType);
  for (const name of kept) expect(results[name], name).toMatchObject({ location: "gpu-buffer" });
  expect(results.losses).toMatchObject({ location: "cpu" });
  model.endProfiling();
  await model.release();
  const [file] = readdirSync(folder);
  type Event = { cat: string; name: string; args: { provider: string; op_name: string } };
  const events = JSON.parse(readFileSync(join(folder, file!), "utf8")) as Event[];
  return events
    .filter(({ cat, name }) => cat === "Node" && name.endsWith("_kernel_time"))
    .map(({ args }) => `${args.provider} ${args.op_name}`);
}

describe("the WebGPU provider", () => {
  it("runs every node of an update on the GPU but the splitting of labels, and keeps the state there", {
    timeout: 120_000,
  }, async ({ skip }) => {
    if (!engine) return skip(absent);
    const architecture = { layer_norm: true, activation: "gelu", depth: 2 } as const;
    const nodes = await nodesRun(trainingGraph(programSpec({ architecture }, 2), 2));
    const onGpu = nodes.filter((node) => node.startsWith("WebGpuExecutionProvider "));
    expect(onGpu.length).toBeGreaterThan(150);
    expect(onGpu).toContain("WebGpuExecutionProvider MatMul");
    // Integers that come from this side anyway, split by update.
    const elsewhere = nodes.filter((node) => !onGpu.includes(node));
    expect(elsewhere.filter((node) => node !== "CPUExecutionProvider Split")).toEqual([]);
    expect(elsewhere.length).toBeLessThanOrEqual(1);
  });

  it("holds a state that can be read, set, measured and trained on in any order", {
    timeout: 120_000,
  }, async ({ skip }) => {
    if (!engine) return skip(absent);
    const spec = programSpec({ architecture: { depth: 1 }, optimizer: "momentum" }, 2);
    const { images, labels } = batches(3);
    const stride = BATCH * spec.architecture.inputs;
    const { coefficients } = OPTIMIZERS.momentum;
    const table = new Float32Array(coefficients.length * 2).map((_, i) => (i < 2 ? 0.9 : 0.01 / BATCH));
    const train = async (session: Awaited<ReturnType<Engine["open"]>>, from: number, to: number) => {
      for (let k = from; k < to; k++) {
        const part = [
          images.subarray(k * stride, (k + 1) * stride),
          labels.subarray(k * BATCH, (k + 1) * BATCH),
        ];
        await session.update(part[0] as Float32Array, part[1] as Int32Array, table);
      }
    };
    const measured = (session: Awaited<ReturnType<Engine["open"]>>) =>
      session.evaluate(images.subarray(0, stride), labels.subarray(0, BATCH));
    const same = (actual: State, expected: State) => {
      for (const [name, values] of Object.entries(expected)) {
        expect(relativeDifference(actual[name]!, values), name).toBeLessThan(1e-5);
      }
    };

    const processor = await (await createEngine("onnx-cpu", { threads: 1 })).open(spec);
    const session = await engine.open(spec);
    const start = initialState(spec, [0, 1]);
    for (const each of [processor, session]) each.setState(start);
    expect(await session.getState()).toEqual(start); // before anything was on the GPU
    await measured(session);
    await train(processor, 0, 2);
    await train(session, 0, 2);
    const middle = await session.getState();
    same(middle, await processor.getState());
    await train(processor, 2, 3);
    await train(session, 2, 3);
    same(await session.getState(), await processor.getState());
    const [ours, theirs] = [await measured(session), await measured(processor)];
    expect(relativeDifference(ours.losses, theirs.losses)).toBeLessThan(1e-5);
    expect(ours.correct).toEqual(theirs.correct);
    // Back to the middle, and the same way again: the same bits, the state having been through this side.
    const end = await session.getState();
    session.setState(middle);
    expect(await session.getState()).toEqual(middle);
    await train(session, 2, 3);
    expect(await session.getState()).toEqual(end);
    await session.close();
    await processor.close();
  });
});

it("names the outputs of the state apart from its inputs", () => {
  const { inputs, outputs } = trainingGraph(programSpec({}, 1), 1);
  const states = inputs.filter(({ name }) => !["images", "labels", "coefficients"].includes(name));
  expect(outputs.map(({ name }) => name)).toEqual([...states.map(({ name }) => nextName(name)), "losses"]);
});
