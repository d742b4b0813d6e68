// The Jupyter wire protocol's framing: a message to and from ZeroMQ frames, signed with HMAC-SHA256.
// A leaf: it knows neither sockets nor what the messages mean. Source: https://jupyter-client.readthedocs.io/en/stable/messaging.html

import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

/** Who sent a message, when, and of which type. */
export interface Header {
  msg_id: string;
  msg_type: string;
  session: string;
  username: string;
  date: string;
  version: string;
}

/** One message of the protocol. `parentHeader` is empty for a message that answers nothing. */
export interface Message {
  identities: Uint8Array[];
  header: Header;
  parentHeader: Partial<Header>;
  metadata: Record<string, unknown>;
  content: Record<string, unknown>;
  buffers: Uint8Array[];
}

const delimiter = Buffer.from("<IDS|MSG>");

/** A new message that answers nothing, ready to be encoded. */
export function newMessage(type: string, content: Record<string, unknown>, session: string): Message {
  const header = {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: "offcurve",
    date: new Date().toISOString(),
    version: "5.3",
  };
  return { identities: [], header, parentHeader: {}, metadata: {}, content, buffers: [] };
}

/** The frames of `message`, signed with `key`; an empty key means unsigned, as the protocol has it. */
export function encodeMessage(key: string, message: Message): Uint8Array[] {
  const parts = [message.header, message.parentHeader, message.metadata, message.content].map((part) =>
    Buffer.from(JSON.stringify(part)),
  );
  return [...message.identities, delimiter, Buffer.from(sign(key, parts)), ...parts, ...message.buffers];
}

/**
 * The message in `frames`.
 * @throws Error when the delimiter or a part is missing, the signature is not that of `key`, or a part is not a JSON object.
 */
export function decodeMessage(key: string, frames: readonly Uint8Array[]): Message {
  const start = frames.findIndex((frame) => delimiter.equals(frame));
  if (start < 0)
    throw new Error("Jupyter message without the <IDS|MSG> delimiter; is the other side a Jupyter kernel?");
  const [signature, ...rest] = frames.slice(start + 1);
  const parts = rest.slice(0, 4);
  if (signature === undefined || parts.length < 4) {
    throw new Error(
      `Jupyter message with ${rest.length} of its 4 parts after the signature; it was cut short.`,
    );
  }
  const expected = Buffer.from(sign(key, parts));
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    throw new Error(
      "Jupyter message with a wrong signature; do both sides use the key of the same connection file?",
    );
  }
  const [header, parentHeader, metadata, content] = parts.map(parseObject);
  return {
    identities: frames.slice(0, start),
    header: header as unknown as Header,
    parentHeader: parentHeader as Partial<Header>,
    metadata: metadata!,
    content: content!,
    buffers: rest.slice(4),
  };
}

function sign(key: string, parts: readonly Uint8Array[]): string {
  if (key === "") return "";
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

function parseObject(part: Uint8Array, index: number): Record<string, unknown> {
  const name = ["header", "parent header", "metadata", "content"][index];
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(part).toString("utf8"));
  } catch (error) {
    throw new Error(`Jupyter message whose ${name} is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`Jupyter message whose ${name} is not a JSON object.`);
  }
  return value as Record<string, unknown>;
}
