/** A graph as an ONNX model, in the protocol-buffer format that ONNX Runtime loads. */

import { parse } from "protobufjs";
import type { Attribute, ElementType, Graph, Value } from "./graph";

/** The part of onnx.proto (ONNX IR version 10) that a recorded program needs, field numbers as published there. */
const { root } = parse(`
  syntax = "proto3";
  package onnx;
  message AttributeProto {
    string name = 1; float f = 2; int64 i = 3; repeated int64 ints = 8; int32 type = 20;
  }
  message TensorShapeProto {
    message Dimension { int64 dim_value = 1; }
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

/** TensorProto.DataType in onnx.proto. */
const ELEMENT_TYPE: Record<ElementType, number> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** AttributeProto.AttributeType in onnx.proto. */
const ATTRIBUTE_TYPE = { float: 1, int: 2, ints: 7 };

export function toOnnx(graph: Graph): Uint8Array {
  const model = {
    irVersion: 10,
    producerName: "offcurve",
    opsetImport: [
      { domain: "", version: 21 },
      { domain: "com.microsoft", version: 1 },
    ],
    graph: {
      name: "program",
      node: graph.nodes.map((node) => ({
        opType: node.op,
        domain: node.domain,
        name: node.output.name,
        input: node.inputs.map((input) => input.name),
        output: [node.output.name],
        attribute: Object.entries(node.attributes).map(([name, box]) => ({ name, ...attributeFields(box) })),
      })),
      initializer: graph.constants.map(({ name, dtype, shape, bytes }) => ({
        name,
        dataType: ELEMENT_TYPE[dtype],
        dims: shape,
        rawData: bytes,
      })),
      input: graph.inputs.map(valueInfo),
      output: graph.outputs.map(valueInfo),
    },
  };
  return ModelProto.encode(ModelProto.create(model)).finish();
}

function attributeFields(box: Attribute) {
  if ("int" in box) return { i: box.int, type: ATTRIBUTE_TYPE.int };
  if ("float" in box) return { f: box.float, type: ATTRIBUTE_TYPE.float };
  return { ints: box.ints, type: ATTRIBUTE_TYPE.ints };
}

function valueInfo({ name, dtype, shape }: Value) {
  const dim = shape.map((side) => ({ dimValue: side }));
  return { name, type: { tensorType: { elemType: ELEMENT_TYPE[dtype], shape: { dim } } } };
}
