// The mended kernel as a front end sees it: one real tslab kernel, and what it sends for cells that succeed, fail and are interrupted.

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Kernel } from "../../lib/jupyter/kernel";
import { parametersSource } from "../../lib/jupyter/parameters";
import type { Message } from "../../lib/jupyter/wire";
import { fixtures } from "./project";

let kernel: Kernel;
beforeAll(async () => {
  kernel = await Kernel.start(fixtures);
}, 300_000);
afterAll(() => kernel.kill());

interface Executed {
  reply: Record<string, unknown>;
  messages: Message[];
  /** Text of standard output. */
  text: string;
  /** Contents of the `error` messages. */
  errors: Record<string, unknown>[];
}

async function execute(code: string, onOutput = (_: Message): unknown => undefined): Promise<Executed> {
  const messages: Message[] = [];
  const reply = await kernel.execute(code, (message) => {
    messages.push(message);
    onOutput(message);
  });
  const of = (type: string) =>
    messages.filter((message) => message.header.msg_type === type).map((message) => message.content);
  const text = of("stream")
    .filter((content) => content.name === "stdout")
    .map((content) => content.text)
    .join("");
  return { reply, messages, text, errors: of("error") };
}

/** Executes `code`, checks that reply and `error` message agree on its failure, and answers that failure with the traceback as one text. */
async function failure(code: string): Promise<{ name: unknown; value: unknown; trace: string }> {
  const { reply, errors } = await execute(code);
  expect(errors).toHaveLength(1);
  const { ename, evalue, traceback } = errors[0]!;
  expect(reply).toMatchObject({
    status: "error",
    ename,
    evalue,
    traceback,
    execution_count: expect.any(Number),
  });
  return { name: ename, value: evalue, trace: (traceback as string[]).join("\n") };
}

describe("a cell that succeeds", () => {
  it("finds variables of earlier cells in the short form of properties", async () => {
    await execute("const width = 64, depth = 3;");
    const { reply, text } = await execute(
      "const height = 2; const box = { width, height, inner: { depth } }; console.log(JSON.stringify(box));",
    );
    expect([reply.status, text]).toEqual(["ok", '{"width":64,"height":2,"inner":{"depth":3}}\n']);
    const again = await execute(
      "const { width: w, inner } = box; console.log(JSON.stringify([{ w }, { inner, box: box.height }]));",
    );
    expect(again.text).toBe('[{"w":64},{"inner":{"depth":3},"box":2}]\n');
  });

  it("announces its input and count, and replies with the count", async () => {
    const { reply, messages } = await execute("const answer = 42;");
    const input = messages.find((message) => message.header.msg_type === "execute_input")!;
    expect(input.content).toEqual({ code: "const answer = 42;", execution_count: reply.execution_count });
    expect(reply.status).toBe("ok");
  });

  it("loses no output, however much it prints at once, and sends it in few messages", async () => {
    const { text, messages } = await execute("for (let line = 0; line < 50_000; line++) console.log(line);");
    expect(text).toBe(Array.from({ length: 50_000 }, (_, line) => `${line}\n`).join(""));
    expect(messages.length).toBeLessThan(500);
  });

  it("tells its two streams, its displays and its error in the order in which they came", async () => {
    const { messages } = await execute(
      `import { display } from "tslab";
for (let i = 0; i < 200; i++) console.log("first");
console.error("second");
display.text("third");
console.log("fourth");
console.log("fourth");
throw new Error("fifth");`,
    );
    const told = messages.map(({ header, content }) => {
      if (header.msg_type === "stream") return (content.text as string).split("\n")[0];
      return header.msg_type === "display_data"
        ? (content.data as { [type: string]: string })["text/plain"]
        : header.msg_type;
    });
    expect(told.filter((each, i) => each !== told[i - 1])).toEqual([
      "execute_input",
      "first",
      "second",
      "third",
      "fourth",
      "error",
    ]);
  });

  it("is seen to print before it computes without a pause, and while it waits", async () => {
    const seen: [string, number][] = [];
    const look = (message: Message) => {
      if (message.header.msg_type === "stream") seen.push([String(message.content.text), Date.now()]);
    };
    await kernel.execute(
      `console.log("one");\nconsole.log("two");\nfor (const end = Date.now() + 3000; Date.now() < end; );`,
      look,
    );
    const computed = Date.now();
    expect(seen.map(([text]) => text).join("")).toBe("one\ntwo\n");
    expect(computed - seen.at(-1)![1]).toBeGreaterThan(1500);
    seen.length = 0;
    await kernel.execute(
      `for (let i = 0; i < 2000; i++) console.log(i);\nawait new Promise((done) => setTimeout(done, 3000));`,
      look,
    );
    const waited = Date.now();
    expect(seen.at(-1)![0]).toMatch(/1999\n$/);
    expect(waited - seen.at(-1)![1]).toBeGreaterThan(1500);
  });

  it("shows what it left running prints, with itself, before the next cell", async () => {
    const { reply } = await execute(
      `const many = () => { for (let i = 0; i < 1000; i++) console.log("late " + i); };\nsetTimeout(many, 300);`,
    );
    expect(reply.status).toBe("ok");
    await delay(600);
    const { text } = await execute('console.log("next");');
    expect(text).toBe("next\n");
  });

  it("may handle its own rejections and use process.stdout's callback", async () => {
    const { reply, text } = await execute(
      'await Promise.reject(new Error("x")).catch(() => {});\nawait new Promise<void>((done) => process.stdout.write("written", () => done()));',
    );
    expect([reply.status, text]).toEqual(["ok", "written"]);
  });
});

