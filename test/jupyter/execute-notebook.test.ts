// The runner without Python: notebooks that succeed, fail in each way, hang and are interrupted, as library calls and as the command.

import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { CellFailed, type ExecuteOptions, executeNotebook } from "../../lib/jupyter/execute-notebook";
import { describeFailure } from "../../lib/jupyter/main";
import { READING_ORDER, selectNotebooks } from "../../lib/jupyter/reading-order";
import { fixture, fixtures, readJson, root, temporaryFolder } from "./project";

async function failing(
  name: string,
  options: ExecuteOptions = {},
): Promise<{ failure: CellFailed; output: string }> {
  const output = join(temporaryFolder(), "out.ipynb");
  const failure = await executeNotebook(fixture(name), { output, ...options }).then(
    () => undefined,
    (error) => error,
  );
  expect(failure).toBeInstanceOf(CellFailed);
  return { failure, output };
}

/** Starts the command; `seen` waits until its standard output matches. */
function command(...parameters: string[]) {
  const child = spawn(process.execPath, [
    join(root, "lib/dist/jupyter/main.js"),
    "--notebooks",
    fixtures,
    ...parameters,
  ]);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, stdout, stderr })),
  );
  const seen = async (pattern: RegExp) => {
    while (!pattern.test(stdout)) await delay(50);
  };
  return { child, ended, seen };
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("executing a notebook", () => {
  it("writes outputs in place, the same bytes each time, and no injected cell without parameters", async () => {
    const file = join(temporaryFolder(), "sound.ipynb");
    copyFileSync(fixture("sound"), file);
    await executeNotebook(file, { parameters: { study: "smoke" } });
    const injected = readJson(file);
    expect(injected.cells.map((cell) => cell.execution_count)).toEqual([undefined, 1, 2, 3, 4, null, 5]);
    expect(injected.cells[3]!.outputs).toEqual([
      { name: "stdout", output_type: "stream", text: ["study smoke, seeds 3\n", "second line\n"] },
      { name: "stderr", output_type: "stream", text: ["a note\n"] },
    ]);
    await executeNotebook(file);
    const once = readFileSync(file);
    const { cells } = readJson(file);
    expect(cells.map((cell) => cell.id)).toEqual(readJson(fixture("sound")).cells.map((cell) => cell.id));
    expect(cells[3]!.outputs!.map((output) => output.data)).toEqual([
      { "text/plain": ["step 3 of 3"] },
      { "text/html": ["<b>α → β</b>\n", "<i>two lines</i>"] },
      { "application/json": { tiny: 1e-7, small: 0.00025, list: [], big: 1e21 } },
    ]);
    await executeNotebook(file);
    expect(readFileSync(file)).toEqual(once);
  });

  it.each([
    [
      "type-error",
      2,
      "TypeScriptError: line 2:7 - Type 'number' is not assignable to type 'string'. (TS2322)",
    ],
    ["rejected-awaited", 2, "Error: diverged"],
    ["rejected-unawaited", 2, "Error: nobody waits"],
    ["kernel-exit", 2, "KernelExit: the cell ended the kernel with process.exit(3)"],
    ["kernel-killed", 2, "KernelDied: the kernel died: its process was ended by SIGKILL"],
  ])("stops at the failing cell of %s and saves the outputs so far", async (name, cell, reason) => {
    const { failure, output } = await failing(name);
    expect(failure).toMatchObject({ cell, reason, notebook: `${name}.ipynb` });
    const outputs = readJson(output).cells.map((saved) => saved.outputs!.map((each) => each.output_type));
    expect(outputs[cell - 1]!.at(-1)).toBe("error");
    expect(outputs.slice(cell)).toEqual(outputs.slice(cell).map(() => []));
  });

  it("fails for work that the last cell left running", async () => {
    const { failure } = await failing("rejected-last");
    expect(failure.message).toContain("rejected-last.ipynb, after its last cell");
    expect(failure.traceback).toContain("Error: after the end");
  });

  it("interrupts a cell at its time limit, and kills a kernel that does not heed that", async () => {
    const { failure } = await failing("hang", { cellTimeout: 1, interruptGrace: 1 });
    expect(failure).toMatchObject({
      cell: 2,
      reason:
        "CellTimeout: the cell ran past its limit of 1 s and was interrupted; it did not stop, so the kernel was killed",
    });
  });
});

