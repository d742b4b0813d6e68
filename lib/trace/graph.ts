/**
 * The recorded program: typed values, the nodes that make them, and its text form. How it is recorded is
 * `backend.ts`; how it becomes an ONNX model is `onnx.ts`.
 */

/** The types of elements, by their numbers in onnx.proto (TensorProto.DataType). */
export const ELEMENT_TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;

export type ElementType = keyof typeof ELEMENT_TYPES;

/** The result of a node, an input or a constant: a name with a type. */
export interface Value {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

export interface Constant extends Value {
  /** Little-endian elements, row-major. */
  readonly bytes: Uint8Array;
}

/** Integers are 64-bit in ONNX, and floating-point attributes must say that they are: hence the two boxes. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] };

/** One ONNX operation. An empty domain is ONNX's own; `com.microsoft` holds ONNX Runtime's additions. */
export interface Node {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Graph {
  readonly inputs: readonly Value[];
  readonly constants: readonly Constant[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly Value[];
}

/** Drops every node and constant that no output depends on, such as gradients that nobody asked for. */
export function prune(graph: Graph): Graph {
  const needed = new Set(graph.outputs.map((output) => output.name));
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!needed.has(node.output.name)) continue;
    nodes.push(node);
    for (const input of node.inputs) needed.add(input.name);
  }
  return {
    ...graph,
    constants: graph.constants.filter((constant) => needed.has(constant.name)),
    nodes: nodes.reverse(),
  };
}

/** The program as a typed listing, one value a line: `%3 float32[2,128,8] = Add(%1, bias)`. */
export function listing(graph: Graph): string {
  const typed = (value: Value) => `${value.name} ${value.dtype}[${value.shape.join(",")}]`;
  const attribute = (box: Attribute) => JSON.stringify(Object.values(box)[0]);
  const lines = [
    `inputs ${graph.inputs.map(typed).join(", ")}`,
    ...graph.constants.map((constant) => `${typed(constant)} = ${preview(constant)}`),
    ...graph.nodes.map((node) => {
      const attributes = Object.entries(node.attributes).map(([name, box]) => `${name}=${attribute(box)}`);
      const operands = [...node.inputs.map((input) => input.name), ...attributes].join(", ");
      return `${typed(node.output)} = ${node.op}(${operands})`;
    }),
    `outputs ${graph.outputs.map((output) => output.name).join(", ")}`,
  ];
  return lines.join("\n");
}

function preview(constant: Constant): string {
  const shown = [...elements(constant).subarray(0, 4)].map((element) => Number(element));
  const count = constant.shape.reduce((product, side) => product * side, 1);
  return count > shown.length ? `${shown.join(" ")} … (${count})` : shown.join(" ");
}

function elements({ dtype, bytes }: Constant) {
  const buffer = bytes.slice().buffer;
  switch (dtype) {
    case "float32":
      return new Float32Array(buffer);
    case "int32":
      return new Int32Array(buffer);
    case "int64":
      return new BigInt64Array(buffer);
    case "bool":
    case "uint8":
      return new Uint8Array(buffer);
  }
}
