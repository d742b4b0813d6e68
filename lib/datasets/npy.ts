/** NPY, NumPy's format of one array: versions 1 to 3, little-endian integers in C order. */

import { DatasetError } from "./errors";

/** An array as it lies in the file. */
export interface NpyArray {
  /** NumPy's type string: `|u1`, `<i8` … */
  readonly type: string;
  readonly shape: readonly number[];
  /** The elements in row-major order, a view of the file. */
  readonly data: Uint8Array;
  /** Where in the file the elements begin. */
  readonly dataOffset: number;
}

const READERS: Readonly<Record<string, { bytes: number; read(view: DataView, at: number): number }>> = {
  "|u1": { bytes: 1, read: (view, at) => view.getUint8(at) },
  "|i1": { bytes: 1, read: (view, at) => view.getInt8(at) },
  "<u2": { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  "<i2": { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  "<u4": { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  "<i4": { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  "<u8": { bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
  "<i8": { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
};

/**
 * @param bytes a whole NPY file
 * @param file its name for messages
 * @throws DatasetError for a wrong magic number, version or header, big-endian, Fortran-ordered or non-integer
 *   elements, and a length that the shape does not explain
 */
export function parseNpy(bytes: Uint8Array, file: string): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 10) throw new DatasetError(file, "the NPY header is truncated", bytes.length);
  if (String.fromCharCode(...bytes.subarray(0, 6)) !== "\x93NUMPY") {
    throw new DatasetError(file, "not an NPY file: the magic number is missing", 0);
  }
  const version = bytes[6]!;
  if (version < 1 || version > 3 || bytes[7] !== 0) {
    throw new DatasetError(file, `NPY version ${version}.${bytes[7]} is not one of 1.0, 2.0, 3.0`, 6);
  }
  const headerOffset = version === 1 ? 10 : 12;
  const headerLength =
    version === 1 ? view.getUint16(8, true) : bytes.length < 12 ? 0 : view.getUint32(8, true);
  const dataOffset = headerOffset + headerLength;
  if (bytes.length < dataOffset) throw new DatasetError(file, "the NPY header is truncated", bytes.length);
  const text = new TextDecoder().decode(bytes.subarray(headerOffset, dataOffset));
  const { type, shape } = parseHeader(text, file, headerOffset);
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset + dataOffset, bytes.length - dataOffset);
  const expected = shape.reduce((product, length) => product * length, READERS[type]!.bytes);
  if (data.length !== expected) {
    throw new DatasetError(
      file,
      `${data.length} bytes of elements, but shape (${shape.join(", ")}) of ${type} takes ${expected}`,
      dataOffset + Math.min(data.length, expected),
    );
  }
  return { type, shape, data, dataOffset };
}

/** The elements as numbers; 64-bit integers beyond 2^53 lose their last digits. */
export function npyNumbers({ type, data }: NpyArray): Float64Array {
  const { bytes, read } = READERS[type]!;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Float64Array.from({ length: data.length / bytes }, (_, n) => read(view, n * bytes));
}

/** Where in the file an element begins. */
export function npyOffset(array: NpyArray, element: number): number {
  return array.dataOffset + element * READERS[array.type]!.bytes;
}

/** Reads the Python dictionary {'descr': '|u1', 'fortran_order': False, 'shape': (10, 3072), }. */
function parseHeader(text: string, file: string, offset: number): { type: string; shape: number[] } {
  const entries =
    /^\{(?=.*'descr': *'(?<type>[^']*)')(?=.*'fortran_order': *(?<fortran>True|False)\b)(?=.*'shape': *\((?<shape>[\d, L]*)\))(?: *'(?:descr|fortran_order|shape)': *(?:'[^']*'|True|False|\([\d, L]*\)) *,?){3} *\} *\n?$/.exec(
      text,
    )?.groups;
  if (!entries) {
    throw new DatasetError(file, `the NPY header does not describe one plain array: ${text.trim()}`, offset);
  }
  const { type, fortran, shape } = entries as { type: string; fortran: string; shape: string };
  const fail = (problem: string, word: string) =>
    new DatasetError(file, problem, offset + Math.max(0, text.indexOf(word)));
  if (type.startsWith(">")) {
    throw fail(`big-endian elements (${type}); save them little-endian`, type);
  }
  if (!Object.hasOwn(READERS, type)) {
    throw fail(`elements of type ${type}, expected one of ${Object.keys(READERS).join(", ")}`, type);
  }
  if (fortran === "True") throw fail("the array is in Fortran order; save it in C order", "fortran_order");
  const lengths = shape.split(",").map((length) => length.trim().replace(/L$/, ""));
  if (lengths.at(-1) === "") lengths.pop();
  if (!lengths.every((length) => /^\d+$/.test(length) && Number.isSafeInteger(Number(length)))) {
    throw fail(`the shape is not a tuple of lengths: (${shape})`, "shape");
  }
  return { type, shape: lengths.map(Number) };
}
