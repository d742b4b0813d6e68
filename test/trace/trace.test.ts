import * as tf from "@tensorflow/tfjs";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { listing } from "../../lib/trace/graph";
import { toOnnx } from "../../lib/trace/onnx";
import { trace, UntraceableError } from "../../lib/trace/trace";

const float = (...shape: number[]) => ({ dtype: "float32", shape }) as const;
const int = (...shape: number[]) => ({ dtype: "int32", shape }) as const;

/** Values that are distinct, of both signs, and far from the kinks of the operations. */
const ramp = (size: number, scale = 0.37) =>
  Float32Array.from({ length: size }, (_, i) => scale * (((i * 7) % size) - size / 2) + 0.11);

type Program = (inputs: Record<string, tf.Tensor>) => tf.Tensor;

/** Runs a program of `a` [2, 3, 4], `b` [4] and int32 `i` [2] traced and eagerly, and returns both results. */
async function both(program: Program) {
  const values = { a: ramp(24), b: ramp(4), i: Int32Array.of(2, 0) };
  const shapes = { a: [2, 3, 4], b: [4], i: [2] };
  const graph = trace((inputs) => ({ y: program(inputs) }), { a: float(2, 3, 4), b: float(4), i: int(2) });
  const session = await InferenceSession.create(toOnnx(graph));
  const used = Object.fromEntries(
    (["a", "b", "i"] as const).map((name) => [name, new Tensor(values[name], shapes[name])]),
  );
  const { y } = await session.run(used);
  await tf.setBackend("cpu");
  const eager = tf.tidy(() => {
    const tensors = {
      a: tf.tensor(values.a, shapes.a),
      b: tf.tensor(values.b),
      i: tf.tensor(values.i, [2], "int32"),
    };
    const result = program(tensors);
    return { shape: result.shape, values: [...result.cast("float32").dataSync()] };
  });
  return { traced: { shape: [...y!.dims], values: Array.from(y!.data as Float32Array, Number) }, eager };
}

const programs: Record<string, Program> = {
  abs: ({ a }) => a!.abs(),
  "add with broadcasting": ({ a, b }) => a!.add(b!),
  "add to a column": ({ a }) => a!.add(a!.slice([0, 0, 1], [2, 3, 1])),
  addN: ({ a }) => tf.addN([a!, a!, a!.neg()]),
  cast: ({ a }) => a!.cast("int32").cast("float32"),
  ceil: ({ a }) => a!.ceil(),
  concat: ({ a }) => tf.concat([a!, a!.neg()], 1),
  cos: ({ a }) => a!.cos(),
  div: ({ a, b }) => a!.div(b!),
  erf: ({ a }) => a!.erf(),
  exp: ({ a }) => a!.exp(),
  expandDims: ({ a }) => a!.expandDims(-1),
  fill: ({ a }) => a!.add(tf.fill([3, 1], 2.5)),
  floor: ({ a }) => a!.floor(),
  gather: ({ a, i }) => a!.gather(i!, 1),
  "gather along the last axis": ({ a, i }) => a!.gather(i!, 2),
  log: ({ a }) => a!.abs().log(),
  logSoftmax: ({ a }) => a!.logSoftmax(),
  "logical operations": ({ a, b }) =>
    a!.greater(b!).logicalAnd(a!.less(1)).logicalOr(a!.equal(b!)).logicalNot().cast("float32"),
  matMul: ({ a }) => tf.matMul(a!, a!.reshape([2, 4, 3])),
  "matMul, first transposed": ({ a }) => tf.matMul(a!, a!, true, false),
  "matMul, second transposed": ({ a }) => tf.matMul(a!, a!, false, true),
  "matMul, shared first operand": ({ a }) => tf.matMul(a!.slice([1, 0, 0], [1, 3, 4]), a!.reshape([2, 4, 3])),
  max: ({ a }) => a!.max(-1),
  maximum: ({ a, b }) => a!.maximum(b!),
  mean: ({ a }) => a!.mean([0, 2], true),
  "mean of all": ({ a }) => a!.mean(),
  min: ({ a }) => a!.min(1),
  minimum: ({ a, b }) => a!.minimum(b!),
  mul: ({ a, b }) => a!.mul(b!),
  "mul by ones": ({ a }) =>
    tf
      .ones([2, 1, 1])
      .mul(a!)
      .mul(tf.ones([1, 4])),
  "mul by ones that broadcast": ({ b }) => b!.mul(tf.ones([3, 4])),
  notEqual: ({ a, b }) => a!.notEqual(b!).cast("float32"),
  oneHot: ({ i }) => tf.oneHot(i!, 5, 2, -1),
  onesLike: ({ a }) => a!.add(tf.onesLike(a!)),
  pow: ({ a }) => a!.abs().pow(1.5),
  prod: ({ a }) => a!.prod(2),
  range: ({ b }) => b!.add(tf.range(0, 4)),
  reciprocal: ({ a }) => a!.reciprocal(),
  relu: ({ a }) => a!.relu(),
  reshape: ({ a }) => a!.reshape([4, -1]),
  rsqrt: ({ a }) => a!.abs().rsqrt(),
  select: ({ a, b }) => tf.where(a!.greaterEqual(b!), a!, a!.neg()),
  sigmoid: ({ a }) => a!.sigmoid(),
  sign: ({ a }) => a!.sign(),
  sin: ({ a }) => a!.sin(),
  slice: ({ a }) => a!.slice([0, 1, 1], [-1, 2, 2]),
  softmax: ({ a }) => a!.softmax(),
  softplus: ({ a }) => a!.softplus(),
  split: ({ a }) => tf.split(a!, [1, 3], 2)[1]!,
  "split evenly": ({ a }) => tf.split(a!, 2, -1)[0]!,
  sqrt: ({ a }) => a!.abs().sqrt(),
  square: ({ a }) => a!.square(),
  squaredDifference: ({ a, b }) => a!.squaredDifference(b!),
  stack: ({ a }) => tf.stack([a!, a!.neg()], 1),
  step: ({ a }) => a!.step(),
  "step with a slope": ({ a }) => a!.step(0.2),
  sub: ({ a, b }) => b!.sub(a!),
  sum: ({ a }) => a!.sum([0, -1]),
  tanh: ({ a }) => a!.tanh(),
  tile: ({ a }) => a!.tile([1, 2, 1]),
  transpose: ({ a }) => a!.transpose([2, 0, 1]),
  unstack: ({ a }) => tf.unstack(a!, 1)[2]!,
  zerosLike: ({ a }) => a!.add(tf.zerosLike(a!)),
  "gradient through broadcasting": ({ a, b }) => tf.grad((x) => a!.mul(x.tanh()).add(x).sum())(b!),
  "gradient through a product": ({ a }) => tf.grad((x) => tf.matMul(x, x, false, true).relu().mean())(a!),
};

