/**
 * The JavaScript of a bundle: the files that the command line can come to load, found by following imports and requires from file to file,
 * each with what its package needs beside it. Native files are left to `natives.ts`.
 */

import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { loadedFiles } from "./specifiers";

const JAVASCRIPT = /\.(?:[cm]?js|json)$/;

/** Files by which the terms of a package are passed on. */
const TERMS = /^(?:licen[cs]e|copying|notice|third.?party)/i;

/**
 * @param entries absolute paths of the files that are run
 * @param excluded names of packages that are not followed into
 * @returns absolute paths without links, sorted: code, package.json files and licences
 */
export function moduleFiles(entries: readonly string[], excluded: ReadonlySet<string>): string[] {
  const seen = new Set<string>();
  const queue = [...entries];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file) || !JAVASCRIPT.test(file) || excluded.has(packageOf(file) ?? "")) continue;
    seen.add(file);
    for (const companion of companions(file)) seen.add(companion);
    if (!file.endsWith(".json")) queue.push(...loadedFiles(file));
  }
  return [...seen].sort();
}

/** The name of the package that a file of node_modules belongs to. */
function packageOf(file: string): string | undefined {
  const after = file.split(`${sep}node_modules${sep}`).slice(1).at(-1);
  if (after === undefined) return undefined;
  const [first, second] = after.split(sep);
  return first!.startsWith("@") ? `${first}/${second}` : first;
}

/** Every package.json between a file and the root of its package, which say how to read it, and the package's terms. */
export function companions(file: string): string[] {
  const name = packageOf(file);
  const found: string[] = [];
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const description = join(folder, "package.json");
    if (existsSync(description)) found.push(description);
    const isRoot = name === undefined ? existsSync(description) : folder.endsWith(join("node_modules", name));
    if (!isRoot) continue;
    const terms = readdirSync(folder, { withFileTypes: true }).filter(
      (entry) => entry.isFile() && TERMS.test(basename(entry.name)),
    );
    return [...found, ...terms.map((entry) => join(folder, entry.name))];
  }
  return found;
}
