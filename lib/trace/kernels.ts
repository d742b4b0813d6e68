/**
 * What each TensorFlow.js kernel becomes in the graph: one entry a kernel, named as in TensorFlow.js. A kernel
 * that is not in this table cannot be traced, and `trace.ts` says so.
 */

import { ELEMENT_TYPES, type Value } from "./graph";
import { broadcast, type Recorder } from "./recorder";

/** The attributes of a kernel, named as TensorFlow.js names them; each entry knows the types of its own. */
// biome-ignore lint/suspicious/noExplicitAny: TensorFlow.js types them by kernel name, which a table cannot.
type Attributes = any;
type Inputs = Readonly<Record<string, Value>>;
export type Kernel = (recorder: Recorder, inputs: Inputs, attributes: Attributes) => Value | Value[];

const unary =
  (op: string): Kernel =>
  (recorder, { x }) =>
    recorder.emit(op, [x!], x!.shape);

const binary =
  (op: string): Kernel =>
  (recorder, { a, b }) =>
    recorder.emit(op, [a!, b!], broadcast(a!.shape, b!.shape));

const comparison =
  (op: string): Kernel =>
  (recorder, { a, b }) =>
    recorder.emit(op, [a!, b!], broadcast(a!.shape, b!.shape), { dtype: "bool" });

const scalar = (recorder: Recorder, like: Value, value: number) => recorder.constant(like.dtype, [], [value]);

const resolveAxis = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

/** Reductions; Softmax-like kernels reduce over the last axis already when TensorFlow.js calls them. */
const reduction =
  (op: string): Kernel =>
  (recorder, { x }, { axis, reductionIndices, keepDims }) => {
    const rank = x!.shape.length;
    const listed: number | number[] | undefined = axis ?? reductionIndices;
    const axes = (listed === undefined ? x!.shape.map((_, i) => i) : [listed].flat()).map((i) =>
      resolveAxis(i, rank),
    );
    if (axes.length === 0) return x!;
    const shape = keepDims
      ? x!.shape.map((side, i) => (axes.includes(i) ? 1 : side))
      : x!.shape.filter((_, i) => !axes.includes(i));
    return recorder.emit(op, [x!, recorder.integers(axes)], shape, {
      attributes: { keepdims: { int: keepDims ? 1 : 0 } },
    });
  };

const alongLastAxis =
  (op: string): Kernel =>
  (recorder, { logits }) =>
    recorder.emit(op, [logits!], logits!.shape, { attributes: { axis: { int: -1 } } });

const filled =
  (value: number): Kernel =>
  (recorder, { x }) =>
    recorder.filled(x!.dtype, x!.shape, value);

function reshape(recorder: Recorder, x: Value, shape: readonly number[]): Value {
  if (recorder.isOnes(x)) return recorder.filled(x.dtype, shape, 1);
  return recorder.emit("Reshape", [x, recorder.integers(shape)], shape);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, axis) => side === b[axis]);
}

export function cast(recorder: Recorder, x: Value, dtype: "float32" | "int32" | "bool"): Value {
  if (x.dtype === dtype) return x;
  return recorder.emit("Cast", [x], x.shape, { dtype, attributes: { to: { int: ELEMENT_TYPES[dtype] } } });
}

function slice(recorder: Recorder, x: Value, begin: readonly number[], size: readonly number[]): Value {
  const cut = x.shape.flatMap((side, axis) => (size[axis] === side ? [] : [axis]));
  if (cut.length === 0) return x;
  const starts = recorder.integers(cut.map((axis) => begin[axis]!));
  const ends = recorder.integers(cut.map((axis) => begin[axis]! + size[axis]!));
  return recorder.emit("Slice", [x, starts, ends, recorder.integers(cut)], size);
}

function concat(recorder: Recorder, parts: readonly Value[], axis: number): Value {
  const shape = [...parts[0]!.shape];
  shape[axis] = parts.reduce((total, part) => total + part.shape[axis]!, 0);
  return recorder.emit("Concat", parts, shape, { attributes: { axis: { int: axis } } });
}

const without = (shape: readonly number[], axis: number) => shape.filter((_, i) => i !== axis);
const inserted = (shape: readonly number[], axis: number, side: number) => shape.toSpliced(axis, 0, side);

