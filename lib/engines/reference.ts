/**
 * The same training by the textbook, in float64 and plain loops: forward pass, back-propagation and optimisers that
 * share no code with the step program, so that engines can be measured against it. Slow, and meant for small models.
 */

import type { Activation, OptimizerName } from "../studies/config";

/** A model as the reference takes it: see `Architecture` for the meaning of the fields. */
export interface ReferenceModel {
  readonly inputs: number;
  readonly classes: number;
  readonly hidden_size: number;
  readonly depth: number;
  readonly activation: Activation;
  readonly layer_norm: boolean;
}

/** An optimiser at a constant rate, by its usual hyperparameters. */
export interface ReferenceOptimizer {
  readonly optimizer: OptimizerName;
  readonly learning_rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly momentum: number;
}

/** Row-major values with their number of columns. */
export interface Matrix {
  readonly values: Float64Array;
  readonly columns: number;
}

/** Parameters by name; a dense layer is [inputs + 1, outputs], its biases in the last row. */
export type Matrices = Readonly<Record<string, Matrix>>;

export interface Batch {
  /** [batch, inputs] */
  readonly images: Matrix;
  readonly labels: Int32Array;
}

/** What the operands of every matrix product are rounded to; the identity leaves float64. */
export type Rounding = (value: number) => number;

const EPSILON = 1e-5; // of layer normalisation

/**
 * Trains in place on one batch after another.
 *
 * @returns the mean loss of each batch before its update
 */
export function trainReference(
  model: ReferenceModel,
  optimizer: ReferenceOptimizer,
  parameters: Matrices,
  batches: readonly Batch[],
  rounding: Rounding = (value) => value,
): number[] {
  const moments = new Map<string, [Float64Array, Float64Array]>();
  return batches.map((batch, t) => {
    const { loss, gradients } = lossAndGradients(model, parameters, batch, rounding);
    for (const [name, gradient] of Object.entries(gradients)) {
      const { values } = parameters[name]!;
      const own = moments.get(name) ?? [new Float64Array(values.length), new Float64Array(values.length)];
      moments.set(name, own);
      optimize(optimizer, values, gradient.values, own, t + 1);
    }
    return loss;
  });
}

/** Mean cross-entropy of a batch, in nats. */
export function referenceLoss(
  model: ReferenceModel,
  parameters: Matrices,
  batch: Batch,
  rounding: Rounding = (value) => value,
): number {
  return lossAndGradients(model, parameters, batch, rounding).loss;
}

/** θ after update t: Adam (Kingma & Ba 2015, algorithm 1), gradient descent, or Polyak's heavy ball. */
function optimize(
  { optimizer, learning_rate, beta1, beta2, epsilon, momentum }: ReferenceOptimizer,
  theta: Float64Array,
  gradient: Float64Array,
  [m, v]: readonly [Float64Array, Float64Array],
  t: number,
): void {
  for (let i = 0; i < theta.length; i++) {
    const g = gradient[i]!;
    if (optimizer === "adam") {
      m[i] = beta1 * m[i]! + (1 - beta1) * g;
      v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
      const mean = m[i]! / (1 - beta1 ** t);
      const square = v[i]! / (1 - beta2 ** t);
      theta[i]! -= (learning_rate * mean) / (Math.sqrt(square) + epsilon);
    } else if (optimizer === "momentum") {
      m[i] = momentum * m[i]! + g;
      theta[i]! -= learning_rate * m[i]!;
    } else theta[i]! -= learning_rate * g;
  }
}

function lossAndGradients(model: ReferenceModel, parameters: Matrices, batch: Batch, rounding: Rounding) {
  const gradients: Record<string, Matrix> = {};
  const steps: ((gradient: Matrix) => Matrix)[] = [];
  let x = batch.images;
  for (let layer = 1; layer <= model.depth; layer++) {
    const name = `hidden_${layer}`;
    x = dense(x, name, parameters, gradients, steps, rounding);
    if (model.layer_norm) x = normalize(x, name, parameters, gradients, steps);
    x = activate(x, model.activation, steps);
  }
  const logits = dense(x, "output", parameters, gradients, steps, rounding);
  const { loss, gradient } = crossEntropy(logits, batch.labels);
  let flowing: Matrix = gradient;
  for (const step of steps.toReversed()) flowing = step(flowing);
  return { loss, gradients };
}

/** y = [x 1]·W; backwards dW = [x 1]ᵀ·dy and dx = dy·Wᵀ without its last column. */
function dense(
  x: Matrix,
  name: string,
  parameters: Matrices,
  gradients: Record<string, Matrix>,
  steps: ((gradient: Matrix) => Matrix)[],
  rounding: Rounding,
): Matrix {
  const weights = parameters[name]!;
  const rows = x.values.length / x.columns;
  const extended = matrix(rows, x.columns + 1, (i, j) => (j < x.columns ? x.values[i * x.columns + j]! : 1));
  steps.push((dy) => {
    gradients[name] = product(transpose(extended), dy, rounding);
    const dx = product(dy, transpose(weights), rounding);
    return matrix(rows, x.columns, (i, j) => dx.values[i * dx.columns + j]!);
  });
  return product(extended, weights, rounding);
}

