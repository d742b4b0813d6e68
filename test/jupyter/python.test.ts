// The ecosystem's own tools on the same notebooks: nbclient and papermill in the project's locked Python environment.
// Without Python these tests are skipped with the reason printed; where CI is set they fail instead.

import { execFile } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { executeNotebook } from "../../lib/jupyter/execute-notebook";
import { formatNotebook } from "../../lib/jupyter/notebook-file";
import {
  type PythonEnvironment,
  PythonMissing,
  preparePythonEnvironment,
} from "../../lib/jupyter/python-environment";
import { elementsOf } from "../report/elements";
import { fixture, fixtures, readJson, root, temporaryFolder } from "./project";
import { joinedOutputs, runScript, runTools } from "./python-tools";

let python: PythonEnvironment | undefined;
let missing = "";
beforeAll(async () => {
  try {
    python = await preparePythonEnvironment(root, (line) => console.log(line));
  } catch (error) {
    if (!(error instanceof PythonMissing) || process.env.CI === "true") throw error;
    missing = `nbclient and papermill are not tested: ${error.message}`;
    console.log(missing);
  }
}, 600_000);

/** Runs commands of papermill and nbclient on the fixtures. */
const tools = (...commands: string[][]) => runTools(python!, fixtures, commands);

const papermill = (name: string, output: string, ...options: string[]) => [
  "papermill",
  fixture(name),
  output,
  "--no-progress-bar",
  ...options,
];
const nbclient = (name: string, output: string, ...options: string[]) => [
  "jupyter-execute",
  fixture(name),
  `--output=${output}`,
  ...options,
];