describe("npm run notebooks", () => {
  it("takes notebooks by name or its beginning, in the order of their names", () => {
    expect(selectNotebooks(fixtures, ["type", "hang"])).toEqual(["hang.ipynb", "type-error.ipynb"]);
    expect(selectNotebooks(fixtures, [])).toEqual(readdirSync(fixtures).sort());
    expect(() => selectNotebooks(fixtures, ["07"])).toThrow("There is no notebook 07");
  });

  it("takes the sources in their reading order, then what lies beside them, and each by its path or name", () => {
    const folder = temporaryFolder();
    const order = ["metz/01-tune.ipynb", "metz/02-law.ipynb", "kaplan/01-fit.ipynb", "own.ipynb"];
    for (const file of [...order, "scratch.ipynb", ".hidden.ipynb", ".ipynb_checkpoints/own.ipynb"]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      copyFileSync(fixture("sound"), join(folder, file));
    }
    expect(selectNotebooks(folder, [])[0]).toBe("kaplan/01-fit.ipynb");
    writeFileSync(join(folder, READING_ORDER), JSON.stringify([...order, "metz/03-to-come.ipynb"]));
    expect(selectNotebooks(folder, [])).toEqual([...order, "scratch.ipynb"]);
    expect(selectNotebooks(folder, ["scratch", "kaplan", "02-law"])).toEqual([
      "metz/02-law.ipynb",
      "kaplan/01-fit.ipynb",
      "scratch.ipynb",
    ]);
    for (const name of ["01-tune", "metz/01-tune", "metz/01", join(folder, "metz/01-tune.ipynb")])
      expect(selectNotebooks(folder, [name])).toEqual(["metz/01-tune.ipynb"]);
    expect(selectNotebooks(folder, ["01"])).toEqual(["metz/01-tune.ipynb", "kaplan/01-fit.ipynb"]);
    expect(() => selectNotebooks(folder, ["kaplan/02"])).toThrow("There is no notebook kaplan/02");
    writeFileSync(join(folder, READING_ORDER), "{}");
    expect(() => selectNotebooks(folder, [])).toThrow("reading-order.json must be a list");
  });

  it("prints notebook, cell number, source and message of a failure, and exits 1 before later notebooks", async () => {
    const { code, stdout, stderr } = await command("--output", temporaryFolder(), "sound", "thrown", "type")
      .ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /sound.ipynb: cell 4 of 4[\s\S]*sound.ipynb: done in [\s\S]*thrown-error.ipynb: failed/,
    );
    expect(stdout).not.toContain("type-error");
    expect(stderr).toContain("thrown-error.ipynb, cell 2: RangeError: no such point");
    expect(stderr).toContain("    fit({ x: before });");
    expect(stderr).toContain('> 4 |   throw new RangeError("no such point");');
  });

  it("tells a failure with the cell's text and the kernel's account", () => {
    const failure = new CellFailed(
      "a.ipynb",
      7,
      "one\ntwo",
      "Error: bad",
      "Error: bad\n    at (cell [7], line 2:1)",
      false,
    );
    expect(describeFailure(failure)).toBe(
      "a.ipynb, cell 7: Error: bad\n\n    one\n    two\n\nError: bad\n    at (cell [7], line 2:1)\n",
    );
  });

  it("lets the running cell save on SIGINT, writes the outputs, and leaves no process behind", async () => {
    const folder = temporaryFolder();
    const { child, ended, seen } = command("--output", folder, "interruptible");
    await seen(/cell 2 of 3/);
    await delay(1500);
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    const [first, second, third] = readJson(join(folder, "interruptible.ipynb")).cells;
    expect(second!.outputs).toMatchObject([{ text: ["trials saved\n"] }, { ename: "Interrupt" }]);
    expect(third!.outputs).toEqual([]);
    expect(alive(Number((first!.outputs![0]!.text as string[])[0]))).toBe(false);
  });

  it("leaves no kernel behind when it is itself killed", async () => {
    const { child, ended, seen } = command("--output", temporaryFolder(), "interruptible");
    await seen(/cell 2 of 3/);
    const kernel = Number(execFileSync("pgrep", ["-P", String(child.pid)], { encoding: "utf8" }));
    expect(alive(kernel)).toBe(true);
    child.kill("SIGKILL");
    await ended;
    await expect.poll(() => alive(kernel), { timeout: 10_000 }).toBe(false);
  });
});
