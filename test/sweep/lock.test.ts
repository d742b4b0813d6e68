import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { lockFolder } from "../../lib/sweep/lock";
import { emptyFolder } from "./problem";

const HOLDER = resolve(__dirname, "../../lib/dist/sweep/lock.js");

/** A PID namespace with its own /proc is what a container has; to make one takes a privilege. */
const CONTAINER = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
const OTHER_HOST = ["unshare", "--uts", "sh", "-c", 'hostname elsewhere && exec "$@"', "sh"];
const canUnshare = [CONTAINER, OTHER_HOST].every(
  ([command, ...args]) => spawnSync(command!, [...args, "true"]).status === 0,
);
if (!canUnshare)
  console.log("skipped: containers and other hosts, which need the privilege to make namespaces");

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** Starts a process that takes the lock, in a place that a command makes, and says "held" or why not. */
function holder(folder: string, place: readonly string[] = [], options: object = {}) {
  const code = `require(${JSON.stringify(HOLDER)}).lockFolder(${JSON.stringify(folder)}, {
      ...${JSON.stringify(options)}, onNotice: (text) => console.log("notice: " + text) })
    .then(() => console.log("held"), (error) => { console.log(error.message); process.exit(1) });
    setInterval(() => {}, 1e6);`;
  const [command, ...args] = [...place, process.execPath, "-e", code];
  const child = spawn(command!, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const lines: string[] = [];
  const answer = new Promise<string>((done) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      lines.push(...text.trimEnd().split("\n"));
      const last = lines.at(-1)!;
      if (!last.startsWith("notice: ")) done(last);
    });
  });
  const kill = async () => {
    const ended = new Promise((done) => child.on("close", done));
    child.kill("SIGKILL");
    await ended;
  };
  return { child, answer, lines, kill };
}

/** The lock that a process leaves which was killed. */
const left = (changes: object) =>
  JSON.stringify({ pid: 1, started: "2026-01-01T00:00:00.000Z", ticks: "1", ...changes });

describe("the lock of a results folder", () => {
  it("is held by one, in the same process too, until it is given back", async () => {
    const folder = emptyFolder();
    const lock = await lockFolder(folder);
    lock.requireHeld();
    await expect(lockFolder(folder)).rejects.toThrow(
      new RegExp(
        `^${folder} is in use by process ${process.pid}, started \\d{4}-.*; wait for it, stop it, or choose another folder with --out$`,
      ),
    );
    await lock.release();
    expect(existsSync(join(folder, "lock.json"))).toBe(false);
    await (await lockFolder(folder)).release();
  });

  it("goes over at once from a process that was killed", async () => {
    const folder = emptyFolder();
    const { child, answer, kill } = holder(folder);
    expect(await answer).toBe("held");
    await expect(lockFolder(folder)).rejects.toThrow(`is in use by process ${child.pid}, started`);
    await kill();
    const lock = await lockFolder(folder, { patience: 1e6 });
    await lock.release();
  });

  it("goes over at once where the process id is in use again", async () => {
    const folder = emptyFolder();
    const lock = await lockFolder(folder);
    const own = JSON.parse(readFileSync(join(folder, "lock.json"), "utf8"));
    await lock.release();
    writeFileSync(join(folder, "lock.json"), JSON.stringify({ ...own, ticks: "1", token: "earlier" }));
    const next = await lockFolder(folder, { patience: 1e6 });
    await next.release();
  });

  it.each([
    ["of an earlier version", left({})],
    ["of another boot of the machine", left({ host: "here", place: "here boot pid:[1]", token: "a" })],
    ["that a power cut left empty", ""],
    ["that is not one", "[]"],
  ])("%s goes over once nothing is heard of its holder for a while", async (_, contents) => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "lock.json"), contents);
    const notices: string[] = [];
    const lock = await lockFolder(folder, { patience: 0.5, onNotice: (text) => notices.push(text) });
    expect(notices).toEqual([
      expect.stringMatching(/has the lock of .*, which cannot be seen from here; waiting up to 0.5 s/),
    ]);
    lock.requireHeld();
    await lock.release();
  });

  it("beats", async () => {
    const folder = emptyFolder();
    const lock = await lockFolder(folder);
    const time = () => statSync(join(folder, "lock.json")).mtimeMs;
    const before = time();
    while (time() === before) await sleep(100);
    await lock.release();
  });

  it("that was taken away is not given back, nor held", async () => {
    const folder = emptyFolder();
    const lock = await lockFolder(folder);
    const others = left({ token: "another" });
    writeFileSync(join(folder, "lock.json"), others);
    expect(() => lock.requireHeld()).toThrow(`${folder} was taken over by process 1`);
    await lock.release();
    expect(readFileSync(join(folder, "lock.json"), "utf8")).toBe(others);
  });
});

describe.skipIf(!canUnshare)("the lock of a results folder, seen from elsewhere", () => {
  it("is refused in another container, whose process ids are the same", async () => {
    const folder = emptyFolder();
    const first = holder(folder, CONTAINER);
    expect(await first.answer).toBe("held");
    expect(JSON.parse(readFileSync(join(folder, "lock.json"), "utf8")).pid).toBe(1);
    const second = holder(folder, CONTAINER);
    expect(await second.answer).toMatch(
      / is in use by process 1 on host ".*", started .*, in another container or on another machine; wait for it, stop it, or choose/,
    );
    await expect(lockFolder(folder)).rejects.toThrow(/ is in use by process 1 on host /);
    await first.kill();
  });

  it("is refused on another host", async () => {
    const folder = emptyFolder();
    const first = holder(folder, OTHER_HOST);
    expect(await first.answer).toBe("held");
    await expect(lockFolder(folder)).rejects.toThrow(/ is in use by process \d+ on host "elsewhere", /);
    await first.kill();
  });

  it("survives the restart of a container that was killed", async () => {
    const folder = emptyFolder();
    const first = holder(folder, CONTAINER);
    expect(await first.answer).toBe("held");
    await first.kill();
    const again = holder(folder, CONTAINER, { patience: 4 });
    expect(await again.answer).toBe("held");
    expect(JSON.parse(readFileSync(join(folder, "lock.json"), "utf8")).pid).toBe(1);
    await again.kill();
  });
});
