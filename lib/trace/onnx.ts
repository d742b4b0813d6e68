/** A graph, once or repeated, as an ONNX model, in the protocol-buffer format that ONNX Runtime loads. */

import { parse } from "protobufjs";
import { type Attribute, ELEMENT_TYPES, type Graph, type Value } from "./graph";

/** The part of onnx.proto (ONNX IR version 10) that a recorded program needs, field numbers as published there. */
const { root } = parse(`
  syntax = "proto3";
  package onnx;
  message AttributeProto {
    string name = 1; float f = 2; int64 i = 3; GraphProto g = 6; repeated int64 ints = 8; int32 type = 20;
  }
  message TensorShapeProto {
    message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
    repeated Dimension dim = 1;
  }
  message TypeProto {
    message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; }
    Tensor tensor_type = 1;
  }
  message ValueInfoProto { string name = 1; TypeProto type = 2; }
  message TensorProto { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message NodeProto {
    repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
    repeated AttributeProto attribute = 5; string domain = 7;
  }
  message GraphProto {
    repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5;
    repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
  }
  message OperatorSetIdProto { string domain = 1; int64 version = 2; }
  message ModelProto {
    int64 ir_version = 1; string producer_name = 2; GraphProto graph = 7;
    repeated OperatorSetIdProto opset_import = 8;
  }
`);
const ModelProto = root.lookupType("onnx.ModelProto");

/** AttributeProto.AttributeType in onnx.proto. */
const ATTRIBUTE_TYPE = { float: 1, int: 2, graph: 5, ints: 7 };

/** The length of the axis that a repeated program repeats over; every call has its own. */
const REPETITIONS = "repetitions";

export function toOnnx(graph: Graph): Uint8Array {
  return encoded(graphFields(graph));
}

/**
 * The program repeated, as ONNX's Scan: once for each element of a first axis that its inputs and outputs get, all but
 * those that are carried from one repetition to the next.
 *
 * @param carried names of inputs, each with the output whose value it takes at the next repetition
 */
export function toRepeatedOnnx(
  graph: Graph,
  carried: readonly (readonly [input: string, output: string])[],
): Uint8Array {
  const inputs = carriedFirst(
    graph.inputs,
    carried.map(([input]) => input),
  );
  const outputs = carriedFirst(
    graph.outputs,
    carried.map(([, output]) => output),
  );
  const outer = (value: Value, i: number) =>
    valueInfo(i < carried.length ? value : { ...value, shape: [REPETITIONS, ...value.shape] });
  const body = graphFields({ ...graph, inputs, outputs }, (name) => `body/${name}`); // names must differ from those around it
  return encoded({
    name: "program",
    node: [
      {
        opType: "Scan",
        name: "scan",
        input: inputs.map(({ name }) => name),
        output: outputs.map(({ name }) => name),
        attribute: [
          { name: "num_scan_inputs", i: inputs.length - carried.length, type: ATTRIBUTE_TYPE.int },
          { name: "body", g: body, type: ATTRIBUTE_TYPE.graph },
        ],
      },
    ],
    input: inputs.map(outer),
    output: outputs.map(outer),
  });
}

/** Those of the names in their order, then the others. */
function carriedFirst(values: readonly Value[], names: readonly string[]): Value[] {
  const carried = names.map((name) => values.find((value) => value.name === name)!);
  return [...carried, ...values.filter((value) => !carried.includes(value))];
}

function encoded(graph: object): Uint8Array {
  const model = {
    irVersion: 10,
    producerName: "offcurve",
    opsetImport: [
      { domain: "", version: 21 },
      { domain: "com.microsoft", version: 1 },
    ],
    graph,
  };
  return ModelProto.encode(ModelProto.create(model)).finish();
}

function graphFields(graph: Graph, rename = (name: string) => name) {
  const info = (value: Value) => valueInfo({ ...value, name: rename(value.name) });
  return {
    name: "program",
    node: graph.nodes.map((node) => ({
      opType: node.op,
      domain: node.domain,
      name: rename(node.output.name),
      input: node.inputs.map((input) => rename(input.name)),
      output: [rename(node.output.name)],
      attribute: Object.entries(node.attributes).map(([name, box]) => ({ name, ...attributeFields(box) })),
    })),
    initializer: graph.constants.map(({ name, dtype, shape, bytes }) => ({
      name: rename(name),
      dataType: ELEMENT_TYPES[dtype],
      dims: shape,
      rawData: bytes,
    })),
    input: graph.inputs.map(info),
    output: graph.outputs.map(info),
  };
}

function attributeFields(box: Attribute) {
  if ("int" in box) return { i: box.int, type: ATTRIBUTE_TYPE.int };
  if ("float" in box) return { f: box.float, type: ATTRIBUTE_TYPE.float };
  return { ints: box.ints, type: ATTRIBUTE_TYPE.ints };
}

function valueInfo({ name, dtype, shape }: Omit<Value, "shape"> & { shape: readonly (number | string)[] }) {
  const dim = shape.map((side) => (typeof side === "string" ? { dimParam: side } : { dimValue: side }));
  return { name, type: { tensorType: { elemType: ELEMENT_TYPES[dtype], shape: { dim } } } };
}
