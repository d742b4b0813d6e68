import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { initialParameter } from "../../lib/model/initialize";
import { type Architecture, parameterCount, parameterSpecs, updateFlops } from "../../lib/model/mlp";

const base: Architecture = {
  inputs: 256,
  classes: 1000,
  hidden_size: 64,
  depth: 3,
  activation: "relu",
  layer_norm: false,
};

describe("the size of a model", () => {
  it("agrees with the closed form of its parameters", () => {
    fc.assert(
      fc.property(
        fc.nat(500),
        fc.nat(500),
        fc.nat(300),
        fc.nat(6),
        fc.boolean(),
        (d, c, h, depth, layer_norm) => {
          const [inputs, classes, hidden_size] = [d + 1, c + 1, h + 1];
          const hidden =
            depth === 0 ? 0 : (inputs + 1) * hidden_size + (depth - 1) * (hidden_size + 1) * hidden_size;
          const output = ((depth === 0 ? inputs : hidden_size) + 1) * classes;
          const norms = layer_norm ? 2 * depth * hidden_size : 0;
          const architecture = { ...base, inputs, classes, hidden_size, depth, layer_norm };
          expect(parameterCount(architecture)).toBe(hidden + output + norms);
        },
      ),
    );
  });

  it("gives the operations of an update: six for a weight and example, four in the first layer", () => {
    const [first, inner, last] = [257 * 64, 65 * 64, 65 * 1000];
    expect(updateFlops(base, 128)).toBe(128 * (4 * first + 6 * (2 * inner + last)));
  });
});

describe("initial parameters", () => {
  const weights = { name: "hidden_1", shape: [1001, 500], role: "dense" } as const;
  const options = { initialization: "he", init_gain: 1, seed: 3 } as const;
  const deviation = (values: Float32Array) =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

  it.each([
    ["he", 2 / 1000],
    ["lecun", 1 / 1000],
    ["glorot", 2 / 1500],
  ] as const)("%s has the published variance, and zero biases", (initialization, variance) => {
    const values = initialParameter(weights, { ...options, initialization, init_gain: 0.5 });
    // The standard error of a deviation from half a million draws is 0.1 %.
    expect(deviation(values.subarray(0, 500_000)) / (0.5 * Math.sqrt(variance))).toBeCloseTo(1, 2);
    expect(values.subarray(500_000).every((bias) => bias === 0)).toBe(true);
  });

  it("are a function of the seed and the tensor's name alone", () => {
    const values = initialParameter(weights, options);
    expect(initialParameter(weights, options)).toEqual(values);
    const correlation = (other: Float32Array) => {
      let sum = 0;
      for (let i = 0; i < values.length; i++) sum += values[i]! * other[i]!;
      return sum / (deviation(values) * deviation(other) * values.length);
    };
    for (const other of [
      initialParameter(weights, { ...options, seed: 4 }),
      initialParameter({ ...weights, name: "hidden_2" }, options),
    ]) {
      expect(Math.abs(correlation(other))).toBeLessThan(5 / Math.sqrt(values.length));
    }
  });

  it("leave a normalised layer as it is: gains of one, shifts of zero", () => {
    const roles = parameterSpecs({ ...base, layer_norm: true }).filter(({ role }) => role !== "dense");
    expect(roles).toHaveLength(6);
    for (const spec of roles) {
      expect(new Set(initialParameter(spec, options))).toEqual(new Set([spec.role === "gain" ? 1 : 0]));
    }
  });
});
