// A client of one tslab kernel over the Jupyter wire protocol: start it, execute code, interrupt it, shut it down.
// What the outputs become is outputs.ts; which code to run is execute-notebook.ts.

import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Dealer, Subscriber } from "zeromq";
import { address, createConnection } from "./connection";
import { type KernelEnd, KernelProcess } from "./kernel-process";
import { kernelCommand, kernelName } from "./kernel-spec";
import { decodeMessage, encodeMessage, type Message, newMessage } from "./wire";

/** The kernel's process ended although nobody asked it to. */
export class KernelDied extends Error {
  constructor(readonly end: KernelEnd) {
    const how = end.signal ? `was ended by ${end.signal}` : `ended with exit code ${end.code ?? "unknown"}`;
    super(`the kernel died: its process ${how}${end.log ? `\n${end.log}` : ""}`);
    this.name = "KernelDied";
  }
}

interface Request {
  reply?: Message;
  idle: boolean;
  onOutput(message: Message): void;
  finish(reply: Message): void;
}

/** A kernel that ends is noticed at once; this only keeps a hanging one from being waited for without end. A busy machine needs minutes. */
const startLimit = 300_000;
const shutdownLimit = 5000;

export class Kernel {
  readonly #process: KernelProcess;
  readonly #died: Promise<never>;
  readonly #session = randomUUID();
  readonly #requests = new Map<string, Request>();
  readonly #sockets: { shell: Dealer; control: Dealer; iopub: Subscriber };
  /** The `language_info` that the kernel announced. */
  languageInfo: Record<string, unknown> = {};

  /**
   * Starts a kernel in `folder` and waits until it answers.
   * @throws KernelDied when it ends before that, Error when it does not answer within five minutes.
   */
  static async start(folder: string): Promise<Kernel> {
    const connection = await createConnection(kernelName);
    const kernel = new Kernel(folder, connection);
    try {
      await kernel.#ready();
      return kernel;
    } catch (error) {
      await kernel.kill();
      throw error;
    }
  }

  private constructor(
    folder: string,
    readonly connection: Awaited<ReturnType<typeof createConnection>>,
  ) {
    this.#process = new KernelProcess(kernelCommand(folder, connection.file), folder);
    this.#died = this.#process.ended.then((end) => {
      throw new KernelDied(end);
    });
    this.#died.catch(() => {});
    const shell = new Dealer({ linger: 0 });
    const control = new Dealer({ linger: 0 });
    const iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
    this.#sockets = { shell, control, iopub };
    shell.connect(address(connection.info, "shell_port"));
    control.connect(address(connection.info, "control_port"));
    iopub.connect(address(connection.info, "iopub_port"));
    iopub.subscribe();
    for (const socket of [shell, control, iopub]) void this.#listen(socket);
  }

  /**
   * Executes `code` and answers the content of the kernel's reply. `onOutput` gets every message the execution publishes, in order.
   * @throws KernelDied when the kernel ends before it has replied.
   */
  async execute(code: string, onOutput: (message: Message) => void): Promise<Record<string, unknown>> {
    const content = {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
    };
    return (await this.request("shell", "execute_request", content, onOutput)).content;
  }

  /** Interrupts the running cell; it then fails with the error `Interrupt`. Only a signal stops a cell that computes without a pause. */
  interrupt(by: "signal" | "message" = process.platform === "win32" ? "message" : "signal"): void {
    if (by === "signal") this.#process.interrupt();
    else this.request("control", "interrupt_request", {}, () => {}).catch(() => {});
  }

  /** Ends the kernel and everything it started, at once. */
  async kill(): Promise<void> {
    this.#process.kill();
    await this.#process.ended;
    this.#close();
  }

  /** Asks the kernel to end, and ends it when it does not within a few seconds. Answers how it ended. */
  async shutdown(): Promise<KernelEnd> {
    this.request("control", "shutdown_request", { restart: false }, () => {}).catch(() => {});
    const timer = new AbortController();
    const slow = delay(shutdownLimit, undefined, { signal: timer.signal }).then(
      () => this.#process.kill(),
      () => {},
    );
    const end = await this.#process.ended;
    timer.abort();
    await slow;
    this.#close();
    return end;
  }

  /** Asks again and again until both channels answer: a subscription made after a message was published has missed it. */
  async #ready(): Promise<void> {
    const started = Date.now();
    while (Date.now() - started < startLimit) {
      const asked = this.request("shell", "kernel_info_request", {}, () => {});
      const reply = await Promise.race([asked, delay(500)]);
      if (!reply) continue;
      this.languageInfo = (reply.content.language_info ?? {}) as Record<string, unknown>;
      return;
    }
    throw new Error("the kernel did not answer within 5 minutes of its start; is the machine overloaded?");
  }

  /** Sends any request of the protocol and answers the reply, once all it publishes has been given to `onOutput`. */
  request(
    channel: "shell" | "control",
    type: string,
    content: Record<string, unknown>,
    onOutput: (message: Message) => void,
  ): Promise<Message> {
    const message = newMessage(type, content, this.#session);
    const answered = new Promise<Message>((finish) => {
      this.#requests.set(message.header.msg_id, { idle: false, onOutput, finish });
    });
    const frames = encodeMessage(this.connection.info.key, message);
    const sent = this.#sockets[channel].send(frames.map((frame) => Buffer.from(frame)));
    return Promise.race([sent.then(() => answered), this.#died]).finally(() => {
      this.#requests.delete(message.header.msg_id);
    });
  }

  async #listen(socket: Dealer | Subscriber): Promise<void> {
    for await (const frames of socket) {
      const message = decodeMessage(this.connection.info.key, frames);
      const request = this.#requests.get(message.parentHeader.msg_id ?? "");
      if (!request) continue;
      if (socket !== this.#sockets.iopub) request.reply = message;
      else if (message.header.msg_type !== "status") request.onOutput(message);
      else if (message.content.execution_state === "idle") request.idle = true;
      if (request.idle && request.reply) request.finish(request.reply);
    }
  }

  #close(): void {
    for (const socket of Object.values(this.#sockets)) socket.close();
    rmSync(this.connection.folder, { recursive: true, force: true });
  }
}
