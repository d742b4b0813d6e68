import { describe, expect, it } from "vitest";
import {
  type Batch,
  type Matrix,
  type ReferenceModel,
  referenceLoss,
  trainReference,
} from "../../lib/engines/reference";
import { randomStream } from "../../lib/random/stream";

const OPTIONS = {
  optimizer: "sgd",
  learning_rate: 1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  momentum: 0.9,
} as const;

const model = (changes: Partial<ReferenceModel>): ReferenceModel => ({
  inputs: 5,
  classes: 4,
  hidden_size: 6,
  depth: 2,
  activation: "tanh",
  layer_norm: false,
  ...changes,
});

function normal(name: string, rows: number, columns: number): Matrix {
  const values = new Float32Array(rows * columns);
  randomStream(`reference/${name}`, 0).normal(0, values);
  return { values: Float64Array.from(values), columns };
}

function parameters({ inputs, classes, hidden_size, depth, layer_norm }: ReferenceModel) {
  const found: Record<string, Matrix> = {};
  for (let layer = 1; layer <= depth; layer++) {
    found[`hidden_${layer}`] = normal(`${layer}`, (layer === 1 ? inputs : hidden_size) + 1, hidden_size);
    if (!layer_norm) continue;
    found[`hidden_${layer}/gain`] = normal(`${layer}/gain`, 1, hidden_size);
    found[`hidden_${layer}/shift`] = normal(`${layer}/shift`, 1, hidden_size);
  }
  found.output = normal("output", (depth === 0 ? inputs : hidden_size) + 1, classes);
  return found;
}

const batch: Batch = {
  images: normal("images", 7, 5),
  labels: Int32Array.of(0, 3, 1, 1, 2, 0, 3),
};

const copied = (matrices: Record<string, Matrix>) =>
  Object.fromEntries(
    Object.entries(matrices).map(([name, { values, columns }]) => [
      name,
      { values: values.slice(), columns },
    ]),
  );

describe("the gradients of the reference are the slopes of its loss", () => {
  it.each([
    model({}),
    model({ activation: "relu" }),
    model({ activation: "gelu" }),
    model({ layer_norm: true }),
    model({ layer_norm: true, activation: "gelu", depth: 1 }),
    model({ depth: 0 }),
  ])("%o", (shape) => {
    const start = parameters(shape);
    const moved = copied(start);
    trainReference(shape, OPTIONS, moved, [batch]);
    for (const [name, { values }] of Object.entries(start)) {
      values.forEach((value, i) => {
        const step = 1e-6;
        values[i] = value + step;
        const above = referenceLoss(shape, start, batch);
        values[i] = value - step;
        const below = referenceLoss(shape, start, batch);
        values[i] = value;
        const gradient = value - moved[name]!.values[i]!; // gradient descent at a rate of 1
        expect(gradient, `${name}[${i}]`).toBeCloseTo((above - below) / (2 * step), 7);
      });
    }
  });
});

describe("the optimisers of the reference", () => {
  const shape = model({ depth: 0 });
  const step = (optimizer: "adam" | "sgd" | "momentum", updates: number, learning_rate: number) => {
    const moved = copied(parameters(shape));
    const batches = Array.from({ length: updates }, () => batch);
    trainReference(shape, { ...OPTIONS, optimizer, learning_rate }, moved, batches);
    return moved.output!.values;
  };

  it("adam moves every parameter by the rate at first, against its gradient", () => {
    const [start, moved, down] = [parameters(shape).output!.values, step("adam", 1, 1e-3), step("sgd", 1, 1)];
    moved.forEach((value, i) => {
      expect(value - start[i]!).toBeCloseTo(1e-3 * Math.sign(down[i]! - start[i]!), 7);
    });
  });

  it("momentum's second step is its first, decayed, and the new gradient", () => {
    const rate = 1e-7; // so small that the gradient does not change
    const [start, one, two] = [
      parameters(shape).output!.values,
      step("momentum", 1, rate),
      step("momentum", 2, rate),
    ];
    one.forEach((value, i) => {
      expect((two[i]! - value) / (value - start[i]!)).toBeCloseTo(1.9, 3);
    });
  });

  it("tells the loss before each update, which falls", () => {
    const moved = copied(parameters(shape));
    const losses = trainReference(shape, { ...OPTIONS, learning_rate: 0.1 }, moved, [batch, batch, batch]);
    expect(losses[0]).toBe(referenceLoss(shape, parameters(shape), batch));
    expect(losses[1]).toBeLessThan(losses[0]!);
    expect(referenceLoss(shape, moved, batch)).toBeLessThan(losses[2]!);
  });
});
