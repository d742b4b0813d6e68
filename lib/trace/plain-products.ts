/** A graph without ONNX Runtime's own matrix product, for execution providers that lack it. */

import type { Graph, Node, Value } from "./graph";

/**
 * The same program with every `FusedMatMul`, which multiplies transposed operands, written as `Transpose` and
 * `MatMul`. A provider without the fused one would leave it to the processor, and copy its operands there and back.
 */
export function withPlainProducts(graph: Graph): Graph {
  const nodes = graph.nodes.flatMap((node) => {
    if (node.op !== "FusedMatMul") return [node];
    const transposes: Node[] = [];
    const inputs = node.inputs.map((operand, i) => {
      const attribute = node.attributes[i === 0 ? "transA" : "transB"];
      if (!attribute || !("int" in attribute) || attribute.int === 0) return operand;
      const transpose = transposed(operand, `${node.output.name}/${i}`);
      transposes.push(transpose);
      return transpose.output;
    });
    return [...transposes, { op: "MatMul", domain: "", inputs, output: node.output, attributes: {} }];
  });
  return { ...graph, nodes };
}

/** The node that swaps the last two axes. */
function transposed(operand: Value, name: string): Node {
  const last = operand.shape.length - 1;
  const axes = operand.shape.map((_, axis) => (axis === last ? last - 1 : axis === last - 1 ? last : axis));
  return {
    op: "Transpose",
    domain: "",
    inputs: [operand],
    output: { ...operand, name, shape: axes.map((axis) => operand.shape[axis]!) },
    attributes: { perm: { ints: axes } },
  };
}
