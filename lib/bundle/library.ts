/** The library in a bundle: its own code and files, the JavaScript of its packages, and data. All keep their places in the project. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { EngineName } from "../engines/names";
import type { Entry } from "./entry";
import { BundleError } from "./errors";
import { moduleFiles } from "./modules";
import { packageFolder } from "./specifiers";
import { type LeftOut, WASM_FILES } from "./target";

/** Data sets of every bundle. */
export const BUNDLED_DATASETS = ["kanji-1000"];

/** Read beside the main file of its package, by the report. */
const BROWSER_FILES = [
  "vega/build/vega.min.js",
  "vega-lite/build/vega-lite.min.js",
  "vega-embed/build/vega-embed.min.js",
];

/** In the library's folder, but for its code: what is for compiling, and what is added by module. */
const NOT_READ = /\.ts$|^tsconfig\.json$|\.tsbuildinfo$/;

const PICTURE = /\.png$/;

/**
 * @param library the library's folder
 * @throws BundleError where it is not built
 */
export function libraryEntries(
  library: string,
  engines: readonly EngineName[],
  missing: readonly LeftOut[],
): Entry[] {
  const compiled = join(library, "dist");
  if (!existsSync(join(compiled, "cli", "main.js"))) {
    throw new BundleError(`${library} is not built; build it with: npm run build`);
  }
  // Programs of their own, which are started rather than loaded.
  const programs = filesBelow(compiled).filter((file) => file.endsWith("-main.js"));
  const roots = [join(library, "bin", "offcurve.js"), join(compiled, "index.js"), ...programs];
  const code = moduleFiles(roots, new Set(missing.map(({ packageName }) => packageName)));
  const own = readdirSync(library, { withFileTypes: true })
    .filter(({ name }) => name !== "dist" && name !== "node_modules")
    .flatMap((entry) => {
      const path = join(library, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    })
    .filter((file) => !NOT_READ.test(file));
  const packages = join(library, "package.json");
  const read = [
    ...BROWSER_FILES,
    ...(engines.includes("tfjs-wasm")
      ? WASM_FILES.files.map((file) => `${WASM_FILES.packageName}/${file}`)
      : []),
  ].map((file) => fileOfPackage(file, packages));
  return entriesOf(dirname(library), [...code, ...own, ...read]);
}

/** The data sets of the bundle and the reference results. */
export function dataEntries(library: string): Entry[] {
  const root = dirname(library);
  const folders = [...BUNDLED_DATASETS, "reference"].map((name) => join(root, "data", name));
  for (const folder of folders) {
    if (!existsSync(folder))
      throw new BundleError(`${folder} is missing, which a bundle holds; get the project whole`);
  }
  const files = folders.flatMap(filesBelow).filter((file) => !PICTURE.test(file));
  return entriesOf(root, files);
}

/** Files that name what the bundle was made of, and its terms. */
export function projectEntries(library: string): Entry[] {
  const root = dirname(library);
  const names = ["LICENSE", "package-lock.json", "environment/measure/pytorch_baseline.py"];
  return entriesOf(
    root,
    names.map((name) => join(root, name)).filter((file) => existsSync(file)),
  );
}

function fileOfPackage(path: string, from: string): string {
  const [name, rest] = /^((?:@[^/]+\/)?[^/]+)\/(.*)$/.exec(path)!.slice(1) as [string, string];
  const folder = packageFolder(name, from);
  if (!folder || !existsSync(join(folder, rest))) {
    throw new BundleError(
      `the package ${name} lacks ${rest}; install the project's packages again with: npm ci`,
    );
  }
  return join(folder, rest);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function entriesOf(root: string, files: readonly string[]): Entry[] {
  return [...new Set(files)].map((file) => {
    const path = relative(root, file);
    if (path.startsWith("..")) {
      throw new BundleError(`${file} lies outside ${root}; make the bundle in the project's own folder`);
    }
    return { path: path.split(sep).join("/"), executable: false, contents: readFileSync(file) };
  });
}
