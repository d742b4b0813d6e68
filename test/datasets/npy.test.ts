import fc from "fast-check";
import { expect, test } from "vitest";
import { DatasetError } from "../../lib/datasets/errors";
import { npyNumbers, npyOffset, parseNpy } from "../../lib/datasets/npy";
import { bitFlip, int64, noise, npy, truncation } from "./fixtures";

const data = noise(24);
const file = npy("|u1", "(4, 6)", data);

test.each([1, 2, 3])("reads version %d", (version) => {
  const array = parseNpy(npy("|u1", "(4, 6)", data, { version }), "x");
  expect(array).toMatchObject({ type: "|u1", shape: [4, 6], data });
  expect(array.dataOffset % 64).toBe(0);
});

test("reads a header as NumPy wrote it byte for byte", () => {
  // numpy.save of numpy.array([1, 1000], dtype="int64"), NumPy 1.26
  const header = "\x93NUMPY\x01\x00v\x00{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }";
  const bytes = Buffer.concat([Buffer.from(`${header.padEnd(127)}\n`, "latin1"), int64([1, 1000])]);
  const array = parseNpy(bytes, "x");
  expect(array.shape).toEqual([2]);
  expect([...npyNumbers(array)]).toEqual([1, 1000]);
  expect(npyOffset(array, 1)).toBe(136);
});

test.each([
  ["(4, 6)", [4, 6]],
  ["(24,)", [24]],
  ["(4L, 6L)", [4, 6]],
  ["(2, 3, 4)", [2, 3, 4]],
])("reads the shape %s", (shape, expected) => {
  expect(parseNpy(npy("|u1", shape, data), "x").shape).toEqual(expected);
});

test("reads keys in any order", () => {
  const text = "{'shape': (24,), 'descr': '|u1', 'fortran_order': False}\n";
  const start = Buffer.from("\x93NUMPY\x01\x00\x00\x00", "latin1");
  start.writeUInt16LE(text.length, 8);
  expect(parseNpy(Buffer.concat([start, Buffer.from(text), data]), "x").shape).toEqual([24]);
});

test.each([
  ["|u1", Uint8Array, [0, 255]],
  ["|i1", Int8Array, [-128, 127]],
  ["<u2", Uint16Array, [0, 65535]],
  ["<i2", Int16Array, [-32768, 32767]],
  ["<u4", Uint32Array, [0, 4294967295]],
  ["<i4", Int32Array, [-2147483648, 2147483647]],
] as const)("reads numbers of type %s", (type, Type, values) => {
  const bytes = new Uint8Array(Type.from(values).buffer);
  expect([...npyNumbers(parseNpy(npy(type, "(2,)", bytes), "x"))]).toEqual(values);
});

test.each([
  ["big-endian elements", npy(">i8", "(3,)", data), /big-endian elements \(>i8\)/, 21],
  ["Fortran order", npy("|u1", "(4, 6)", data, { fortran: "True" }), /Fortran order/, 28],
  ["floating point", npy("<f8", "(3,)", data), /type <f8, expected one of/, 21],
  ["pickled objects", npy("|O", "(3,)", data), /type \|O/, 21],
  ["an unknown version", npy("|u1", "(24,)", data, { version: 4 }), /version 4.0/, 6],
  ["a shape that is no tuple of lengths", npy("|u1", "(2, , 12)", data), /not a tuple of lengths/, 52],
  ["a structured type", npy("|u1', '<f4", "(24,)", data), /one plain array/, 10],
  ["fewer elements than the shape", npy("|u1", "(5, 6)", data), /24 bytes of elements.*takes 30/, 152],
  ["more elements than the shape", npy("|u1", "(2, 6)", data), /24 bytes of elements.*takes 12/, 140],
  ["another file", Buffer.from("\x93NUMPX is not NumPy", "latin1"), /magic number/, 0],
])("refuses %s, naming file and offset", (_, bytes, message, offset) => {
  let error: unknown;
  try {
    parseNpy(bytes, "batch.npz (data.npy)");
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(DatasetError);
  expect((error as DatasetError).message).toMatch(message);
  expect((error as DatasetError).message).toContain("batch.npz (data.npy), byte ");
  expect((error as DatasetError).offset).toBe(offset);
});

test("any truncation is a DatasetError", () => {
  fc.assert(
    fc.property(truncation(file.length), (cut) => {
      expect(() => parseNpy(cut(file), "x")).toThrow(DatasetError);
    }),
  );
});

test("a flipped bit of the header gives the very same array or a DatasetError", () => {
  fc.assert(
    fc.property(bitFlip(file.length - data.length), (flip) => {
      try {
        const { type, shape, data: found } = parseNpy(flip(file), "x");
        expect(found).toEqual(data);
        // A flipped bit can turn |u1 into |i1 or (4, 6) into (6, 4) only together with the data's length.
        expect(shape.reduce((a, b) => a * b)).toBe(24);
        expect(["|u1", "|i1"]).toContain(type);
      } catch (error) {
        expect(error).toBeInstanceOf(DatasetError);
      }
    }),
    { numRuns: 1000 },
  );
});
