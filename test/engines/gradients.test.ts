import { describe, expect, it } from "vitest";
import type { Architecture } from "../../lib/model/mlp";
import { stateSpecs } from "../../lib/optimizers/program";
import {
  BATCH,
  batches,
  CLASSES,
  INPUTS,
  initialState,
  programSpec,
  type Setting,
  trained,
} from "./training";

type Matrices = Record<string, Float64Array>;

const ACTIVATION = {
  relu: (x: number) => Math.max(0, x),
  tanh: Math.tanh,
  gelu: (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

/** x [rows, inner] times the matrix [inner + 1, columns] whose last row is added, in float64. */
function dense(x: Float64Array, matrix: Float64Array, inner: number): Float64Array {
  const [rows, columns] = [x.length / inner, matrix.length / (inner + 1)];
  return Float64Array.from({ length: rows * columns }, (_, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    let sum = matrix[inner * columns + column]!;
    for (let i = 0; i < inner; i++) sum += x[row * inner + i]! * matrix[i * columns + column]!;
    return sum;
  });
}

/** Mean cross-entropy by the textbook, in float64: the reference that shares no code with the library. */
function referenceLoss(
  architecture: Architecture,
  matrices: Matrices,
  images: Float64Array,
  labels: Int32Array,
) {
  const { depth, hidden_size: units, activation, layer_norm } = architecture;
  let x = images;
  for (let layer = 1; layer <= depth; layer++) {
    const name = `hidden_${layer}`;
    x = dense(x, matrices[name]!, layer === 1 ? INPUTS : units);
    if (layer_norm) {
      const rows = Array.from({ length: x.length / units }, (_, row) => {
        const values = [...x.subarray(row * units, (row + 1) * units)];
        const mean = values.reduce((sum, value) => sum + value, 0) / units;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / units;
        const [gain, shift] = [matrices[`${name}/gain`]!, matrices[`${name}/shift`]!];
        return values.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * gain[i]! + shift[i]!);
      });
      x = Float64Array.from(rows.flat());
    }
    x = x.map(ACTIVATION[activation]);
  }
  const logits = dense(x, matrices.output!, depth === 0 ? INPUTS : units);
  let total = 0;
  labels.forEach((label, row) => {
    const scores = logits.subarray(row * CLASSES, (row + 1) * CLASSES);
    const highest = Math.max(...scores);
    total +=
      highest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - highest), 0)) - scores[label]!;
  });
  return total / labels.length;
}

const settings: Record<string, Setting> = {
  relu: {},
  tanh: { architecture: { activation: "tanh" } },
  gelu: { architecture: { activation: "gelu" } },
  "layer normalisation": { architecture: { layer_norm: true, activation: "tanh" } },
  "no hidden layer": { architecture: { depth: 0 } },
};

describe("losses and gradients agree with central differences in float64", () => {
  it.each(Object.entries(settings))("%s", async (_, setting) => {
    // After one update from zero the velocity of momentum is the gradient, summed over the batch.
    const momentum = { ...setting, optimizer: "momentum", updates: 1 } as const;
    const { losses, state } = await trained("onnx-cpu", momentum, [0, 1]);
    const program = programSpec(momentum, 2);
    const start = initialState(program, [0, 1]);
    const { images, labels } = batches(1);
    const parameters = stateSpecs(program).filter(({ parameter }) => parameter);

    for (const trial of [0, 1]) {
      const matrices = Object.fromEntries(
        parameters.map(({ name, shape: [, rows, columns] }) => {
          const size = rows * columns;
          return [name, Float64Array.from(start[name]!.subarray(trial * size, (trial + 1) * size))];
        }),
      );
      const loss = () => referenceLoss(program.architecture, matrices, Float64Array.from(images), labels);
      expect(losses[trial]).toBeCloseTo(loss(), 5);

      for (const [name, matrix] of Object.entries(matrices)) {
        const gradient = state[`${name}/velocity`]!.subarray(
          trial * matrix.length,
          (trial + 1) * matrix.length,
        );
        const largest = gradient.reduce((found, value) => Math.max(found, Math.abs(value)), 0) / BATCH;
        expect(largest).toBeGreaterThan(0);
        for (let i = 0; i < matrix.length; i += 3) {
          const [value, step] = [matrix[i]!, 1e-5];
          matrix[i] = value + step;
          const above = loss();
          matrix[i] = value - step;
          const below = loss();
          matrix[i] = value;
          // Float32 sums against differences with an error of some 1e-10: what is left is float32's.
          const difference = gradient[i]! / BATCH - (above - below) / (2 * step);
          expect(Math.abs(difference), `${name}[${i}]`).toBeLessThan(2e-6 * Math.max(largest, 0.1));
        }
      }
    }
  });
});
