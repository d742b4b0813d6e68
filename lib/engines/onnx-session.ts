/**
 * A stack in training on ONNX Runtime: the step program is traced to a model, which is executed, many updates in one call,
 * by one of ONNX Runtime's execution providers. The engines, one for each provider, are `onnx.ts`,
 * `onnx-webgpu.ts` and `onnx-cuda.ts`.
 */

import "./without-telemetry";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Images } from "../datasets/encoding";
import { type ProgramSpec, stateSpecs } from "../optimizers/program";
import type { Graph } from "../trace/graph";
import { toOnnx, toRepeatedOnnx } from "../trace/onnx";
import type { Evaluation, Session, State } from "./engine";
import { copies, SessionState } from "./onnx-state";
import { copyGraph, evaluationGraph, nextName, parameterTensors, trainingGraph } from "./step-graphs";

/** How an execution provider takes the step program. */
export interface Provider {
  readonly options: InferenceSession.SessionOptions;
  /**
   * Whether the provider itself repeats an update. Otherwise a call is as many updates one after the other in the graph,
   * and the state stays on the device from one call to the next.
   */
  readonly repeats: boolean;
  /** Updates that it does best in one call. */
  updatesPerCall(spec: ProgramSpec): number;
  /** Writes a graph with the operations that the provider has. */
  readonly prepare?: (graph: Graph) => Graph;
}

/** Creates the model of a graph as a provider takes it; outputs named as kept stay on the device. */
export async function compile(
  graph: Graph,
  { options, prepare }: Pick<Provider, "options" | "prepare">,
  kept: readonly string[] = [],
): Promise<InferenceSession> {
  const model = toOnnx(prepare ? prepare(graph) : graph);
  if (kept.length === 0) return InferenceSession.create(model, options);
  const locations = graph.outputs.map(({ name }) => [name, kept.includes(name) ? "gpu-buffer" : "cpu"]);
  const preferredOutputLocation = Object.fromEntries(locations) as Record<string, "cpu" | "gpu-buffer">;
  return InferenceSession.create(model, { ...options, preferredOutputLocation });
}

export class OnnxSession implements Session {
  private readonly models = new Map<string, Promise<InferenceSession>>();
  private readonly state: SessionState;

  constructor(
    private readonly spec: ProgramSpec,
    private readonly provider: Provider,
  ) {
    this.state = new SessionState(stateSpecs(spec));
  }

  setState(state: Readonly<State>): void {
    this.state.set(state);
  }

  async getState(): Promise<State> {
    const { tensors } = this.state;
    const onDevice = Object.values(tensors).some(({ location }) => location !== "cpu");
    if (!onDevice) return copies(tensors);
    const model = await this.model("copy", () => compile(copyGraph(this.spec), this.provider));
    const results = await model.run(tensors);
    return copies(
      Object.fromEntries(Object.keys(tensors).map((name) => [name, results[nextName(name)] as Tensor])),
    );
  }

  async update(images: Images, labels: Int32Array, coefficients: Float32Array): Promise<Float32Array> {
    const { batchSize, trials } = this.spec;
    const updates = labels.length / batchSize;
    const losses = new Float32Array(updates * trials);
    const most = this.provider.updatesPerCall(this.spec);
    for (let done = 0; done < updates; ) {
      const count = Math.min(most, updates - done);
      const part = <T extends Images | Int32Array>(array: T): T => {
        const stride = array.length / updates;
        return array.subarray(done * stride, (done + count) * stride) as T;
      };
      await this.step(count, part(images), part(labels), part(coefficients), part(losses));
      done += count;
    }
    return losses;
  }

  async evaluate(images: Images, labels: Int32Array): Promise<Evaluation> {
    const batch = labels.length;
    const model = await this.model(`evaluate ${batch}`, () =>
      compile(evaluationGraph(this.spec, batch), this.provider),
    );
    const parameters = parameterTensors(this.spec).map(({ name }) => [name, this.state.tensors[name]!]);
    const results = await model.run({
      ...Object.fromEntries(parameters),
      images: new Tensor(images, [1, batch, this.spec.architecture.inputs]),
      labels: new Tensor(labels, [batch]),
    });
    const values = (name: keyof Evaluation) => results[name]!.data as Float32Array;
    return { losses: values("losses"), correct: values("correct") };
  }

  async close(): Promise<void> {
    this.state.dispose();
    for (const model of this.models.values()) await (await model).release();
    this.models.clear();
  }

  private async step(
    count: number,
    images: Images,
    labels: Int32Array,
    coefficients: Float32Array,
    losses: Float32Array,
  ): Promise<void> {
    const { batchSize, trials, architecture } = this.spec;
    const { repeats } = this.provider;
    const model = await this.model(repeats ? "train" : `train ${count}`, () => this.trainingModel(count));
    const lead = repeats ? [count, 1] : [count];
    const feeds = {
      ...this.state.tensors,
      images: new Tensor(images, [...lead, batchSize, architecture.inputs]),
      labels: new Tensor(labels, [...lead, batchSize]),
      coefficients: new Tensor(coefficients, [...lead, coefficients.length / count / trials, trials]),
    };
    const results = await model.run(feeds);
    losses.set(results.losses!.data as Float32Array);
    this.state.advance(results);
  }

  /** One update that the provider repeats, or so many in a row. */
  private trainingModel(count: number): Promise<InferenceSession> {
    const { options, repeats, prepare = (graph) => graph } = this.provider;
    const names = stateSpecs(this.spec).map(({ name }) => name);
    if (repeats) {
      const carried = names.map((name) => [name, nextName(name)] as const);
      return InferenceSession.create(toRepeatedOnnx(prepare(trainingGraph(this.spec, 1)), carried), options);
    }
    return compile(trainingGraph(this.spec, count), this.provider, names.map(nextName));
  }

  private model(key: string, create: () => Promise<InferenceSession>): Promise<InferenceSession> {
    let model = this.models.get(key);
    if (!model) {
      model = create();
      this.models.set(key, model);
    }
    return model;
  }
}
