/**
 * The compiled engine: the step program is traced to an ONNX model, several updates unrolled in it, and executed
 * by ONNX Runtime on the processor.
 */

import { availableParallelism } from "node:os";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { updateFlops } from "../model/mlp";
import { OPTIMIZERS } from "../optimizers/optimizers";
import {
  type Batches,
  evaluate,
  type ProgramSpec,
  type StateSpec,
  stateSpecs,
  train,
} from "../optimizers/program";
import { toOnnx } from "../trace/onnx";
import { type TensorSpec, trace } from "../trace/trace";
import type { Engine, EngineOptions, Evaluation, Session, State } from "./engine";

const { version } = require("onnxruntime-node/package.json") as { version: string };

/** Most updates in one call of the model: enough to make the cost of a call vanish, few enough to compile quickly. */
const MAX_UNROLL = 8;

/** Work in one call: about a tenth of a second on two cores, so that an interrupt is soon noticed. */
const CALL_FLOPS = 1e10;

export function onnxEngine({ threads = availableParallelism() }: EngineOptions = {}): Engine {
  const options: InferenceSession.SessionOptions = {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    graphOptimizationLevel: "all",
    // Moments of units that no longer learn decay into denormal numbers, which processors multiply slowly.
    extra: { session: { set_denormal_as_zero: "1" } },
  };
  return {
    name: "onnx-cpu",
    description: `onnxruntime-node ${version}, CPU provider, ${threads} threads`,
    threads,
    open: async (spec) => new OnnxSession(spec, options),
  };
}

type Tensors = Record<string, Tensor>;

class OnnxSession implements Session {
  readonly updatesPerCall: number;
  private readonly specs: readonly StateSpec[];
  private readonly models = new Map<string, Promise<InferenceSession>>();
  /** Two sets of buffers: a call reads the state from one and writes it to the other, and then they change places. */
  private state: Tensors;
  private spare: Tensors;

  constructor(
    private readonly spec: ProgramSpec,
    private readonly options: InferenceSession.SessionOptions,
  ) {
    const flops = updateFlops(spec.architecture, spec.batchSize) * spec.trials;
    this.updatesPerCall = 2 ** Math.floor(Math.log2(Math.min(MAX_UNROLL, Math.max(1, CALL_FLOPS / flops))));
    this.specs = stateSpecs(spec);
    this.state = this.zeros();
    this.spare = this.zeros();
  }

  setState(state: Readonly<State>): void {
    for (const { name } of this.specs) (this.state[name]!.data as Float32Array).set(state[name]!);
  }

  async getState(): Promise<State> {
    const copies = this.specs.map(({ name }) => [name, (this.state[name]!.data as Float32Array).slice()]);
    return Object.fromEntries(copies) as State;
  }

  async update(images: Float32Array, labels: Int32Array, coefficients: Float32Array): Promise<Float32Array> {
    const { batchSize, trials } = this.spec;
    const updates = labels.length / batchSize;
    const losses = new Float32Array(updates * trials);
    for (let done = 0; done < updates; ) {
      const count = updates - done >= this.updatesPerCall ? this.updatesPerCall : 1;
      const part = <T extends Float32Array | Int32Array>(array: T): T => {
        const stride = array.length / updates;
        return array.subarray(done * stride, (done + count) * stride) as T;
      };
      await this.step(count, part(images), part(labels), part(coefficients), part(losses));
      done += count;
    }
    return losses;
  }

  async evaluate(images: Float32Array, labels: Int32Array): Promise<Evaluation> {
    const { trials, architecture } = this.spec;
    const batch = labels.length;
    const model = await this.model(`evaluate ${batch}`, () => this.traceEvaluation(batch));
    const losses = new Float32Array(trials);
    const correct = new Float32Array(trials);
    const parameters = this.parameters().map(({ name }) => [name, this.state[name]!]);
    await model.run(
      {
        ...Object.fromEntries(parameters),
        images: new Tensor(images, [1, batch, architecture.inputs]),
        labels: new Tensor(labels, [batch]),
      },
      { losses: new Tensor(losses, [trials]), correct: new Tensor(correct, [trials]) },
    );
    return { losses, correct };
  }

  async close(): Promise<void> {
    for (const model of this.models.values()) await (await model).release();
    this.models.clear();
  }

  private async step(
    count: number,
    images: Float32Array,
    labels: Int32Array,
    coefficients: Float32Array,
    losses: Float32Array,
  ): Promise<void> {
    const { batchSize, trials, architecture } = this.spec;
    const model = await this.model(`train ${count}`, () => this.traceTraining(count));
    const feeds = {
      ...this.state,
      images: new Tensor(images, [count, batchSize, architecture.inputs]),
      labels: new Tensor(labels, [count, batchSize]),
      coefficients: new Tensor(coefficients, [count, coefficients.length / count / trials, trials]),
    };
    const next = Object.entries(this.spare).map(([name, tensor]) => [nextName(name), tensor]);
    await model.run(feeds, { ...Object.fromEntries(next), losses: new Tensor(losses, [count, trials]) });
    [this.state, this.spare] = [this.spare, this.state];
  }

  private model(key: string, record: () => Uint8Array): Promise<InferenceSession> {
    let model = this.models.get(key);
    if (!model) {
      model = InferenceSession.create(record(), this.options);
      this.models.set(key, model);
    }
    return model;
  }

  private traceTraining(updates: number): Uint8Array {
    const { batchSize, trials, architecture, optimizer } = this.spec;
    const inputs: Record<string, TensorSpec> = {
      images: { dtype: "float32", shape: [updates, batchSize, architecture.inputs] },
      labels: { dtype: "int32", shape: [updates, batchSize] },
      coefficients: { dtype: "float32", shape: [updates, OPTIMIZERS[optimizer].coefficients.length, trials] },
      ...inputSpecs(this.specs),
    };
    const program = trace(({ images, labels, coefficients, ...state }) => {
      const { losses, ...next } = train(this.spec, state, {
        images,
        labels,
        coefficients,
      } as unknown as Batches);
      const renamed = Object.entries(next).map(([name, tensor]) => [nextName(name), tensor]);
      return { ...Object.fromEntries(renamed), losses };
    }, inputs);
    return toOnnx(program);
  }

  private traceEvaluation(batch: number): Uint8Array {
    const inputs: Record<string, TensorSpec> = {
      images: { dtype: "float32", shape: [1, batch, this.spec.architecture.inputs] },
      labels: { dtype: "int32", shape: [batch] },
      ...inputSpecs(this.parameters()),
    };
    const program = trace(
      ({ images, labels, ...parameters }) =>
        evaluate(this.spec, parameters, images as never, labels as never),
      inputs,
    );
    return toOnnx(program);
  }

  private parameters(): StateSpec[] {
    return this.specs.filter(({ parameter }) => parameter);
  }

  private zeros(): Tensors {
    const tensors = this.specs.map(({ name, shape }) => {
      const size = shape.reduce((product, side) => product * side, 1);
      return [name, new Tensor(new Float32Array(size), shape)];
    });
    return Object.fromEntries(tensors) as Tensors;
  }
}

function inputSpecs(specs: readonly StateSpec[]): Record<string, TensorSpec> {
  return Object.fromEntries(specs.map(({ name, shape }) => [name, { dtype: "float32", shape }]));
}

function nextName(name: string): string {
  return `next/${name}`;
}
