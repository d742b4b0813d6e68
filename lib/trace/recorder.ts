/**
 * Builds a graph node by node. It knows ONNX's rules for types and shapes and nothing of TensorFlow.js, whose
 * operations are mapped to it in `kernels.ts`.
 */

import type { Attribute, Constant, ElementType, Graph, Node, Value } from "./graph";
import { prune } from "./graph";

const BYTES: Record<ElementType, number> = { float32: 4, int32: 4, int64: 8, bool: 1, uint8: 1 };

export class Recorder {
  private readonly inputs: Value[] = [];
  private readonly nodes: Node[] = [];
  private readonly ones = new Set<Value>();
  private readonly constants = new Map<string, Constant>();

  input(name: string, dtype: ElementType, shape: readonly number[]): Value {
    const value = { name, dtype, shape };
    this.inputs.push(value);
    return value;
  }

  /** A constant; equal small ones are stored once, since an unrolled program repeats its scalars at every update. */
  constant(dtype: ElementType, shape: readonly number[], values: ArrayLike<number>): Value {
    const bytes = new Uint8Array(values.length * BYTES[dtype]);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (dtype === "float32") view.setFloat32(4 * i, value, true);
      else if (dtype === "int32") view.setInt32(4 * i, value, true);
      else if (dtype === "int64") view.setBigInt64(8 * i, BigInt(value), true);
      else view.setUint8(i, value);
    }
    const key = `${dtype}[${shape.join(",")}]${values.length <= 1024 ? bytes.join() : this.constants.size}`;
    const found = this.constants.get(key);
    if (found) return found;
    const constant = { name: `#${this.constants.size}`, dtype, shape: [...shape], bytes };
    this.constants.set(key, constant);
    if (Array.from(values).every((value) => value === 1)) this.ones.add(constant);
    return constant;
  }

  filled(dtype: ElementType, shape: readonly number[], value: number): Value {
    return this.constant(
      dtype,
      shape,
      new Float64Array(shape.reduce((size, side) => size * side, 1)).fill(value),
    );
  }

  /** Whether a value is a constant of ones, with which back-propagation starts. */
  isOnes(value: Value): boolean {
    return this.ones.has(value);
  }

  /** A vector of 64-bit integers, which is how ONNX takes axes, shapes and repeats. */
  integers(values: readonly number[]): Value {
    return this.constant("int64", [values.length], values);
  }

  emit(
    op: string,
    inputs: readonly Value[],
    shape: readonly number[],
    { dtype = inputs[0]!.dtype, attributes = {}, domain = "" }: EmitOptions = {},
  ): Value {
    const output: Value = { name: `%${this.nodes.length}`, dtype, shape: [...shape] };
    this.nodes.push({ op, domain, inputs, output, attributes });
    return output;
  }

  /**
   * The graph that computes the outputs. Each takes the place of the value it names; only a value that is an input,
   * a constant or an output already is copied, since a copy of the state costs a pass over memory at every call.
   */
  finish(outputs: Readonly<Record<string, Value>>): Graph {
    const made = new Set(this.nodes.map(({ output }) => output.name));
    const renamed = new Map<string, Value>();
    const named = Object.entries(outputs).map(([name, value]) => {
      const output = { ...value, name };
      if (made.has(value.name) && !renamed.has(value.name)) renamed.set(value.name, output);
      else this.nodes.push({ op: "Identity", domain: "", inputs: [value], output, attributes: {} });
      return output;
    });
    const rename = (value: Value) => renamed.get(value.name) ?? value;
    return prune({
      inputs: this.inputs,
      constants: [...this.constants.values()],
      nodes: this.nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map(rename),
        output: rename(node.output),
      })),
      outputs: named,
    });
  }
}

interface EmitOptions {
  readonly dtype?: ElementType;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
}

/** The shape of an element-wise result, by NumPy's broadcasting rule. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const sideA = a[axis - rank + a.length] ?? 1;
    const sideB = b[axis - rank + b.length] ?? 1;
    if (sideA !== sideB && sideA !== 1 && sideB !== 1) {
      throw new Error(`shapes [${a.join(", ")}] and [${b.join(", ")}] do not broadcast`);
    }
    return sideA === 1 ? sideB : sideA;
  });
}