export const KERNELS: Readonly<Record<string, Kernel>> = {
  Abs: unary("Abs"),
  Ceil: unary("Ceil"),
  Cos: unary("Cos"),
  Erf: unary("Erf"),
  Exp: unary("Exp"),
  Floor: unary("Floor"),
  Identity: (_, { x }) => x!,
  Log: unary("Log"),
  LogicalNot: unary("Not"),
  Neg: unary("Neg"),
  Reciprocal: unary("Reciprocal"),
  Relu: unary("Relu"),
  Sigmoid: unary("Sigmoid"),
  Sign: unary("Sign"),
  Sin: unary("Sin"),
  Softplus: unary("Softplus"),
  Sqrt: unary("Sqrt"),
  Tanh: unary("Tanh"),
  Rsqrt: (recorder, { x }) => recorder.emit("Reciprocal", [recorder.emit("Sqrt", [x!], x!.shape)], x!.shape),
  Square: (recorder, { x }) => recorder.emit("Mul", [x!, x!], x!.shape),
  Step: (recorder, { x }, { alpha }) => {
    const positive = recorder.emit("Greater", [x!, scalar(recorder, x!, 0)], x!.shape, { dtype: "bool" });
    const to = { dtype: x!.dtype, attributes: { to: { int: ELEMENT_TYPES[x!.dtype] } } };
    if (!alpha) return recorder.emit("Cast", [positive], x!.shape, to);
    const sides = [scalar(recorder, x!, 1), scalar(recorder, x!, alpha)];
    return recorder.emit("Where", [positive, ...sides], x!.shape, { dtype: x!.dtype });
  },

  Add: binary("Add"),
  Maximum: binary("Max"),
  Minimum: binary("Min"),
  Multiply: (recorder, { a, b }) => {
    const shape = broadcast(a!.shape, b!.shape);
    // Back-propagation starts from ones: multiplying by them would cost a pass over the largest tensor.
    if (recorder.isOnes(a!) && sameShape(shape, b!.shape)) return b!;
    if (recorder.isOnes(b!) && sameShape(shape, a!.shape)) return a!;
    return recorder.emit("Mul", [a!, b!], shape);
  },
  Pow: binary("Pow"),
  RealDiv: binary("Div"),
  Sub: binary("Sub"),
  SquaredDifference: (recorder, { a, b }) => {
    const difference = recorder.emit("Sub", [a!, b!], broadcast(a!.shape, b!.shape));
    return recorder.emit("Mul", [difference, difference], difference.shape);
  },
  AddN: (recorder, inputs) => {
    const terms = Object.values(inputs);
    return recorder.emit("Sum", terms, terms[0]!.shape);
  },
  Equal: comparison("Equal"),
  Greater: comparison("Greater"),
  GreaterEqual: comparison("GreaterOrEqual"),
  Less: comparison("Less"),
  LessEqual: comparison("LessOrEqual"),
  LogicalAnd: comparison("And"),
  LogicalOr: comparison("Or"),
  NotEqual: (recorder, { a, b }) => {
    const equal = recorder.emit("Equal", [a!, b!], broadcast(a!.shape, b!.shape), { dtype: "bool" });
    return recorder.emit("Not", [equal], equal.shape);
  },
  Select: (recorder, { condition, t, e }) =>
    recorder.emit("Where", [condition!, t!, e!], broadcast(condition!.shape, broadcast(t!.shape, e!.shape)), {
      dtype: t!.dtype,
    }),

  Max: reduction("ReduceMax"),
  Mean: reduction("ReduceMean"),
  Min: reduction("ReduceMin"),
  Prod: reduction("ReduceProd"),
  Sum: reduction("ReduceSum"),
  LogSoftmax: alongLastAxis("LogSoftmax"),
  Softmax: alongLastAxis("Softmax"),

  BatchMatMul: (recorder, { a, b }, { transposeA, transposeB }) => {
    const [rows, columns] = [a!.shape.at(transposeA ? -1 : -2)!, b!.shape.at(transposeB ? -2 : -1)!];
    const shape = [...broadcast(a!.shape.slice(0, -2), b!.shape.slice(0, -2)), rows, columns];
    if (!transposeA && !transposeB) return recorder.emit("MatMul", [a!, b!], shape);
    return recorder.emit("FusedMatMul", [a!, b!], shape, {
      domain: "com.microsoft",
      attributes: { transA: { int: transposeA ? 1 : 0 }, transB: { int: transposeB ? 1 : 0 } },
    });
  },

  BroadcastTo: (recorder, { x }, { shape }) => recorder.emit("Expand", [x!, recorder.integers(shape)], shape),
  Cast: (recorder, { x }, { dtype }) => cast(recorder, x!, dtype),
  Concat: (recorder, inputs, { axis }) => {
    const parts = Object.values(inputs);
    return concat(recorder, parts, resolveAxis(axis, parts[0]!.shape.length));
  },
  ExpandDims: (recorder, { input }, { dim }) =>
    reshape(recorder, input!, inserted(input!.shape, resolveAxis(dim, input!.shape.length + 1), 1)),
  Fill: (recorder, _, { shape, value, dtype }) => recorder.filled(dtype ?? "float32", shape, value),
  GatherV2: (recorder, { x, indices }, { axis, batchDims }) => {
    if (batchDims) throw new Error("GatherV2 with batch dimensions has no counterpart in the table");
    const along = resolveAxis(axis, x!.shape.length);
    const shape = x!.shape.toSpliced(along, 1, ...indices!.shape);
    return recorder.emit("Gather", [x!, indices!], shape, { attributes: { axis: { int: along } } });
  },
  OneHot: (recorder, { indices }, { depth, onValue, offValue, dtype }) => {
    // ONNX Runtime has OneHot of 32-bit indices for floating-point values alone.
    const values = recorder.constant("float32", [2], [offValue ?? 0, onValue ?? 1]);
    const shape = [...indices!.shape, depth];
    const inputs = [indices!, recorder.constant("int32", [], [depth]), values];
    const encoded = recorder.emit("OneHot", inputs, shape, {
      dtype: "float32",
      attributes: { axis: { int: -1 } },
    });
    return cast(recorder, encoded, dtype ?? "float32");
  },
  OnesLike: filled(1),
  Pack: (recorder, inputs, { axis }) => {
    const parts = Object.values(inputs).map((part) => reshape(recorder, part, inserted(part.shape, axis, 1)));
    return concat(recorder, parts, axis);
  },
  Range: (recorder, _, { start, stop, step, dtype }) => {
    const count = Math.max(0, Math.ceil((stop - start) / step));
    return recorder.constant(
      dtype ?? "float32",
      [count],
      Array.from({ length: count }, (_element, i) => start + i * step),
    );
  },
  Reshape: (recorder, { x }, { shape }: { shape: number[] }) => {
    const size = x!.shape.reduce((product, side) => product * side, 1);
    const known = shape.reduce((product, side) => (side < 0 ? product : product * side), 1);
    return reshape(
      recorder,
      x!,
      shape.map((side) => (side < 0 ? size / known : side)),
    );
  },
  Slice: (recorder, { x }, { begin, size }: { begin: number[]; size: number[] }) =>
    slice(
      recorder,
      x!,
      begin,
      size.map((side, axis) => (side < 0 ? x!.shape[axis]! - begin[axis]! : side)),
    ),
  SplitV: (
    recorder,
    { x },
    { numOrSizeSplits, axis }: { numOrSizeSplits: number | number[]; axis: number },
  ) => {
    const along = resolveAxis(axis, x!.shape.length);
    const side = x!.shape[along]!;
    const sizes = Array.isArray(numOrSizeSplits)
      ? numOrSizeSplits
      : new Array<number>(numOrSizeSplits).fill(side / numOrSizeSplits);
    let start = 0;
    return sizes.map((size) => {
      const begin = x!.shape.map((_side, i) => (i === along ? start : 0));
      start += size;
      return slice(recorder, x!, begin, x!.shape.toSpliced(along, 1, size));
    });
  },
  Tile: (recorder, { x }, { reps }: { reps: number[] }) =>
    recorder.emit(
      "Tile",
      [x!, recorder.integers(reps)],
      x!.shape.map((side, axis) => side * reps[axis]!),
    ),
  Transpose: (recorder, { x }, { perm }: { perm: number[] }) =>
    recorder.emit(
      "Transpose",
      [x!],
      perm.map((axis) => x!.shape[axis]!),
      { attributes: { perm: { ints: perm } } },
    ),
  Unpack: (recorder, { value }, { axis }) => {
    const along = resolveAxis(axis, value!.shape.length);
    return Array.from({ length: value!.shape[along]! }, (_, i) => {
      const begin = value!.shape.map((_side, j) => (j === along ? i : 0));
      const size = value!.shape.map((side, j) => (j === along ? 1 : side));
      return reshape(recorder, slice(recorder, value!, begin, size), without(value!.shape, along));
    });
  },
  ZerosLike: filled(0),
};
