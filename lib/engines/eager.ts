/**
 * The eager engine: the step program runs operation by operation on a TensorFlow.js backend. Slower than the
 * compiled engine, and independent of it, which is what makes the two check each other.
 */

import * as tf from "@tensorflow/tfjs";
import type { Images } from "../datasets/encoding";
import { evaluate, type ProgramSpec, stateSpecs, train } from "../optimizers/program";
import type { DeviceKind, Engine, EngineSettings, Evaluation, Session, State } from "./engine";
import { EngineUnavailableError } from "./errors";
import { REINSTALL } from "./packages";

/** What is particular to a backend of TensorFlow.js. */
export interface BackendOptions {
  /** Name of the engine; defaults to "tfjs-" and the backend's name. */
  readonly name?: string;
  /** What computes, in words; defaults to the backend's name. */
  readonly description?: string;
  /** Version of what computes; defaults to that of TensorFlow.js. */
  readonly version?: string;
  /** Settings beside the backend and its threads. */
  readonly settings?: EngineSettings;
  /** Defaults to "processor". */
  readonly device?: DeviceKind;
  /** Updates between which losses are not read, which makes this side wait for a GPU; defaults to one. */
  readonly updatesPerCall?: (spec: ProgramSpec) => number;
}

/**
 * @param backend name of a registered TensorFlow.js backend
 * @throws EngineUnavailableError where TensorFlow.js cannot start that backend
 */
export async function eagerEngine(backend: string, options: BackendOptions = {}): Promise<Engine> {
  const { name = `tfjs-${backend}`, version = `TensorFlow.js ${tf.version.tfjs}` } = options;
  const {
    description = `backend ${backend}`,
    settings,
    device = "processor",
    updatesPerCall = () => 1,
  } = options;
  await activate(backend);
  return {
    name,
    description: `TensorFlow.js ${tf.version.tfjs}, ${description}, eager`,
    version,
    settings: { backend, threads: 1, ...settings },
    device,
    threads: 1,
    updatesPerCall,
    open: async (spec) => {
      await activate(backend);
      return new EagerSession(spec, backend);
    },
  };
}

async function activate(backend: string): Promise<void> {
  tf.env().set("PROD", true); // no advice on other packages on standard error
  const started = await tf.setBackend(backend).catch(() => false);
  if (!started)
    throw new EngineUnavailableError(`TensorFlow.js cannot start its backend ${backend} here`, REINSTALL);
}

class EagerSession implements Session {
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

  async update(images: Images, labels: Int32Array, coefficients: Float32Array): Promise<Float32Array> {
    await activate(this.backend);
    const { batchSize, trials, architecture } = this.spec;
    const updates = labels.length / batchSize;
    const all: tf.Tensor[] = []; // [trials] each
    for (let k = 0; k < updates; k++) {
      const part = <T extends Images | Int32Array>(array: T): T => {
        const stride = array.length / updates;
        return array.slice(k * stride, (k + 1) * stride) as T;
      };
      const { losses, next } = tf.tidy(() =>
        train(this.spec, this.state, {
          images: tf.tensor(floats(part(images)), [1, batchSize, architecture.inputs]),
          labels: tf.tensor(part(labels), [1, batchSize], "int32"),
          coefficients: tf.tensor(part(coefficients), [1, coefficients.length / updates / trials, trials]),
        }),
      );
      tf.dispose(this.state);
      this.state = next;
      all.push(...losses);
    }
    const joined = tf.concat(all);
    const values = await joined.data();
    tf.dispose([joined, ...all]);
    return values as Float32Array;
  }

  async evaluate(images: Images, labels: Int32Array): Promise<Evaluation> {
    await activate(this.backend);
    const { losses, correct } = tf.tidy(() =>
      evaluate(
        this.spec,
        this.state,
        tf.tensor(floats(images), [1, labels.length, this.spec.architecture.inputs]),
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

/** TensorFlow.js has no type for bytes: the program takes their values. */
function floats(images: Images): Float32Array {
  return images instanceof Float32Array ? images : new Float32Array(images);
}
