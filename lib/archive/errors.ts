/** What can be wrong with an archive, in words, and names of strangers made fit to be shown. */

export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
}

/** A name from an archive in quotation marks, in printable characters, not too long: it may be there to deceive a terminal. */
export function quoted(name: string): string {
  const short = name.length > 100 ? `${name.slice(0, 100)}…` : name;
  return `"${printable(short).replaceAll('"', '\\"')}"`;
}

/** A text with every control and format character, and every break of a line, written out as its number. */
export function printable(text: string): string {
  return text.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

/** A failed operation of the file system as a sentence about that file. */
export function fileError(error: unknown, action: "read" | "write", file: string): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof ArchiveError || !code) return error as Error;
  const reasons: Record<string, string> = {
    ENOENT: action === "read" ? "there is no such file" : "its folder does not exist",
    EISDIR: "it is a folder",
    ENOTDIR: "a part of the path is a file",
    EACCES: "no permission",
    EPERM: "no permission",
    EROFS: "the file system is read-only",
    ENOSPC: "the disk is full; free some space and run the same command again",
    EDQUOT: "the disk quota is used up; free some space and run the same command again",
  };
  return new ArchiveError(`cannot ${action} ${file}: ${reasons[code] ?? message}`, { cause: error });
}
