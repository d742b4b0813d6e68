/** What can be wrong with a results folder, in words that say what to do. */

export class ResultsError extends Error {
  override readonly name = "ResultsError";
}

/** A failed operation of the file system as a sentence about the results, the disk and what to do. */
export function resultsError(error: unknown, file: string): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  const remedy: Record<string, string> = {
    ENOSPC: "the disk is full; free some space and run the same command again, finished trials are kept",
    EDQUOT:
      "the disk quota is used up; free some space and run the same command again, finished trials are kept",
    EACCES: "no permission to write there; choose another folder with --out or change its permissions",
    EPERM: "no permission to write there; choose another folder with --out or change its permissions",
    EROFS: "the file system is read-only; choose another folder with --out",
    ENOENT: "no folder can be made there; choose another folder with --out",
    ENOTDIR: "a part of the path is a file; choose another folder with --out",
    ENAMETOOLONG: "the name is too long; choose another folder with --out",
    EEXIST: "a file stands where a folder is needed; choose another folder with --out",
  };
  if (error instanceof ResultsError || !code) return error as Error;
  return new ResultsError(`cannot write ${file}: ${remedy[code] ?? message}`, { cause: error });
}

/** The same for a file that cannot be read. */
export function unreadable(error: unknown, file: string): ResultsError {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    EACCES: "no permission",
    EPERM: "no permission",
    EISDIR: "it is a folder",
    ENOENT: "there is no such file",
    ELOOP: "it is a link that leads to itself",
    ENAMETOOLONG: "the name is too long",
    ERR_STRING_TOO_LONG: "it is too large",
  };
  return new ResultsError(`cannot read ${file}: ${reasons[code ?? ""] ?? message}`, { cause: error });
}
