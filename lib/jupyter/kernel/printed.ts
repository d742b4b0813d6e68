// What a cell prints, sent on in few messages: front ends take in some hundreds a second, and give up on a cell that sends thousands.
// What a message is and when a cell begins and ends is server.ts.

type Write = typeof process.stdout.write;
export type StreamName = "stdout" | "stderr";

interface Text {
  readonly name: StreamName;
  readonly texts: string[];
}

/** So many messages are sent as soon as they are written, so that a cell that prints little and then computes without a pause is seen to. */
const burst = 50;

/** After that, text is held back and joined until one more message is due, in milliseconds. */
const interval = 100;

/** The text that one cell prints, in the order in which it was printed. */
export class Printed {
  #held: Text[] = [];
  /** Messages that may be sent at once, as of `#countedAt`. */
  #allowed = burst;
  #countedAt = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(readonly publish: (name: StreamName, text: string) => void) {}

  /** Takes a text; it is sent at once or joined with others. */
  add(name: StreamName, text: string): void {
    const last = this.#held.at(-1);
    if (last?.name === name) last.texts.push(text);
    else this.#held.push({ name, texts: [text] });

    const now = performance.now();
    this.#allowed = Math.min(burst, this.#allowed + (now - this.#countedAt) / interval);
    this.#countedAt = now;
    if (this.#allowed >= 1) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), interval).unref();
  }

  /** Sends what is held back. To be called before any other message of the cell, so that the order is kept. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#held.length === 0) return;
    const messages = this.#held.length > burst ? byStream(this.#held) : this.#held;
    this.#held = [];
    this.#allowed = Math.max(0, this.#allowed - messages.length);
    for (const { name, texts } of messages) this.publish(name, texts.join(""));
  }
}

/** What takes the place of the `write` of a stream of the process. */
export function streamWriter(take: (text: string) => void): Write {
  const decoder = new TextDecoder();
  return (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown) => {
    const text = typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    if (text !== "") take(text);
    const done = typeof encoding === "function" ? encoding : callback;
    if (typeof done === "function") process.nextTick(() => done());
    return true;
  };
}

/** One message a stream: of streams that take turns too often to be told in turn, each keeps its own order. */
function byStream(held: readonly Text[]): Text[] {
  const names = [...new Set(held.map(({ name }) => name))];
  return names.map((name) => ({
    name,
    texts: held.flatMap((part) => (part.name === name ? part.texts : [])),
  }));
}
