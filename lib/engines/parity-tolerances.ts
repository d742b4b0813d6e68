/** How far from the float64 reference each engine may be, and why so far: the one table of it. */

import type { EngineName } from "./names";
import type { EngineIdentity } from "./probe";

export interface Tolerance {
  /** In what matrices are multiplied, by name. */
  readonly precision: string;
  /** Largest relative difference of a loss. */
  readonly loss: number;
  /** Largest difference of a parameter, relative to the largest magnitude in its tensor. */
  readonly parameters: number;
  readonly why: string;
}

/** No engine uses float16 or bfloat16; one that did would need a row of its own. */
const TOLERANCES = {
  float32: {
    precision: "float32",
    loss: 2e-6,
    parameters: 1e-5,
    why: "float32 rounds at 6e-8; ten times the largest differences seen of engines on a processor (2e-7 and 8e-7)",
  },
  wgsl: {
    precision: "float32 (WGSL)",
    loss: 1e-5,
    parameters: 1e-4,
    why: "WebGPU's shading language lets a GPU err by several units in the last place in exp, log, tanh and division, where a processor errs by one",
  },
  tf32: {
    precision: "TF32",
    loss: 2e-3,
    parameters: 1e-1,
    why: "TF32 keeps 10 bits of the significand of every factor; ten and three times what so rounding the reference's own factors changes (2.2e-4 and 3.0e-2)",
  },
} as const satisfies Record<string, Tolerance>;

type Row = keyof typeof TOLERANCES;

/** The row of each engine where its products are in full float32. */
const ROW: Record<EngineName, Row> = {
  "onnx-cpu": "float32",
  "onnx-webgpu": "wgsl",
  "onnx-cuda": "float32",
  "tfjs-node-gpu": "float32",
  "tfjs-node": "float32",
  "tfjs-webgpu": "wgsl",
  "tfjs-wasm": "float32",
  "tfjs-cpu": "float32",
};

/** What is tolerated of an engine, by its name and what it says of its matrix products. */
export function toleranceOf(name: EngineName, { settings }: Pick<EngineIdentity, "settings">): Tolerance {
  return TOLERANCES[settings.matrix_precision === "tf32" ? "tf32" : ROW[name]];
}
