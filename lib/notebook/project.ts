/**
 * Where a notebook's project lies, and what its parameters name in it: studies and results folders. The working folder, which is the
 * notebook's own in one tool and the caller's in another, decides nothing but which project it is.
 */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { findStudy } from "../studies/presets";
import type { Study } from "../studies/study";

const PROJECT = "offcurve-kit";

/**
 * The folder of the project that the notebook lies in, or else of the one that this library belongs to.
 *
 * @throws where there is neither
 */
export function projectFolder(): string {
  const found = projectAbove(process.cwd()) ?? projectAbove(__dirname);
  if (found === undefined) {
    throw new Error(`no project ${PROJECT} above ${process.cwd()}; open the notebook inside the project`);
  }
  return found;
}

/**
 * The study of that name, or the one declared in that JSON file, its path taken from the project's folder or the notebook's; a study
 * is answered as it is.
 *
 * @throws StudyError where there is neither, or the file declares no valid study
 */
export function namedStudy(study: Study | string): Study {
  if (typeof study !== "string") return study;
  const inProject = resolve(projectFolder(), study);
  return findStudy(study.endsWith(".json") && existsSync(inProject) ? inProject : study);
}

/** The results folder of a study: the one given, a relative path taken from the project's folder, or `results/` and its name. */
export function resultsFolder(study: Study, given = ""): string {
  return resolve(projectFolder(), given === "" ? join("results", study.name) : given);
}

function projectAbove(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (isProject(join(folder, "package.json"))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

function isProject(file: string): boolean {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { name?: unknown }).name === PROJECT;
  } catch {
    return false;
  }
}
