/** A results folder: which study it holds, and the files that are written whole or not at all. */

import { randomUUID } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseStudyText } from "../studies/presets";
import type { Study } from "../studies/study";
import { studyHash } from "../studies/trials";
import { ResultsError, resultsError, unreadable } from "./errors";

export const STUDY = "study.json";

/**
 * Writes a file by way of a temporary one beside it: readers see the old contents or the new, never a part.
 *
 * @param explain puts a failure into words; those for a results folder unless given
 */
export function writeWhole(
  file: string,
  contents: string | Uint8Array,
  explain: (error: unknown) => Error = (error) => resultsError(error, file),
): void {
  const draft = `${file}.${randomUUID()}.tmp`; // process ids are no names: two containers have the same
  try {
    writeFileSync(draft, contents);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw explain(error);
  }
}

/**
 * Makes sure, as far as a look can tell, that a results folder can be written, and makes nothing.
 *
 * @returns the folders that are to be made for it, the outermost first
 * @throws ResultsError where it cannot
 */
export function requireWritable(folder: string): string[] {
  const missing: string[] = [];
  let present = resolve(folder);
  for (; !existsSync(present); present = dirname(present)) missing.unshift(present);
  try {
    if (!statSync(present).isDirectory()) {
      throw Object.assign(new Error("not a folder"), { code: missing.length > 0 ? "ENOTDIR" : "EEXIST" });
    }
    accessSync(present, constants.W_OK);
  } catch (error) {
    throw resultsError(error, folder);
  }
  return missing;
}

/**
 * Makes the folder hold the study.
 *
 * @throws ResultsError where it holds another one, or cannot be written
 */
export function claimFolder(folder: string, study: Study): void {
  try {
    // One by one: in a file system that makes no folders, Node's own recursion may go on for ever.
    for (const missing of requireWritable(folder)) mkdirSync(missing);
  } catch (error) {
    throw resultsError(error, folder);
  }
  const present = readStudyIfThere(folder);
  if (!present) writeWhole(join(folder, STUDY), `${JSON.stringify(study, null, 2)}\n`);
  else if (studyHash(present) !== studyHash(study)) {
    throw anotherStudy(present, folder);
  }
}

/** The refusal of a folder that holds another study than the one asked for. */
export function anotherStudy({ name, title }: Study, folder: string): ResultsError {
  return new ResultsError(
    `${folder} holds another study, ${name} (${title}); choose another folder with --out`,
  );
}

/**
 * The study that a results folder holds.
 *
 * @throws ResultsError where the folder holds none
 */
export function readStudy(folder: string): Study {
  const study = readStudyIfThere(folder);
  if (!study)
    throw new ResultsError(`${folder} holds no results; make some with: npx offcurve run --out ${folder}`);
  return study;
}

/** The study of a folder; undefined where it holds none. */
export function readStudyIfThere(folder: string): Study | undefined {
  const file = join(folder, STUDY);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code!)) return undefined;
    throw unreadable(error, file);
  }
  return parseStudyText(text, file);
}
