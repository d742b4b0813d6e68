/** Small wheels, for the tests of what is taken out of large ones. */

import { createWriteStream, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";

export const temporaryFolder = () => mkdtempSync(join(tmpdir(), "offcurve-install-test-"));

/**
 * Writes a wheel with files of these names, which hold their own names unless said otherwise.
 *
 * @returns its path
 */
export async function wheel(
  target: string,
  name: string,
  files: readonly string[],
  contents: Readonly<Record<string, string>> = {},
): Promise<string> {
  const zip = new ZipFile();
  for (const file of files) {
    const mode = /\/(bin|scripts)\//.test(file) ? 0o100755 : 0o100644;
    zip.addBuffer(Buffer.from(contents[file] ?? file), file, { mode });
  }
  zip.end();
  mkdirSync(target, { recursive: true });
  const path = join(target, name);
  await pipeline(zip.outputStream, createWriteStream(path));
  return path;
}
