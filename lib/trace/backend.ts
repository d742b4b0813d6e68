/**
 * The TensorFlow.js backend named `trace`: its kernels compute nothing and append a node to the graph instead,
 * so that running a program once, gradients included, records it.
 */

import * as tf from "@tensorflow/tfjs";
import type { Value } from "./graph";
import { KERNELS } from "./kernels";
import type { Recorder } from "./recorder";

export const TRACE_BACKEND = "trace";

type TraceableType = "float32" | "int32" | "bool";

export class TraceBackend extends tf.KernelBackend {
  private readonly values = new Map<object, Value>();
  /** The graph that kernels append to; set for the duration of one trace. */
  recorder: Recorder | undefined = undefined;

  /** A tensor that stands for a value of the graph. */
  symbol(value: Value): tf.Tensor {
    const info = this.represent(value);
    return tf.engine().makeTensorFromTensorInfo(info);
  }

  lookup(tensor: tf.TensorInfo): Value {
    const value = this.values.get(tensor.dataId);
    if (!value)
      throw new Error("a tensor of another backend cannot enter a trace; make it inside the traced program");
    return value;
  }

  represent(value: Value): tf.TensorInfo {
    const dataId = {};
    this.values.set(dataId, value);
    return { dataId, shape: [...value.shape], dtype: value.dtype as TraceableType };
  }

  override write(values: tf.BackendValues | null, shape: number[], dtype: tf.DataType): tf.DataId {
    if (!this.recorder || values === null) throw new Error("a trace cannot hold a tensor without values");
    const constant = this.recorder.constant(dtype as TraceableType, shape, values as ArrayLike<number>);
    return this.represent(constant).dataId;
  }

  override readSync(): never {
    throw new Error(
      "a traced program cannot read the values of its tensors (data, dataSync, print): they do not exist yet",
    );
  }
  override read(): never {
    return this.readSync();
  }
  override disposeData(dataId: tf.DataId): boolean {
    return this.values.delete(dataId);
  }
  override refCount(): number {
    return 1;
  }
  override incRef(): void {}
  override numDataIds(): number {
    return this.values.size;
  }
  override memory() {
    return { unreliable: true };
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
}

let registered: TraceBackend | undefined;

/** The one trace backend of this process, registered with TensorFlow.js on first use. */
export function traceBackend(): TraceBackend {
  if (registered) return registered;
  const backend = new TraceBackend();
  tf.registerBackend(TRACE_BACKEND, () => backend, -1);
  for (const [kernelName, kernel] of Object.entries(KERNELS)) {
    tf.registerKernel({
      kernelName,
      backendName: TRACE_BACKEND,
      kernelFunc: ({ inputs, attrs }) => {
        const values = Object.entries(inputs).map(([name, info]) => [
          name,
          backend.lookup(info as tf.TensorInfo),
        ]);
        const result = kernel(backend.recorder!, Object.fromEntries(values), attrs ?? {});
        return Array.isArray(result)
          ? result.map((value) => backend.represent(value))
          : backend.represent(result);
      },
    });
  }
  registered = backend;
  return backend;
}
