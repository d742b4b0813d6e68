/** That data flow one way: `lib/` has no circle of imports, and its folders import in the order that CONTRIBUTING.md states. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(__dirname, "..");
const LIB = join(ROOT, "lib");

/** Every file of the library with the files that it imports, types included, as paths from `lib/`. */
const imports = importsOfLibrary();

describe("the files of the library", () => {
  it("are found with their imports", () => {
    expect(imports.get("cli/main.ts")).toContain("cli/commands/run.ts");
    expect(imports.size).toBeGreaterThan(200);
  });

  it("import each other without a circle", () => {
    expect(circles(imports)).toEqual([]);
  });

  it("import from folders to the left of their own", () => {
    const order = orderOfRooms();
    const against = [...imports].flatMap(([file, imported]) =>
      imported
        .filter((other) => other.includes("/") && file.includes("/"))
        .filter((other) => order.indexOf(room(other)) > order.indexOf(room(file)))
        .map((other) => `${file} imports ${other}`),
    );
    expect(against).toEqual([]);
  });

  it("lie in the folders that CONTRIBUTING.md names", () => {
    const rooms = [...imports.keys()].filter((file) => file.includes("/")).map(room);
    expect(new Set(orderOfRooms())).toEqual(new Set(rooms));
  });
});

describe("a circle", () => {
  it("is found, however long", () => {
    const three = new Map([
      ["a", ["b"]],
      ["b", ["c", "d"]],
      ["c", ["a"]],
      ["d", []],
    ]);
    expect(circles(three)).toEqual(["a → b → c → a"]);
  });
});

/** The folder of `lib/` in which a file lies. */
function room(file: string): string {
  return file.slice(0, file.indexOf("/"));
}

/** The order in CONTRIBUTING.md: the two folders that import nothing, and then those of the arrows. */
function orderOfRooms(): string[] {
  const text = readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8");
  const arrows = /^ {2}(`studies` →[\s\S]*?)\n\n/m.exec(text)![1]!;
  const first = [...arrows.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
  return [...new Set(["random", "machine", ...first])];
}

function importsOfLibrary(): Map<string, string[]> {
  const files = readdirSync(LIB, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !/^(dist|node_modules)\b/.test(file),
  );
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(LIB, file), "utf8");
      const found = [...text.matchAll(/\b(?:from|import|require)\s*\(?\s*"(\.[^"]+)"/g)].map(([, path]) =>
        relative(LIB, resolve(LIB, dirname(file), path!.replace(/\.js$/, ""))),
      );
      return [
        file,
        found.flatMap((path) => [`${path}.ts`, `${path}/index.ts`].filter((name) => known.has(name))),
      ];
    }),
  );
}

/** One circle for each file that closes one, as its files in order. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string) => {
    if (finished.has(file)) return;
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file].join(" → "));
      return;
    }
    path.push(file);
    for (const other of graph.get(file) ?? []) visit(other);
    path.pop();
    finished.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return found;
}
