/** The activation functions of the models, in TensorFlow.js operations that every engine has. */

import * as tf from "@tensorflow/tfjs";
import type { Activation } from "../studies/config";

/** The tanh form of GELU (Hendrycks & Gimpel 2016, eq. 2), whose parts every engine computes to float32 precision. */
function gelu(x: tf.Tensor): tf.Tensor {
  const cubic = x.add(x.square().mul(x).mul(0.044715));
  return cubic
    .mul(Math.sqrt(2 / Math.PI))
    .tanh()
    .add(1)
    .mul(x)
    .mul(0.5);
}

export const ACTIVATIONS: Record<Activation, (x: tf.Tensor) => tf.Tensor> = {
  relu: tf.relu<tf.Tensor>,
  tanh: tf.tanh<tf.Tensor>,
  gelu,
};