describe("the kernel", () => {
  it("answers what is asked before all its sockets are bound", async () => {
    vi.stubEnv("NODE_OPTIONS", `--require ${join(__dirname, "late-outputs.cjs")}`);
    const late = await Kernel.start(fixtures).finally(() => vi.unstubAllEnvs());
    const { status } = await late.execute("1 + 1", () => {});
    const { log } = await late.shutdown();
    expect([status, log]).toEqual(["ok", ""]);
  });

  it("ends, and says why, where its sockets cannot be bound", async () => {
    vi.stubEnv("NODE_OPTIONS", `--require ${join(__dirname, "no-outputs.cjs")}`);
    const start = Kernel.start(fixtures).finally(() => vi.unstubAllEnvs());
    await expect(start).rejects.toThrow(
      /^the kernel died: its process ended with exit code 1\nError: the address is in use$/,
    );
  });

  it("answers the history request of front ends, with nothing", async () => {
    const { content } = await kernel.request(
      "shell",
      "history_request",
      { hist_access_type: "tail" },
      () => {},
    );
    expect(content).toEqual({ status: "ok", history: [] });
  });
});

describe("a cell that fails", () => {
  it("is told with every type error and the cell's own lines", async () => {
    const { name, value, trace } = await failure("const fine = 1;\nconst wrong: string = fine;\nmissing();");
    expect(name).toBe("TypeScriptError");
    expect(value).toBe("line 2:7 - Type 'number' is not assignable to type 'string'. (TS2322) (and 1 more)");
    expect(trace).toContain("> 2 | const wrong: string = fine;");
    expect(trace).toContain("> 3 | missing();\n    | ^");
  });

  it("is told with the line of the TypeScript source that threw, in this cell and in the one that defined the function", async () => {
    const definition = await execute(
      "interface Curve {\n  points: number[];\n}\n\nfunction fit(curve: Curve): number {\n  throw new RangeError(`no`);\n}",
    );
    const { name, value, trace } = await failure("// above\ntype Unused = string;\nfit({ points: [1, 2] });");
    expect([name, value]).toEqual(["RangeError", "no"]);
    expect(trace).toContain(`at fit (cell [${definition.reply.execution_count}], line 6:9)`);
    expect(trace).toContain("> 3 | fit({ points: [1, 2] });");
    expect(trace).not.toMatch(/node:|tslab|preload/);
  });

  it("is told with the chain of causes", async () => {
    const { trace } = await failure('throw new Error("outer", { cause: new TypeError("inner") });');
    expect(trace).toMatch(/Error: outer[\s\S]*Caused by:[\s\S]*TypeError: inner/);
  });

  it.each([
    ["a string", 'throw "plain text";', "'plain text'"],
    ["undefined", "throw undefined;", "undefined"],
    ["an object", "throw { code: 7 };", "{ code: 7 }"],
    [
      "a value that cannot be shown",
      'throw { [Symbol.for("nodejs.util.inspect.custom")]() { throw 1; } };',
      "a value that cannot be shown",
    ],
  ])("is told when it throws %s", async (_, code, shown) => {
    expect(await failure(code)).toMatchObject({ name: "Uncaught", value: shown });
  });

  it("fails for a rejection it awaits, one it does not, and an exception in a timer", async () => {
    const awaited = 'const late = async () => { await null; throw new Error("awaited"); };\nawait late();';
    expect(await failure(awaited)).toMatchObject({ name: "Error", value: "awaited" });
    const { value, trace } = await failure(
      'const first = 1;\nconst lost = Promise.reject(new Error("lost"));',
    );
    expect(value).toBe("lost");
    expect(trace).toContain("> 2 | const lost");
    expect(await failure('setTimeout(() => { throw new Error("timer"); }, 0);')).toMatchObject({
      value: "timer",
    });
  });

  it("fails at once for a rejection that nobody awaits while it waits for something else", async () => {
    const started = Date.now();
    const code =
      'setTimeout(() => Promise.reject(new Error("meanwhile")), 20);\nawait new Promise(() => {});';
    expect(await failure(code)).toMatchObject({ value: "meanwhile" });
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  it("leaves what earlier cells declared in place, and the next cell runs", async () => {
    await execute("let kept = 1;");
    await failure("kept = 2;\nthrow new Error();");
    expect((await execute("console.log(kept);")).text).toBe("2\n");
  });

  it("aborts the requests that were waiting behind it, and none that is sent after its reply", async () => {
    const [failed, ...waiting] = await Promise.all(
      ['throw new Error("stop");', "console.log(1);", "console.log(2);"].map((code) => execute(code)),
    );
    expect(failed!.reply.status).toBe("error");
    expect(waiting.map(({ reply, text }) => [reply.status, text])).toEqual([
      ["aborted", ""],
      ["aborted", ""],
    ]);
    expect((await execute("console.log(3);")).text).toBe("3\n");
  });

  it("is told when a parameter is injected with a value of the wrong type", async () => {
    await execute('let study: "kanji" | "smoke" = "kanji";');
    expect((await execute(parametersSource({ study: "smoke" }))).reply.status).toBe("ok");
    expect(await execute("console.log(study);")).toMatchObject({ text: "smoke\n" });
    const { value } = await failure(parametersSource({ study: "nonsense" }));
    expect(value).toMatch(/^line 3:3 - Type '"nonsense"' is not assignable to type '"kanji" \| "smoke"'/);
  });

  it("is told even when a @module cell does not compile", async () => {
    expect(await failure("/** @module broken */\nexport const wrong: string = 1;")).toMatchObject({
      name: "TypeScriptError",
    });
  });
});

describe("an error that comes after its cell has finished", () => {
  const leave = (text: string) => execute(`setTimeout(() => Promise.reject(new Error("${text}")), 100);`);

  it("fails the cell that is then running, and names the one that caused it", async () => {
    const { reply } = await leave("left behind");
    const { value, trace } = await failure("await new Promise((resolve) => setTimeout(resolve, 5000));");
    expect(value).toBe(
      `left behind (left running by cell [${reply.execution_count}], which had already finished)`,
    );
    expect(trace).toContain('> 1 | setTimeout(() => Promise.reject(new Error("left behind")), 100);');
  });

  it("fails the next cell, before any of its code runs, when none is running", async () => {
    await leave("between cells");
    await delay(300);
    const { reply, text } = await execute('console.log("ran");');
    expect([reply.status, text]).toEqual(["error", ""]);
    expect(reply.evalue).toMatch(/^between cells \(left running by cell/);
    expect((await execute('console.log("ran");')).text).toBe("ran\n");
  });
});

describe("an interrupt", () => {
  const heeding = `const { cellSignal } = require("../../../lib/dist/jupyter/cell-signal.js");
const signal = cellSignal();
console.log("begun");
while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 10));
console.log("saved");`;

  /** Interrupts the cell `code` some time after it has begun to print. */
  async function interrupted(code: string, by?: "message"): Promise<Executed> {
    let begun = false;
    const running = execute(code, ({ header }) => {
      begun ||= header.msg_type === "stream";
    });
    while (!begun) await delay(20);
    await delay(500);
    kernel.interrupt(by);
    return await running;
  }

  it("aborts the cell's signal, waits for the cell to end by itself, and fails it", async () => {
    const { reply, text } = await interrupted(heeding);
    expect(reply).toMatchObject({ status: "error", ename: "Interrupt" });
    expect(text).toBe("begun\nsaved\n");
  });

  it("ends a cell that waits without heeding the signal, and one that computes without a pause", async () => {
    for (const code of ["await new Promise(() => {});", "for (;;) {}"]) {
      const { reply } = await interrupted(`console.log("begun");\n${code}`);
      expect(reply).toMatchObject({ ename: "Interrupt" });
    }
  });

  it("ends a cell that prints without end, and keeps what it printed", async () => {
    for (const pause of ["", "await new Promise((done) => setImmediate(done));"]) {
      const { reply, text } = await interrupted(`for (let i = 0; ; i++) { console.log(i); ${pause} }`);
      expect(reply).toMatchObject({ ename: "Interrupt" });
      const lines = text.split("\n").slice(0, -1);
      expect(lines.length).toBeGreaterThan(100);
      expect(lines).toEqual(lines.map((_, i) => String(i)));
      expect((await execute('console.log("next");')).text).toBe("next\n");
    }
  });

  it("may come as a message instead of a signal", async () => {
    const { reply, text } = await interrupted(heeding, "message");
    expect([reply.ename, text]).toEqual(["Interrupt", "begun\nsaved\n"]);
  });

  it("does nothing between cells, and each cell gets a signal of its own", async () => {
    kernel.interrupt();
    await delay(100);
    expect((await execute("console.log(cellSignal().aborted);")).text).toBe("false\n");
  });
});