describe("a traced operation gives what TensorFlow.js gives", () => {
  it.each(Object.entries(programs))("%s", async (_, program) => {
    const { traced, eager } = await both(program);
    expect(traced.shape).toEqual(eager.shape);
    traced.values.forEach((value, i) => {
      // Erf is a polynomial with an error of 1.5e-7 on one side; all else is within float32's own rounding.
      expect(Math.abs(value - eager.values[i]!)).toBeLessThanOrEqual(
        2e-6 * Math.max(1, Math.abs(eager.values[i]!)),
      );
    });
  });
});

describe("a trace", () => {
  it("reads as a typed listing", () => {
    const graph = trace(({ x, w }) => ({ y: tf.matMul(x!, w!, true).relu().mul(0.5) }), {
      x: float(1, 8, 3),
      w: float(2, 8, 4),
    });
    expect(listing(graph)).toMatchInlineSnapshot(`
      "inputs x float32[1,8,3], w float32[2,8,4]
      #0 float32[] = 0.5
      %0 float32[2,3,4] = FusedMatMul(x, w, transA=1, transB=0)
      %1 float32[2,3,4] = Relu(%0)
      y float32[2,3,4] = Mul(%1, #0)
      outputs y"
    `);
  });

  it("leaves out what no output needs", () => {
    const graph = trace(
      ({ x }) => {
        x!.exp();
        return { y: x!.tanh() };
      },
      { x: float(2) },
    );
    expect(graph.nodes.map(({ op }) => op)).toEqual(["Tanh"]);
  });

  it("copies only an output that is an input or another output too", () => {
    const graph = trace(
      ({ x }) => {
        const y = x!.tanh();
        return { y, again: y, same: x!, next: y.exp() };
      },
      { x: float(2) },
    );
    expect(graph.nodes.map(({ op, inputs, output }) => [output.name, op, inputs[0]!.name])).toEqual([
      ["y", "Tanh", "x"],
      ["next", "Exp", "y"],
      ["again", "Identity", "y"],
      ["same", "Identity", "x"],
    ]);
  });

  it("names an operation that cannot be traced, and the line that called it", () => {
    const program = ({ x }: Record<string, tf.Tensor>) => ({ y: tf.cumsum(x!.exp()) });
    expect(() => trace(program, { x: float(4) })).toThrow(UntraceableError);
    expect(() => trace(program, { x: float(4) })).toThrow(
      /^Cumsum cannot be traced \(called at .*trace\.test\.ts:\d+\)/,
    );
  });

  it("names an operation that only the gradient needs", () => {
    const program = ({ x }: Record<string, tf.Tensor>) => ({ y: tf.grad((z) => z.cos().prod())(x!) });
    expect(() => trace(program, { x: float(4) })).toThrow(
      /cannot be traced \(called at .*trace\.test\.ts:\d+\)/,
    );
  });

  it("refuses to read values that do not exist yet", () => {
    expect(() => trace(({ x }) => ({ y: x!.mul(x!.dataSync()[0]!) }), { x: float(4) })).toThrow(
      /cannot read the values/,
    );
  });

  it("refuses a tensor that was made on another backend", async () => {
    await tf.setBackend("cpu");
    const outside = tf.tensor1d([1, 2]);
    expect(() => trace(({ x }) => ({ y: x!.add(outside) }), { x: float(2) })).toThrow();
    outside.dispose();
  });

  it("leaves TensorFlow.js's backend as it was and holds on to no tensor", async () => {
    await tf.setBackend("cpu");
    const before = tf.memory().numTensors;
    trace(({ x }) => ({ y: x!.add(1).square() }), { x: float(2) });
    expect(tf.getBackend()).toBe("cpu");
    expect(tf.memory().numTensors).toBe(before);
    expect(() =>
      trace(
        () => {
          throw new Error("broken");
        },
        { x: float(2) },
      ),
    ).toThrow("broken");
    expect(tf.getBackend()).toBe("cpu");
    expect(tf.memory().numTensors).toBe(before);
  });
});
