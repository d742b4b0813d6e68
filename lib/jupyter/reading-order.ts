// Which notebooks a folder holds, in the order in which they are read: one folder a source, and notebooks beside these folders.
// Executing them is execute-notebook.ts; telling a person about it is main.ts.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";

/** The file that names a folder's own notebooks in their order, as a JSON list of paths. */
export const READING_ORDER = "reading-order.json";

/** The notebooks of a folder, as paths from it with `/` between the parts. */
export interface NotebookFolder {
  /** Those that the folder's list names, in its order; all of them, in the order of their paths, where there is no list. */
  readonly listed: readonly string[];
  /** Those that somebody put beside them, in the order of their paths. */
  readonly others: readonly string[];
}

/**
 * The notebooks in `folder` and in the folders directly below it; hidden ones are passed over.
 * @throws Error when the folder or its list cannot be read.
 */
export function notebooksIn(folder: string): NotebookFolder {
  const found = readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith("."))
    .flatMap((entry) =>
      entry.isDirectory() && entry.name !== "node_modules"
        ? readdirSync(join(folder, entry.name)).map((name) => `${entry.name}/${name}`)
        : [entry.name],
    )
    .filter((path) => path.endsWith(".ipynb") && !path.split("/").at(-1)!.startsWith("."))
    .sort();
  const list = join(folder, READING_ORDER);
  if (!existsSync(list)) return { listed: found, others: [] };
  const names = namesIn(list);
  return {
    listed: names.filter((name) => found.includes(name)),
    others: found.filter((path) => !names.includes(path)),
  };
}

/**
 * The notebooks in `folder` that `names` choose, in reading order; all of them when there are none. A name is a notebook's path or file name,
 * a source's folder, or the beginning of one of these; `.ipynb` may be left out.
 * @throws Error when there is no notebook, or a name chooses none.
 */
export function selectNotebooks(folder: string, names: readonly string[]): string[] {
  const { listed, others } = notebooksIn(folder);
  const all = [...listed, ...others];
  if (all.length === 0) throw new Error(`There is no notebook in ${folder}.`);
  if (names.length === 0) return all;
  const chosen = new Set<string>();
  for (const name of names) {
    const wanted = pathIn(folder, name);
    const namesOf = (path: string) => [path, path.split("/").at(-1)!].map(withoutEnding);
    const exact = all.filter((path) => namesOf(path).includes(wanted));
    const found =
      exact.length > 0 ? exact : all.filter((path) => namesOf(path).some((own) => own.startsWith(wanted)));
    if (found.length === 0)
      throw new Error(`There is no notebook ${name} in ${folder}; it has: ${all.join(", ")}.`);
    for (const path of found) chosen.add(path);
  }
  return all.filter((path) => chosen.has(path));
}

/** What `name` is called from `folder`, where it is given as a path from elsewhere: `notebooks/a/b.ipynb` is `a/b`. */
function pathIn(folder: string, name: string): string {
  const inside = relative(folder, resolve(name));
  const path = inside.startsWith("..") || inside === "" ? name : inside;
  return withoutEnding(path.split(sep).join("/"));
}

function withoutEnding(path: string): string {
  return path.replace(/\.ipynb$/, "");
}

function namesIn(list: string): string[] {
  let names: unknown;
  try {
    names = JSON.parse(readFileSync(list, "utf8"));
  } catch (error) {
    throw new Error(`${list} cannot be read: ${(error as Error).message}`);
  }
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  throw new Error(`${list} must be a list of the notebooks' paths.`);
}