describe("with Python", () => {
  beforeEach((context) => {
    if (!python) context.skip(missing);
  });

  it("our runner, nbclient and papermill get the same outputs, and papermill injects the same text", async () => {
    const folder = temporaryFolder();
    const file = (name: string) => join(folder, `${name}.ipynb`);
    await executeNotebook(fixture("sound"), {
      output: file("ours"),
      parameters: { study: "smoke", seeds: 5 },
    });
    await executeNotebook(fixture("sound"), { output: file("plain") });
    const [withParameters, without, help] = await tools(
      papermill("sound", file("papermill"), "-p", "study", "smoke", "-p", "seeds", "5"),
      nbclient("sound", file("nbclient")),
      ["papermill", "--help-notebook", fixture("sound")],
    );
    expect([withParameters!.code, without!.code]).toEqual([0, 0]);
    expect(joinedOutputs(file("papermill"))).toEqual(joinedOutputs(file("ours")));
    const sources = (name: string) => readJson(file(name)).cells.map((cell) => cell.source);
    expect(sources("papermill")).toEqual(sources("ours"));
    expect(joinedOutputs(file("nbclient"))).toEqual(joinedOutputs(file("plain")));
    expect(readJson(file("nbclient")).metadata).toEqual(readJson(file("plain")).metadata);
    expect(help!.text).toMatch(
      /study: "kanji" \| "smoke" \(default "kanji"\)\s+seeds: .*\(default 3\)\s+how many/,
    );
  }, 120_000);

  it("nbconvert gives a picture the words that come with it, whatever stands in them", async () => {
    const folder = temporaryFolder();
    const alt = 'Loss "in nats" falls < 3 & stays; size 8 → 768.';
    const picture = { "image/png": "iVBORw0KGgo=" };
    const output = {
      output_type: "display_data",
      data: picture,
      metadata: { "image/png": { width: 5, alt } },
    };
    const cell = { cell_type: "code", id: "a", execution_count: 1, metadata: {}, source: "" };
    const notebook = {
      cells: [{ ...cell, outputs: [output] }],
      metadata: {},
      nbformat: 4,
      nbformat_minor: 5,
    };
    writeFileSync(join(folder, "picture.ipynb"), JSON.stringify(notebook));
    const { stderr } = await promisify(execFile)(
      join(python!.bin, "jupyter-nbconvert"),
      ["--to", "html", join(folder, "picture.ipynb")],
      { env: { ...process.env, ...python!.variables } },
    );
    expect(stderr).not.toMatch(/Alternative text is missing/);
    const images = elementsOf(readFileSync(join(folder, "picture.html"), "utf8")).filter(
      ({ tag }) => tag === "img",
    );
    expect(images.map(({ attributes }) => [attributes.alt, attributes.width])).toEqual([[alt, "5"]]);
  }, 120_000);

  it("nbclient and papermill end with an error at the cell that fails, whichever way it fails", async () => {
    const cases = [
      ["type-error", "Type 'number' is not assignable to type 'string'", "const wrong: string = x;"],
      ["thrown-error", "RangeError: no such point", "fit({ x: before });"],
      ["rejected-awaited", "Error: diverged", "await train();"],
      ["rejected-unawaited", "Error: nobody waits", "const lost ="],
      ["kernel-exit", "process.exit(3)", "process.exit(3);"],
    ] as const;
    const output = join(temporaryFolder(), "out.ipynb");
    const runs = await tools(...cases.flatMap(([name]) => [nbclient(name, output), papermill(name, output)]));
    for (const [index, [name, reason, source]] of cases.entries()) {
      const [byNbclient, byPapermill] = runs.slice(2 * index);
      expect([name, byNbclient!.code, byPapermill!.code]).toEqual([name, 1, 1]);
      expect(byNbclient!.text).toContain(reason);
      expect(byNbclient!.text).toContain(source);
      expect(byPapermill!.text).toContain(reason);
      expect(byPapermill!.text).toContain('Exception encountered at "In [2]"');
    }
  }, 180_000);

  it("with errors allowed, nbclient runs the cells after the failing one instead of skipping them", async () => {
    const output = join(temporaryFolder(), "out.ipynb");
    const [run] = await tools(nbclient("thrown-error", output, "--allow-errors"));
    expect(run!.code).toBe(0);
    expect(joinedOutputs(output)).toMatchObject([
      [],
      [{ output_type: "error" }],
      [{ text: "the next cell ran\n" }],
    ]);
  });

  it("our runner, nbclient and papermill get all that is printed, however much, and the cells after it", async () => {
    const folder = temporaryFolder();
    const file = (name: string) => join(folder, `${name}.ipynb`);
    const runs = await tools(
      nbclient("prints-much", file("nbclient")),
      papermill("prints-much", file("papermill")),
    );
    expect(runs.map(({ code, text }) => (code === 0 ? 0 : text))).toEqual([0, 0]);
    await executeNotebook(fixture("prints-much"), { output: file("ours") });
    const lines = (count: number, words: string) =>
      Array.from({ length: count }, (_, line) => `${words} ${line}\n`).join("");
    const stdout = (text: string) => ({ output_type: "stream", name: "stdout", text });
    for (const tool of ["ours", "nbclient", "papermill"]) {
      const [many, end, turns, endOfTurns] = joinedOutputs(file(tool));
      expect([tool, many, end]).toEqual([tool, [stdout(lines(20_000, "line"))], [stdout("end\n")]]);
      const printed = (name: string) =>
        turns!.map((output) => (output.name === name ? String(output.text) : "")).join("");
      expect(printed("stdout")).toBe(lines(3000, "out"));
      expect(printed("stderr")).toBe(lines(3000, "err"));
      expect(endOfTurns).toEqual([stdout("end of turns\n")]);
    }
  }, 120_000);

  it("a text parameter with line ends of every kind is set, by papermill as by our runner", async () => {
    const folder = temporaryFolder();
    const title = 'a\u2028b\u2029c\u0085\v\f\r\n"\\`$';
    const [run] = await tools(papermill("title", join(folder, "papermill.ipynb"), "-r", "title", title));
    expect(run!.code === 0 ? 0 : run!.text).toBe(0);
    await executeNotebook(fixture("title"), { output: join(folder, "ours.ipynb"), parameters: { title } });
    const codes = `[${[...title].map((letter) => letter.codePointAt(0)).join(",")}]\n`;
    for (const tool of ["ours", "papermill"])
      expect(joinedOutputs(join(folder, `${tool}.ipynb`)).at(-1)).toMatchObject([{ text: codes }]);
  }, 60_000);

  it("nbconvert, as documented, executes in place and writes the same bytes each time, without clock times", async () => {
    const file = join(temporaryFolder(), "sound.ipynb");
    copyFileSync(fixture("sound"), file);
    const command = [
      ..."jupyter-nbconvert --to notebook --execute --inplace".split(" "),
      "--ExecutePreprocessor.record_timing=False",
      file,
    ];
    expect(readFileSync(join(root, "environment/README.md"), "utf8")).toContain(
      command.slice(0, -1).join(" ").replace("jupyter-", "jupyter "),
    );
    const [first] = await tools(command);
    expect(first!.code === 0 ? 0 : first!.text).toBe(0);
    const bytes = readFileSync(file, "utf8");
    expect(bytes).toContain("study kanji");
    expect(bytes).not.toMatch(/20\d\d-\d\d-\d\dT/);
    const [second] = await tools(command);
    expect([second!.code, readFileSync(file, "utf8")]).toEqual([0, bytes]);
  }, 60_000);

  it("nbformat writes any notebook as we do, byte for byte", async () => {
    const folder = temporaryFolder();
    const text = fc.string({ unit: fc.constantFrom(...'aé→\u{1f600}"\\/\t\b\r\n\v\f\x1c\x85\u2028 ') });
    const json = fc.oneof(
      fc.jsonValue(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => x !== Math.trunc(x)),
    );
    const output = fc.oneof(
      fc.record({ output_type: fc.constant("stream"), name: fc.constant("stdout"), text }),
      fc.record({
        output_type: fc.constant("display_data"),
        metadata: fc.constant({}),
        data: fc.record({
          "text/plain": text,
          "image/svg+xml": text,
          "image/png": text,
          "application/x+json": json,
        }),
      }),
    );
    const cell = fc.record({
      cell_type: fc.constant("code"),
      execution_count: fc.option(fc.nat()),
      metadata: fc.dictionary(fc.stringMatching(/^x[A-Za-z→\u{1f600}\uffff]*$/u), json),
      outputs: fc.array(output, { maxLength: 3 }),
      source: text,
    });
    const notebooks = fc.sample(
      fc.array(cell, { maxLength: 4 }).map((cells) => ({
        cells: cells.map((each, index) => ({ ...each, id: `cell-${index}` })),
        metadata: {},
        nbformat: 4,
        nbformat_minor: 5,
      })),
      { numRuns: 100, seed: 20 },
    );
    const entries = notebooks.map((notebook, index) => ({ file: join(folder, `${index}.ipynb`), notebook }));
    await runScript(python!, fixtures, "write_notebooks.py", entries);
    for (const { file, notebook } of entries)
      expect(formatNotebook(notebook)).toBe(readFileSync(file, "utf8"));
  });
});