/** Layer normalisation (Ba et al. 2016): y = γ·z + β with z = (x − mean)/√(variance + ε) over the units. */
function normalize(
  x: Matrix,
  name: string,
  parameters: Matrices,
  gradients: Record<string, Matrix>,
  steps: ((gradient: Matrix) => Matrix)[],
): Matrix {
  const [gain, shift] = [parameters[`${name}/gain`]!.values, parameters[`${name}/shift`]!.values];
  const units = x.columns;
  const rows = x.values.length / units;
  const z = new Float64Array(x.values.length);
  const deviations = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = x.values.subarray(i * units, (i + 1) * units);
    const mean = row.reduce((sum, value) => sum + value, 0) / units;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / units;
    deviations[i] = Math.sqrt(variance + EPSILON);
    for (let j = 0; j < units; j++) z[i * units + j] = (row[j]! - mean) / deviations[i]!;
  }
  steps.push((dy) => {
    const [dGain, dShift] = [new Float64Array(units), new Float64Array(units)];
    const dx = new Float64Array(z.length);
    for (let i = 0; i < rows; i++) {
      let [mean, meanTimesZ] = [0, 0]; // of dz = γ·dy and of dz·z
      for (let j = 0; j < units; j++) {
        const [g, own] = [dy.values[i * units + j]!, z[i * units + j]!];
        dGain[j]! += g * own;
        dShift[j]! += g;
        mean += (gain[j]! * g) / units;
        meanTimesZ += (gain[j]! * g * own) / units;
      }
      for (let j = 0; j < units; j++) {
        const dz = gain[j]! * dy.values[i * units + j]!;
        dx[i * units + j] = (dz - mean - z[i * units + j]! * meanTimesZ) / deviations[i]!;
      }
    }
    gradients[`${name}/gain`] = { values: dGain, columns: units };
    gradients[`${name}/shift`] = { values: dShift, columns: units };
    return { values: dx, columns: units };
  });
  return matrix(rows, units, (i, j) => gain[j]! * z[i * units + j]! + shift[j]!);
}

/** The value and the derivative of each activation; GELU in its tanh form (Hendrycks & Gimpel 2016). */
const ACTIVATIONS: Record<Activation, (x: number) => readonly [value: number, derivative: number]> = {
  relu: (x) => (x > 0 ? [x, 1] : [0, 0]),
  tanh: (x) => [Math.tanh(x), 1 - Math.tanh(x) ** 2],
  gelu: (x) => {
    const root = Math.sqrt(2 / Math.PI);
    const t = Math.tanh(root * (x + 0.044715 * x ** 3));
    const slope = root * (1 + 3 * 0.044715 * x * x) * (1 - t * t);
    return [0.5 * x * (1 + t), 0.5 * (1 + t) + 0.5 * x * slope];
  },
};

function activate(x: Matrix, activation: Activation, steps: ((gradient: Matrix) => Matrix)[]): Matrix {
  const both = Array.from(x.values, (value) => ACTIVATIONS[activation](value));
  steps.push(({ values, columns }) => ({
    values: values.map((gradient, i) => gradient * both[i]![1]),
    columns,
  }));
  return { values: Float64Array.from(both, ([value]) => value), columns: x.columns };
}

/** Mean of −ln softmax(z)[label], and its gradient (softmax − one-hot)/batch. */
function crossEntropy({ values, columns }: Matrix, labels: Int32Array) {
  const gradient = new Float64Array(values.length);
  let loss = 0;
  labels.forEach((label, i) => {
    const scores = values.subarray(i * columns, (i + 1) * columns);
    const highest = Math.max(...scores);
    const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
    loss += (highest + Math.log(total) - scores[label]!) / labels.length;
    for (let j = 0; j < columns; j++) {
      const probability = Math.exp(scores[j]! - highest) / total;
      gradient[i * columns + j] = (probability - (j === label ? 1 : 0)) / labels.length;
    }
  });
  return { loss, gradient: { values: gradient, columns } };
}

function product(a: Matrix, b: Matrix, rounding: Rounding): Matrix {
  const [left, right] = [a.values.map(rounding), b.values.map(rounding)];
  const rows = left.length / a.columns;
  const values = new Float64Array(rows * b.columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < a.columns; k++) {
      const factor = left[i * a.columns + k]!;
      for (let j = 0; j < b.columns; j++) values[i * b.columns + j]! += factor * right[k * b.columns + j]!;
    }
  }
  return { values, columns: b.columns };
}

function transpose({ values, columns }: Matrix): Matrix {
  const rows = values.length / columns;
  return matrix(columns, rows, (i, j) => values[j * columns + i]!);
}

function matrix(rows: number, columns: number, at: (row: number, column: number) => number): Matrix {
  const values = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) values[i * columns + j] = at(i, j);
  return { values, columns };
}
