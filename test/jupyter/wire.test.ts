// The wire protocol's framing and signature. That tslab and Jupyter read the same frames is shown by kernel.test.ts and python.test.ts.

import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage, encodeMessage, type Message, newMessage } from "../../lib/jupyter/wire";

const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array));
const notDelimiter = bytes.filter((frame) => frame.toString() !== "<IDS|MSG>");
const content = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.parse(JSON.stringify(value)));
const message: fc.Arbitrary<Message> = fc
  .record({
    identities: fc.array(notDelimiter),
    content,
    metadata: content,
    buffers: fc.array(bytes),
    type: fc.string(),
  })
  .map(({ type, ...parts }) => ({ ...newMessage(type, {}, "session"), ...parts }));
const key = fc.string({ minLength: 1 });

describe("the wire protocol", () => {
  it("gives back every message that was encoded with the same key, or with none", () => {
    fc.assert(
      fc.property(message, fc.oneof(key, fc.constant("")), (sent, secret) => {
        expect(decodeMessage(secret, encodeMessage(secret, sent))).toEqual(sent);
      }),
    );
  });

  it("signs the four parts after the delimiter with HMAC-SHA256, in lower case hexadecimal digits", () => {
    fc.assert(
      fc.property(message, key, (sent, secret) => {
        const frames = encodeMessage(secret, sent).slice(sent.identities.length);
        const parts = Buffer.concat(frames.slice(2, 6));
        expect(Buffer.from(frames[0]!).toString()).toBe("<IDS|MSG>");
        expect(Buffer.from(frames[1]!).toString()).toBe(
          createHmac("sha256", secret).update(parts).digest("hex"),
        );
      }),
    );
  });

  it("refuses a message of which one bit of signature or signed parts was changed, or one made with another key", () => {
    fc.assert(
      fc.property(message, key, fc.nat(), fc.nat(), (sent, secret, anyFrame, anyBit) => {
        const frames = encodeMessage(secret, sent).map((frame) => Buffer.from(frame));
        const changed = frames[sent.identities.length + 1 + (anyFrame % 5)]!;
        const bit = anyBit % (changed.length * 8);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => decodeMessage(secret, frames)).toThrow("wrong signature");
        expect(() => decodeMessage(`${secret}x`, encodeMessage(secret, sent))).toThrow("wrong signature");
      }),
    );
  });

  it("says what is wrong with a message that is cut short, has no delimiter, or holds no JSON objects", () => {
    const frames = encodeMessage("", newMessage("status", {}, "session"));
    expect(() => decodeMessage("", frames.slice(0, 4))).toThrow("2 of its 4 parts");
    expect(() => decodeMessage("", frames.slice(1))).toThrow("delimiter");
    expect(() => decodeMessage("", frames.with(5, Buffer.from("[]")))).toThrow(
      "content is not a JSON object",
    );
    expect(() => decodeMessage("", frames.with(2, Buffer.from("{")))).toThrow("header is not JSON");
  });
});
