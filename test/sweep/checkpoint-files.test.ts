import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from "../../lib/sweep/safetensors";
import { DamagedFileError, type Tensor } from "../../lib/sweep/safetensors-header";
import { emptyFolder } from "./problem";

/** Tensors of up to three sides, empty ones included, with every bit pattern that a float can have. */
const tensor = fc.array(fc.nat(5), { maxLength: 3 }).chain((shape) => {
  const length = shape.reduce((product, side) => product * side, 1);
  return fc
    .uint8Array({ minLength: 4 * length, maxLength: 4 * length })
    .map((bytes): Tensor => ({ shape, values: new Float32Array(bytes.slice().buffer) }));
});
const contents = fc.record({
  tensors: fc.dictionary(
    fc.string({ unit: "binary" }).filter((name) => name !== "__metadata__"),
    tensor,
    { maxKeys: 5 },
  ),
  metadata: fc.dictionary(
    fc.string().filter((key) => key !== "sha256"),
    fc.string({ unit: "binary" }),
    { maxKeys: 5 },
  ),
});

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);

function readAll(file: string) {
  const tensors: Record<string, Tensor> = {};
  const { metadata } = readSafetensors(file, (name, shape) => {
    const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
    Object.defineProperty(tensors, name, { value: { shape, values }, enumerable: true });
    return values;
  });
  return { tensors, metadata };
}

const file = join(emptyFolder(), "file.safetensors");

describe("a safetensors file", () => {
  it("gives back every bit of what was written", () => {
    fc.assert(
      fc.property(contents, ({ tensors, metadata }) => {
        writeSafetensors(file, tensors, metadata);
        const back = readAll(file);
        expect(Object.keys(back.tensors).sort()).toEqual(Object.keys(tensors).sort());
        for (const [name, { shape, values }] of Object.entries(tensors)) {
          expect(back.tensors[name]!.shape).toEqual(shape);
          expect(bytesOf(back.tensors[name]!.values).equals(bytesOf(values))).toBe(true);
        }
        const { sha256, ...rest } = back.metadata;
        expect(sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(Object.entries(rest).sort()).toEqual(Object.entries(metadata).sort());
        expect(readSafetensorsHeader(file).metadata).toEqual(back.metadata);
      }),
    );
  });

  it("has the layout of the format's definition, byte for byte", () => {
    const values = Float32Array.of(1, -2.5, 3e-40);
    writeSafetensors(
      file,
      { b: { shape: [1, 2], values: values.subarray(0, 2) }, a: { shape: [1], values: values.subarray(2) } },
      { key: "ä" },
    );
    const bytes = readFileSync(file);
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    const header = JSON.parse(bytes.toString("utf8", 8, 8 + length));
    expect(bytes.toString("utf8", 8, 9)).toBe("{");
    expect(header).toEqual({
      __metadata__: { key: "ä", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      b: { dtype: "F32", shape: [1, 2], data_offsets: [0, 8] },
      a: { dtype: "F32", shape: [1], data_offsets: [8, 12] },
    });
    expect(bytes.length).toBe(8 + length + 12);
    expect([0, 4, 8].map((at) => bytes.readFloatLE(8 + length + at))).toEqual([...values]);
  });

  it("is refused after any change of any byte", () => {
    writeSafetensors(file, { w: { shape: [3, 2], values: new Float32Array(6).fill(0.5) } }, { update: "7" });
    const whole = readFileSync(file);
    const damaged = join(emptyFolder(), "damaged");
    for (let at = 0; at < whole.length; at++) {
      for (const flip of [1 << (at % 8), 0x29 /* a space to a tab */]) {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= flip;
        writeFileSync(damaged, bytes);
        expect(() => readAll(damaged), `byte ${at} ^ ${flip}`).toThrow(DamagedFileError);
      }
    }
  });

  it("is refused when it is cut anywhere, goes on, or lacks bytes in the middle", () => {
    writeSafetensors(file, { w: { shape: [3, 2], values: new Float32Array(6).fill(0.5) } }, { update: "7" });
    const whole = readFileSync(file);
    const damaged = join(emptyFolder(), "damaged");
    const refused = (bytes: Buffer) => {
      writeFileSync(damaged, bytes);
      expect(() => readAll(damaged)).toThrow(DamagedFileError);
    };
    for (let length = 0; length < whole.length; length++) refused(whole.subarray(0, length));
    for (let at = 0; at < whole.length; at++) {
      refused(Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1)]));
    }
    refused(Buffer.concat([whole, Buffer.alloc(1)]));
    refused(Buffer.alloc(whole.length));
  });

  it("of hostile contents is refused before anything large is reserved", () => {
    const written = (header: string, data = 0) => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
      writeFileSync(file, Buffer.concat([length, Buffer.from(header), Buffer.alloc(data)]));
    };
    const entry = (dtype: string, shape: string, offsets: string) =>
      `{"w":{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}}`;
    for (const [header, data, reason] of [
      ["[]", 0, "its header is not an object"],
      ["{", 0, "its header is not JSON"],
      ['{"__metadata__":{"n":1}}', 0, "its metadata are not texts"],
      [entry("F16", "[2]", "[0,4]"), 4, "tensor w has the type F16, expected F32"],
      [entry("F32", "[-1]", "[0,4]"), 4, "tensor w has no shape and offsets in whole numbers"],
      [entry("F32", "[4294967296,4294967296]", "[0,4]"), 4, "tensor w has 4 bytes, expected 4 for each of"],
      [entry("F32", "[1]", "[4,8]"), 8, "tensor w does not follow the one before"],
      [
        entry("F32", "[250000000]", "[0,1000000000]"),
        4,
        "its tensors have 1000000000 bytes by the header, and 4",
      ],
      ["{}", 0, "it has no checksum"],
    ] as const) {
      written(header, data);
      expect(() => readAll(file), header).toThrow(reason);
    }
    writeFileSync(file, Buffer.alloc(8, 255));
    expect(() => readAll(file)).toThrow("its header is said to have");
  });

  it("is larger than a piece and still whole", () => {
    const values = new Float32Array(5_000_000).map((_, i) => Math.sin(i));
    writeSafetensors(file, { w: { shape: [5_000_000], values } }, {});
    expect(bytesOf(readAll(file).tensors.w!.values).equals(bytesOf(values))).toBe(true);
    readSafetensors(file, () => undefined);
  });

  it("that cannot be written leaves the one before, and no draft", () => {
    const folder = emptyFolder();
    const target = join(folder, "target");
    writeSafetensors(target, {}, { version: "old" });
    const before = readFileSync(target);
    const bad = { shape: [2], values: new Float32Array(1) };
    expect(() => writeSafetensors(target, { bad }, {})).toThrow(RangeError);
    expect(() => writeSafetensors(join(folder, "no", "target"), {}, {})).toThrow(/ENOENT/);
    expect(readFileSync(target)).toEqual(before);
    expect(readdirSync(folder)).toEqual(["target"]);
    expect(existsSync(join(folder, "no"))).toBe(false);
  });
});
