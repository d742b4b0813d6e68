// tslab's Jupyter server, mended: execute requests one after another with the messages the protocol asks for (execute_input, error, full
// replies, aborted queue after an error), and interrupt requests. What makes a cell fail is cells.ts; how its text is joined is printed.ts.

import { decodeMessage, encodeMessage, newMessage } from "../wire";
import { Cells } from "./cells";
import type { MendedExecutor } from "./executor";
import type { Failure } from "./failure";
import { Printed, type StreamName, streamWriter } from "./printed";
import type { KernelMessage, KernelServer, Tslab } from "./tslab";

/** After a failed cell: how long requests sent before its reply may take to be read, in milliseconds, so that they are aborted with it. */
const abortWindow = 20;

/** How long left-over work may keep the process alive after shutdown, in milliseconds. */
const shutdownWindow = 1000;

/** Mends every server that tslab creates from now on. Must be called before tslab starts. */
export function mendServer(tslab: Tslab): void {
  const prototype = tslab.jupyter.ZmqServer.prototype;
  const { init, close, publishStatus, handleShellMessage } = prototype;
  const raw = { stdout: process.stdout.write, stderr: process.stderr.write };
  const report = (text: string) => void raw.stderr.call(process.stderr, text);
  const states = new WeakMap<KernelServer, { cells: Cells; queue: ExecuteQueue; bound: Promise<void> }>();

  prototype.init = function () {
    const cells = new Cells(this.handler.executor as MendedExecutor, report);
    const status = (state: string, parent: KernelMessage) => publishStatus.call(this, state, parent);
    const queue = new ExecuteQueue(this, tslab, cells, status);
    takeOverProcess(cells);
    keepEveryOutput(this);
    const bound = init.call(this);
    states.set(this, { cells, queue, bound });
    bound.catch((error) => {
      report(`${error}\n`); // a kernel that nobody can reach must not stay
      process.exit(1);
    });
    return bound;
  };

  // Busy and idle of an execute request are told when its turn comes, not when it arrives.
  prototype.publishStatus = function (state, parent) {
    if (parent.header.msg_type !== "execute_request") publishStatus.call(this, state, parent);
  };

  prototype.handleExecute = function (socket, message) {
    return states.get(this)!.queue.add(socket, message);
  };

  prototype.handleShellMessage = async function (socket, ...frames) {
    try {
      // A request can arrive while other sockets are still being bound, on which its answer could not be sent.
      await states.get(this)!.bound;
      if (!answerDirectly(this, socket, frames, states.get(this)!.cells)) {
        await handleShellMessage.call(this, socket, ...frames);
      }
    } catch (error) {
      // A message that cannot be read or answered is no failure of a cell.
      report(`${error}\n`);
    }
  };

  prototype.close = function () {
    states.get(this)!.queue.flush();
    Object.assign(process.stdout, { write: raw.stdout });
    Object.assign(process.stderr, { write: raw.stderr });
    states.get(this)!.cells.close();
    close.call(this);
    setTimeout(() => process.exit(), shutdownWindow).unref();
  };
}

/** Runs execute requests in the order of their arrival, and aborts those that were waiting when a cell fails. */
class ExecuteQueue {
  #tail: Promise<void> = Promise.resolve();
  #waiting = new Set<KernelMessage>();
  #aborted = new WeakSet<KernelMessage>();
  #count = 0;
  #printed: Printed | undefined;

  constructor(
    readonly server: KernelServer,
    readonly tslab: Tslab,
    readonly cells: Cells,
    readonly publishStatus: (state: string, parent: KernelMessage) => void,
  ) {}

  /** Sends what the last cell, or work that it left running, has printed. */
  flush(): void {
    this.#printed?.flush();
  }

  add(socket: unknown, message: KernelMessage): Promise<void> {
    this.#waiting.add(message);
    this.#tail = this.#tail.then(() => this.#execute(socket, message));
    return this.#tail;
  }

