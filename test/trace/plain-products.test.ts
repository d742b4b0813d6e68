import * as tf from "@tensorflow/tfjs";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import type { Graph } from "../../lib/trace/graph";
import { toOnnx } from "../../lib/trace/onnx";
import { withPlainProducts } from "../../lib/trace/plain-products";
import { trace } from "../../lib/trace/trace";

const float = (...shape: number[]) => ({ dtype: "float32", shape }) as const;

async function run(graph: Graph): Promise<Record<string, number[]>> {
  const session = await InferenceSession.create(toOnnx(graph));
  const feeds = graph.inputs.map(({ name, shape }) => {
    const size = shape.reduce((product, side) => product * side, 1);
    const values = Float32Array.from({ length: size }, (_, i) => ((i * 7) % 11) - 5); // sums of them are exact
    return [name, new Tensor(values, shape)];
  });
  const results = await session.run(Object.fromEntries(feeds));
  return Object.fromEntries(
    Object.entries(results).map(([name, { data }]) => [name, Array.from(data as Float32Array)]),
  );
}

describe("a graph with plain products", () => {
  const graph = trace(
    ({ a, b }) => ({
      first: tf.matMul(a!, b!, true, false),
      second: tf.matMul(a!, b!, false, true),
      both: tf.matMul(a!, b!, true, true),
      nested: tf.matMul(tf.matMul(a!, b!, true, false), a!, true, false),
    }),
    { a: float(2, 4, 4), b: float(1, 4, 4) },
  );

  it("has no operation of ONNX Runtime's own", () => {
    const domains = (from: Graph) => new Set(from.nodes.map(({ domain }) => domain));
    expect(domains(graph)).toContain("com.microsoft");
    expect(domains(withPlainProducts(graph))).toEqual(new Set([""]));
  });

  it("computes the same", async () => {
    expect(await run(withPlainProducts(graph))).toEqual(await run(graph));
  });

  it("has the shapes of transposed operands right where they are not square", async () => {
    const oblong = trace(
      ({ a, b, c }) => ({
        first: tf.matMul(a!, b!, true, false), // [2, 4, 5]
        second: tf.matMul(a!, c!, false, true), // [2, 3, 6]
      }),
      { a: float(2, 3, 4), b: float(2, 3, 5), c: float(2, 6, 4) },
    );
    expect(await run(withPlainProducts(oblong))).toEqual(await run(oblong));
  });

  it("is the same graph where there is nothing to replace", () => {
    const plain = trace(({ a, b }) => ({ y: tf.matMul(a!, b!).relu() }), { a: float(3, 4), b: float(4, 2) });
    expect(withPlainProducts(plain)).toEqual(plain);
  });
});
