import { posix, win32 } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collisionOf, nameProblem } from "../../lib/archive/names";
import { hostileName } from "./hostile-name";

describe("the name of a file in an archive", () => {
  it("is accepted where it is like those that export gives", () => {
    for (const name of [
      "study.json",
      "figures/heat-map.batch_size-64.svg",
      "notebooks/Größe – 1 (ü).ipynb",
      "a/.b",
      "..a",
    ])
      expect(nameProblem(name), name).toBeUndefined();
  });

  it.each([
    ["../evil", "leaves the folder"],
    ["figures/../../evil", "leaves the folder"],
    ["/etc/passwd", "is an absolute path"],
    ["C:evil", "begins with a drive letter"],
    ["c:/evil", "begins with a drive letter"],
    ["a\\..\\evil", "has a backslash"],
    ["a//b", "has an empty part"],
    ["./a", "has an empty part"],
    ["", "is empty"],
    ["a\u0000.svg", "has control"],
    ["a\u202egvs.exe", "has control"],
    ["study.json:stream", "has one of the characters"],
    ["figures/aux.svg", "has the name of a device"],
    ["COM1", "has the name of a device"],
    ["study.json.", "begins with a space or ends with a space or a full stop"],
    ["figures /a.svg", "begins with a space or ends with a space or a full stop"],
    ["a".repeat(256), "has a part longer than 255 bytes"],
    [`${"a/".repeat(600)}b`, "is longer than 1000 bytes"],
  ])("%j is refused: it %s", (name, problem) => {
    expect(nameProblem(name)).toContain(problem);
  });

  it("leads into the folder on every system, by the rules of both, where it is accepted", () => {
    fc.assert(
      fc.property(hostileName, (name) => {
        if (nameProblem(name) !== undefined) return;
        expect(posix.resolve("/results", name)).toBe(`/results/${name}`);
        expect(win32.resolve("C:\\results", name)).toBe(`C:\\results\\${name.replaceAll("/", "\\")}`);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("names that some system takes for the same", () => {
  it.each([
    [["a", "b", "a"]],
    [["study.json", "Study.json"]],
    [["figures/\u00e9.svg", "figures/e\u0301.svg"]],
    [["Figures/a.svg", "figures/b.svg"]],
    [["figures/a.svg", "figures"]],
    [["Figures", "figures/a.svg"]],
    [["straße", "STRASSE"]],
    [["ﬁgure", "figure"]],
  ])("are found in %j", (names) => {
    expect(collisionOf(names)).toBeDefined();
    expect(collisionOf(names.toReversed())).toBeDefined();
  });

  it("are none among names that differ in a letter", () => {
    expect(collisionOf(["a", "b", "figures/a", "figures/b", "figures/c/a", "figures2"])).toBeUndefined();
  });

  it("are none exactly where letters without case and accents differ", () => {
    const name = fc.array(
      fc.string({ unit: fc.constantFrom("a", "B", "b", "1"), minLength: 1, maxLength: 2 }),
      {
        minLength: 1,
        maxLength: 2,
      },
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 5 }), (names) => {
        const paths = names.map((parts) => parts.join("/"));
        // On a system without regard to case: files by their lower-case path, and the folders that they need.
        const files = paths.map((path) => path.toLowerCase());
        const folders = names.flatMap(([first, second]) => (second === undefined ? [] : [first!]));
        const clash =
          new Set(files).size < files.length ||
          folders.some((folder) => files.includes(folder.toLowerCase())) ||
          new Set(folders.map((folder) => folder.toLowerCase())).size < new Set(folders).size;
        expect(collisionOf(paths) !== undefined).toBe(clash);
      }),
      { numRuns: 1000 },
    );
  });
});