  async #execute(socket: unknown, request: KernelMessage): Promise<void> {
    this.#waiting.delete(request);
    this.publishStatus("busy", request);
    const { content, exitCode } = this.#aborted.has(request)
      ? { content: { status: "aborted", execution_count: this.#count } }
      : await this.#run(request);
    this.#send(socket, request, "execute_reply", content);
    this.publishStatus("idle", request);
    if (exitCode === undefined) return;
    this.cells.close();
    setTimeout(() => process.exit(exitCode), abortWindow);
  }

  async #run(request: KernelMessage): Promise<{ content: Record<string, unknown>; exitCode?: number }> {
    const { code = "", silent = false, store_history = true, stop_on_error = true } = request.content;
    const send = (type: string, content: object) =>
      silent || this.#send(this.server.iopub, request, type, content);
    // Work that an earlier cell left running has printed until now.
    this.flush();
    const printed = new Printed((name, text) => send("stream", { name, text }));
    this.#printed = printed;
    const publish = (type: string, content: object) => {
      printed.flush();
      send(type, content);
    };
    if (!silent && store_history) this.#count++;
    publish("execute_input", { code, execution_count: this.#count });
    // What a failed cell goes on to print is shown with that cell, and with no other.
    const take = (name: StreamName) => (text: string) =>
      (this.cells.failedCaller()?.printed ?? printed).add(name, text);
    Object.assign(process.stdout, { write: streamWriter(take("stdout")) });
    Object.assign(process.stderr, { write: streamWriter(take("stderr")) });
    this.tslab.jupyter.lastWriteDisplayData = (data, update) =>
      publish(update ? "update_display_data" : "display_data", data);

    const show = (failure: Failure) => publish("error", failure);
    const { failure, exitCode } = await this.cells.run(String(code), String(this.#count), { show, printed });
    printed.flush();
    const exit = exitCode === undefined ? {} : { exitCode };
    const execution_count = this.#count;
    if (!failure) {
      return { content: { status: "ok", execution_count, user_expressions: {}, payload: [] }, ...exit };
    }
    show(failure);
    await new Promise((resolve) => setTimeout(resolve, abortWindow));
    if (stop_on_error) for (const waiting of this.#waiting) this.#aborted.add(waiting);
    return { content: { status: "error", execution_count, ...failure }, ...exit };
  }

  #send(socket: unknown, parent: KernelMessage, type: string, content: object): void {
    if ((socket as { closed?: boolean }).closed) return;
    const reply = parent.createReply();
    reply.header.msg_type = type;
    reply.content = { ...content };
    reply.signAndSend(this.server.connInfo.key, socket);
  }
}

/** The messages that tslab answers itself. */
const knownToTslab = new Set([
  "kernel_info_request",
  "execute_request",
  "is_complete_request",
  "inspect_request",
  "complete_request",
  "comm_info_request",
  "shutdown_request",
]);

/**
 * Answers what tslab does not know: interrupts, and the history that front ends ask for. Other messages get no answer; tslab would warn of
 * them in the output of whichever cell ran last.
 */
function answerDirectly(
  server: KernelServer,
  socket: unknown,
  frames: readonly Buffer[],
  cells: Cells,
): boolean {
  const key = server.connInfo.key;
  const request = decodeMessage(key, frames);
  const type = request.header.msg_type;
  if (knownToTslab.has(type)) return false;
  const send = (target: unknown, replyType: string, content: Record<string, unknown>) => {
    const reply = newMessage(replyType, content, request.header.session);
    const frames = encodeMessage(key, {
      ...reply,
      identities: request.identities,
      parentHeader: request.header,
    });
    void (target as { send(frames: Uint8Array[]): Promise<void> }).send(frames);
  };
  send(server.iopub, "status", { execution_state: "busy" });
  if (type === "interrupt_request") {
    cells.interrupt();
    send(socket, "interrupt_reply", { status: "ok" });
  }
  if (type === "history_request") send(socket, "history_reply", { status: "ok", history: [] });
  send(server.iopub, "status", { execution_state: "idle" });
  return true;
}

/** Replaces tslab's handlers, which only print, by those of `cells`. */
function takeOverProcess(cells: Cells): void {
  for (const event of ["SIGINT", "uncaughtException", "unhandledRejection"])
    process.removeAllListeners(event);
  process.on("SIGINT", () => cells.interrupt());
  process.on("uncaughtException", (error) => cells.stray(error));
  process.on("unhandledRejection", (reason) => cells.stray(reason));
  const exit = process.exit.bind(process);
  process.exit = (code) => {
    if (!cells.exits(Number(code ?? process.exitCode ?? 0))) exit(code);
    // Unwinds the cell's code; the cell has already failed with its own message.
    throw new Error("process.exit() was called");
  };
}

/**
 * Lifts the limits above which outputs of a cell are lost without a word: 512 messages in one turn of the event loop (a time limit of zero
 * makes every send immediate) and 1000 unsent ones.
 */
function keepEveryOutput(server: KernelServer): void {
  let iopub: unknown;
  Object.defineProperty(server, "iopub", {
    get: () => iopub,
    set(socket: { sendHighWaterMark: number; sendTimeout: number }) {
      socket.sendHighWaterMark = 0;
      socket.sendTimeout = 0;
      iopub = socket;
    },
  });
}
