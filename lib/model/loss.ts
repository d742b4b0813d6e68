/** The training loss of a stack of classifiers. */

import * as tf from "@tensorflow/tfjs";

/**
 * Softmax cross-entropy in nats of each trial of a stack, summed over the batch.
 *
 * The sum, not the mean: its gradient with respect to the logits is softmax − one-hot, one pass over the largest
 * tensor of a narrow model, and the optimisers put 1/batch into scalars that they multiply by anyway. The
 * log-normaliser is read off at the likeliest class, max z − ln max p, where p is at least 1/classes: it neither
 * overflows nor underflows, whatever the logits.
 *
 * @param logits [trials, batch, classes]
 * @param labels int32 [batch], shared by the trials
 * @returns [trials]
 */
export function crossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const [trials, , classes] = logits.shape as [number, number, number];
  const loss = tf.customGrad((z, save) => {
    const scores = z as tf.Tensor;
    const probabilities = tf.softmax(scores);
    const normaliser = scores.max(-1).sub(probabilities.max(-1).log()); // [trials, batch]
    (save as (tensors: tf.Tensor[]) => void)([probabilities]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const target = oneHot(labels, classes);
      return saved[0]!.sub(target).mul(dy.reshape([trials, 1, 1]));
    };
    return { value: normaliser.sub(labelledScores(scores, labels)).sum(-1), gradFunc };
  });
  return loss(logits) as tf.Tensor;
}

/** The number of examples of the batch that each trial classifies correctly, [trials], as float32. */
export function correctCount(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const labelled = labelledScores(logits, labels).expandDims(-1);
  // A tie counts as correct only where the label's class is the only one at the top.
  const atLeast = logits.greaterEqual(labelled).cast("float32").sum(-1); // [trials, batch]
  return atLeast.equal(1).cast("float32").sum(-1);
}

/** The score of each example's own class, [trials, batch]. */
function labelledScores(scores: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const [trials, batch, classes] = scores.shape as [number, number, number];
  const positions = tf.range(0, batch * classes, classes, "int32").add(labels);
  return scores.reshape([trials, batch * classes]).gather(positions, 1);
}

/** Float32 [batch, classes]. Made by comparison, which engines do in parallel, unlike their one-hot operations. */
function oneHot(labels: tf.Tensor, classes: number): tf.Tensor {
  return labels
    .expandDims(1)
    .equal(tf.range(0, classes, 1, "int32"))
    .cast("float32");
}
