import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { moduleFiles } from "../../lib/bundle/modules";

const LIBRARY = resolve(__dirname, "../../lib");

function project(files: Record<string, string>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "offcurve-modules-")));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const found = (folder: string, entry: string, excluded: string[] = []) =>
  moduleFiles([join(folder, entry)], new Set(excluded)).map((file) => relative(folder, file));

describe("the files that a program may load", () => {
  const files = {
    "package.json": "{}",
    "main.js": `const a = require("two-faced"); const b = require('./part');
      async function later() { await import("two-faced/sub/x"); require("not-installed"); require("node:fs"); }`,
    "part.js": "module.exports = require('./data.json');",
    "data.json": "1",
    "unused.js": "",
    "node_modules/two-faced/package.json": JSON.stringify({
      exports: {
        ".": { import: "./face.mjs", require: "./face.cjs" },
        "./sub/*": { types: "./sub/*.d.ts", import: "./sub/*.mjs", default: "./sub/*.cjs" },
      },
    }),
    "node_modules/two-faced/LICENSE": "free",
    "node_modules/two-faced/README.md": "long",
    "node_modules/two-faced/face.cjs": "",
    "node_modules/two-faced/face.mjs": "",
    "node_modules/two-faced/sub/x.mjs": 'export * from "@scope/deep"; import "two-faced";',
    "node_modules/two-faced/sub/x.cjs": "",
    "node_modules/@scope/deep/package.json": JSON.stringify({ main: "dist/index" }),
    "node_modules/@scope/deep/dist/package.json": JSON.stringify({ type: "commonjs" }),
    "node_modules/@scope/deep/dist/index.js": "",
    "node_modules/@scope/deep/dist/other.js": "",
  };

  it("are found by require and import, each by its own conditions, with package.json files and licences", () => {
    expect(found(project(files), "main.js")).toEqual([
      "data.json",
      "main.js",
      "node_modules/@scope/deep/dist/index.js",
      "node_modules/@scope/deep/dist/package.json",
      "node_modules/@scope/deep/package.json",
      "node_modules/two-faced/LICENSE",
      "node_modules/two-faced/face.cjs",
      "node_modules/two-faced/face.mjs",
      "node_modules/two-faced/package.json",
      "node_modules/two-faced/sub/x.mjs",
      "package.json",
      "part.js",
    ]);
  });

  it("are not sought in excluded packages", () => {
    expect(found(project(files), "main.js", ["two-faced"])).toEqual([
      "data.json",
      "main.js",
      "package.json",
      "part.js",
    ]);
  });

  it("are at least those that Node does load", () => {
    const program = `process.on("exit", () => process.stdout.write("\\nLOADED" + JSON.stringify(Object.keys(require.cache))));
      require(${JSON.stringify(join(LIBRARY, "bin/offcurve.js"))});`;
    const output = execFileSync(process.execPath, ["-e", program, "studies"], {
      encoding: "utf8",
    });
    const loaded = (JSON.parse(output.split("\nLOADED")[1]!) as string[]).filter((file) =>
      /\.[cm]?js$/.test(file),
    );
    const foundHere = new Set(moduleFiles([join(LIBRARY, "bin/offcurve.js")], new Set()));
    expect(loaded.length).toBeGreaterThan(100);
    expect(loaded.filter((file) => !foundHere.has(file))).toEqual([]);
  });
});
