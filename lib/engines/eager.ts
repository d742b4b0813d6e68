/**
 * The eager engine: the step program runs operation by operation on a TensorFlow.js backend. Slower than the
 * compiled engine, and independent of it, which is what makes the two check each other.
 */

import * as tf from "@tensorflow/tfjs";
import { evaluate, type ProgramSpec, stateSpecs, train } from "../optimizers/program";
import type { Engine, Evaluation, Session, State } from "./engine";

/**
 * @param backend name of a registered TensorFlow.js backend
 * @throws Error where TensorFlow.js cannot initialise that backend
 */
export async function eagerEngine(backend: string): Promise<Engine> {
  await activate(backend);
  return {
    name: `tfjs-${backend}`,
    description: `TensorFlow.js ${tf.version.tfjs}, backend ${backend}, eager`,
    threads: 1,
    open: async (spec) => {
      await activate(backend);
      return new EagerSession(spec, backend);
    },
  };
}

async function activate(backend: string): Promise<void> {
  tf.env().set("PROD", true); // no advice on other packages on standard error
  if (!(await tf.setBackend(backend)))
    throw new Error(`TensorFlow.js cannot start its backend ${backend} here`);
}

class EagerSession implements Session {
  readonly updatesPerCall = 1;
  private state: Record<string, tf.Tensor>;

  constructor(
    private readonly spec: ProgramSpec,
    private readonly backend: string,
  ) {
    const zeros = stateSpecs(spec).map(({ name, shape }) => [name, tf.zeros([...shape])]);
    this.state = Object.fromEntries(zeros);
  }

  setState(state: Readonly<State>): void {
    const tensors = stateSpecs(this.spec).map(({ name, shape }) => [
      name,
      tf.tensor(state[name]!, [...shape]),
    ]);
    tf.dispose(this.state);
    this.state = Object.fromEntries(tensors);
  }

  async getState(): Promise<State> {
    const values = Object.entries(this.state).map(async ([name, tensor]) => [
      name,
      (await tensor.data()).slice(),
    ]);
    return Object.fromEntries(await Promise.all(values)) as State;
  }

  async update(images: Float32Array, labels: Int32Array, coefficients: Float32Array): Promise<Float32Array> {
    await activate(this.backend);
    const { batchSize, trials, architecture } = this.spec;
    const updates = labels.length / batchSize;
    const result = new Float32Array(updates * trials);
    for (let k = 0; k < updates; k++) {
      const part = <T extends Float32Array | Int32Array>(array: T): T => {
        const stride = array.length / updates;
        return array.slice(k * stride, (k + 1) * stride) as T;
      };
      const { losses, ...next } = tf.tidy(() =>
        train(this.spec, this.state, {
          images: tf.tensor(part(images), [1, batchSize, architecture.inputs]),
          labels: tf.tensor(part(labels), [1, batchSize], "int32"),
          coefficients: tf.tensor(part(coefficients), [1, coefficients.length / updates / trials, trials]),
        }),
      );
      tf.dispose(this.state);
      this.state = next;
      result.set((await losses!.data()) as Float32Array, k * trials);
      losses!.dispose();
    }
    return result;
  }

  async evaluate(images: Float32Array, labels: Int32Array): Promise<Evaluation> {
    await activate(this.backend);
    const { losses, correct } = tf.tidy(() =>
      evaluate(
        this.spec,
        this.state,
        tf.tensor(images, [1, labels.length, this.spec.architecture.inputs]),
        tf.tensor(labels, [labels.length], "int32"),
      ),
    );
    const [lossValues, correctValues] = await Promise.all([losses.data(), correct.data()]);
    tf.dispose([losses, correct]);
    return { losses: lossValues as Float32Array, correct: correctValues as Float32Array };
  }

  async close(): Promise<void> {
    tf.dispose(this.state);
  }
}
