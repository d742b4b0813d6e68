// Notebook files and parameters, without a kernel. The fixture notebooks were written by nbformat itself, which makes them the reference.

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatNotebook, type Notebook, readNotebook, writeNotebook } from "../../lib/jupyter/notebook-file";
import { declaredParameters, injectParameters } from "../../lib/jupyter/parameters";
import { fixture, fixtures, temporaryFolder } from "./project";

describe("a notebook file", () => {
  it("is written as nbformat wrote it", () => {
    for (const name of readdirSync(fixtures)) {
      const file = join(fixtures, name);
      expect(formatNotebook(readNotebook(file))).toBe(readFileSync(file, "utf8"));
    }
  });

  it("is left untouched when nothing has changed, and leaves no other file beside it when something has", () => {
    const folder = temporaryFolder();
    const file = join(folder, "a.ipynb");
    writeNotebook(file, readNotebook(fixture("sound")));
    const before = statSync(file, { bigint: true }).mtimeNs;
    writeNotebook(file, readNotebook(file));
    expect(statSync(file, { bigint: true }).mtimeNs).toBe(before);
    writeNotebook(file, readNotebook(fixture("hang")));
    expect(readFileSync(file, "utf8")).toBe(readFileSync(fixture("hang"), "utf8"));
    expect(readdirSync(folder)).toEqual(["a.ipynb"]);
  });

  it("is refused with a reason when it is not a notebook of format 4", () => {
    const file = join(temporaryFolder(), "a.ipynb");
    writeFileSync(file, "{");
    expect(() => readNotebook(file)).toThrow("is not JSON");
    writeFileSync(file, '{"nbformat": 3, "worksheets": []}');
    expect(() => readNotebook(file)).toThrow("not a notebook of format 4");
  });
});

describe("notebook parameters", () => {
  const sound = () => readNotebook(fixture("sound"));
  const injected = (notebook: Notebook) =>
    notebook.cells.flatMap((cell, index) =>
      (cell.metadata.tags as string[] | undefined)?.includes("injected-parameters")
        ? [{ index, source: cell.source }]
        : [],
    );

  it("are assigned in one cell right after the parameters cell, replaced on a second run and gone without values", () => {
    const first = injectParameters(sound(), { study: "smoke", seeds: 0.00001 }, "a");
    expect(injected(first)).toEqual([
      { index: 2, source: '// Parameters\n{\n  study = "smoke";\n  seeds = 1e-05;\n}\n' },
    ]);
    expect(injected(injectParameters(first, { seeds: 5 }, "a"))).toEqual([
      { index: 2, source: "// Parameters\n{\n  seeds = 5;\n}\n" },
    ]);
    expect(formatNotebook(injectParameters(first, {}, "a"))).toBe(formatNotebook(sound()));
  });

  it("leave no cell when every value is the declared default", () => {
    expect(injected(injectParameters(sound(), { study: "kanji", seeds: 3 }, "a"))).toEqual([]);
  });

  it("are refused when the notebook does not declare them", () => {
    expect(() => injectParameters(sound(), { studies: "smoke" }, "a.ipynb")).toThrow(
      'a.ipynb has no parameter studies; its cell tagged "parameters" declares: study, seeds.',
    );
    expect(() => injectParameters(readNotebook(fixture("hang")), { study: "smoke" }, "hang.ipynb")).toThrow(
      "hang.ipynb takes no parameters",
    );
  });

  it("are read from declarations with and without types and comments", () => {
    const source =
      '// which\nlet study: "a" | "b" = "a"; // one of two\nconst results = "../results"\n  let inner = 1;';
    expect(declaredParameters(source)).toEqual([
      { name: "study", value: '"a"' },
      { name: "results", value: '"../results"' },
    ]);
  });
});
