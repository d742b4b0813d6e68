/**
 * The tar format (POSIX.1-1988, "ustar"), as far as writing takes it: the same entries give the same bytes, with no owner and one fixed time.
 * What goes into the archive is left to `contents.ts`, compression to `xz.ts`.
 */

import type { Entry } from "./entry";
import { BundleError } from "./errors";

const BLOCK = 512;

/** The first moment that every file system and unpacker can hold: 1 January 1980, in seconds since 1970. */
const TIME = 315_532_800;

/** Two empty blocks, which every archive ends with. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK);

/**
 * The bytes of the entries, sorted by path, without the blocks that end an archive.
 *
 * @param folder the one folder that everything is unpacked into
 * @throws BundleError for a path that is too long for the format
 */
export function tarBytes(folder: string, entries: readonly Entry[]): Buffer {
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return Buffer.concat(
    sorted.flatMap((entry) => {
      const contents = "contents" in entry ? entry.contents : new Uint8Array();
      const padding = new Uint8Array((BLOCK - (contents.length % BLOCK)) % BLOCK);
      return [header(`${folder}/${entry.path}`, entry, contents.length), contents, padding];
    }),
  );
}

function header(path: string, entry: Entry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const [prefix, name] = splitPath(path);
  const octal = (value: number, at: number, width: number) =>
    block.write(`${value.toString(8).padStart(width - 1, "0")}\0`, at, "latin1");
  const link = "linkTo" in entry;
  block.write(name, 0);
  octal(link ? 0o777 : entry.executable ? 0o755 : 0o644, 100, 8);
  octal(0, 108, 8); // owner
  octal(0, 116, 8); // group
  octal(size, 124, 12);
  octal(TIME, 136, 12);
  block.write(" ".repeat(8), 148); // the checksum's own place counts as blanks
  block.write(link ? "2" : "0", 156);
  if (link) block.write(entry.linkTo, 157);
  block.write("ustar\0" + "00", 257, "latin1");
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** The format has 100 bytes for the end of a path and 155 for the folders before it. */
function splitPath(path: string): [prefix: string, name: string] {
  const length = (text: string) => Buffer.byteLength(text);
  if (length(path) <= 100) return ["", path];
  for (let cut = path.indexOf("/"); cut > 0; cut = path.indexOf("/", cut + 1)) {
    const [prefix, name] = [path.slice(0, cut), path.slice(cut + 1)];
    if (length(name) <= 100 && length(prefix) <= 155) return [prefix, name];
  }
  throw new BundleError(`a path is too long for a tar archive: ${path}`);
}
