/** What a JavaScript file loads: the names in its imports and requires, and the files that Node finds for them. */

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, join } from "node:path";

/** How a name is looked up: `exports` of packages may answer each differently. */
type Lookup = "import" | "require";

const REQUIRES = /\brequire(?:\.resolve)?\s*\(\s*(["'])([^"'\n]+)\1/g;
const IMPORTS = /(?:\bfrom|\bimport)\s*\(?\s*(["'])([^"'\n]+)\1/g;

/**
 * Every file that a file may load by a name written out in it. Names in comments and strings count too, as one file too many does no harm;
 * names that lead nowhere, such as optional packages that are not installed, are passed over.
 */
export function loadedFiles(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const names = (pattern: RegExp) => new Set([...text.matchAll(pattern)].map((match) => match[2]!));
  const found = [
    ...[...names(REQUIRES)].map((name) => resolved(name, file, "require")),
    ...[...names(IMPORTS)].map((name) => resolved(name, file, "import")),
  ];
  return found.filter((path) => path !== undefined);
}

function resolved(name: string, from: string, lookup: Lookup): string | undefined {
  if (isBuiltin(name)) return undefined;
  try {
    return (
      (lookup === "import" ? importedFile(name, from) : undefined) ??
      realpathSync(createRequire(from).resolve(name))
    );
  } catch {
    return undefined;
  }
}

/** What an import finds by the `exports` of a package, which alone tell it from a require; undefined where there are none. */
function importedFile(name: string, from: string): string | undefined {
  const [, packageName, rest] = /^((?:@[^/]+\/)?[^./@][^/]*)(\/.*)?$/.exec(name) ?? [];
  if (!packageName) return undefined;
  const folder = packageFolder(packageName, from);
  const { exports } = folder ? (readJson(join(folder, "package.json")) as { exports?: unknown }) : {};
  if (!folder || exports === undefined) return undefined;
  const target = exportedFile(exports, `.${rest ?? ""}`);
  return target === undefined ? undefined : realpathSync(join(folder, target));
}

/** The rules of "Package entry points" in Node's manual, for an import. */
function exportedFile(exports: unknown, subpath: string): string | undefined {
  const table =
    typeof exports === "object" && exports !== null && Object.keys(exports).some((key) => key.startsWith("."))
      ? (exports as Record<string, unknown>)
      : { ".": exports };
  if (table[subpath] !== undefined) return conditional(table[subpath], "");
  const patterns = Object.keys(table).filter((key) => key.includes("*"));
  for (const key of patterns.sort((a, b) => b.indexOf("*") - a.indexOf("*"))) {
    const [before, after] = key.split("*") as [string, string];
    const length = subpath.length - after.length - before.length;
    if (length > 0 && subpath.startsWith(before) && subpath.endsWith(after)) {
      return conditional(table[key], subpath.slice(before.length, before.length + length));
    }
  }
  return undefined;
}

const CONDITIONS = new Set(["node", "import", "module-sync", "node-addons", "default"]);

function conditional(target: unknown, star: string): string | undefined {
  if (typeof target === "string") return target.replaceAll("*", star);
  const choices = Array.isArray(target)
    ? target
    : Object.entries((target ?? {}) as object)
        .filter(([condition]) => CONDITIONS.has(condition))
        .map(([, choice]) => choice as unknown);
  for (const choice of choices) {
    const file = conditional(choice, star);
    if (file !== undefined) return file;
  }
  return undefined;
}

/** The folder of an installed package as a file would find it; undefined where it is not installed. */
export function packageFolder(name: string, from: string): string | undefined {
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
    if (folder === dirname(folder)) return undefined;
  }
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}
