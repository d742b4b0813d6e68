import fc from "fast-check";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { toRepeatedOnnx } from "../../lib/trace/onnx";
import { trace } from "../../lib/trace/trace";

const float = (...shape: number[]) => ({ dtype: "float32", shape }) as const;

/** A line through a pair of sums; what it takes and makes stands between what it carries. */
const program = trace(
  ({ x, sum, factor, last }) => ({
    line: sum!.mul(factor!).add(last!),
    "next sum": sum!.add(x!),
    "next last": x!,
  }),
  { x: float(2), sum: float(2), factor: float(1), last: float(2) },
);
const carried = [
  ["last", "next last"],
  ["sum", "next sum"],
] as const;

const pairs = (values: readonly number[]) => new Tensor(Float32Array.from(values), [values.length / 2, 2]);

describe("a repeated program", () => {
  it("takes the elements in their order, carries what it is told to, and stacks the rest", async () => {
    const session = await InferenceSession.create(toRepeatedOnnx(program, carried));
    const whole = fc.integer({ min: -50, max: 50 }); // sums and products of them are exact
    const input = fc.array(fc.record({ x: fc.tuple(whole, whole), factor: whole }), {
      minLength: 1,
      maxLength: 9,
    });
    const property = fc.asyncProperty(input, async (elements) => {
      const results = await session.run({
        x: pairs(elements.flatMap(({ x }) => x)),
        factor: new Tensor(Float32Array.from(elements.map(({ factor }) => factor)), [elements.length, 1]),
        sum: new Tensor(Float32Array.of(1, 2), [2]),
        last: new Tensor(Float32Array.of(3, 4), [2]),
      });
      let [sum, last] = [
        [1, 2],
        [3, 4],
      ];
      const lines = elements.flatMap(({ x, factor }) => {
        const line = sum!.map((value, i) => value * factor + last![i]!);
        [sum, last] = [sum!.map((value, i) => value + x[i]!), x];
        return line;
      });
      const values = (name: string) => [...(results[name]!.data as Float32Array)].map((value) => value + 0); // no -0
      expect(values("line")).toEqual(lines.map((value) => value + 0));
      expect(results.line!.dims).toEqual([elements.length, 2]);
      expect(values("next sum")).toEqual(sum);
      expect(values("next last")).toEqual(last);
    });
    await fc.assert(property, { numRuns: 30 });
  });
});
