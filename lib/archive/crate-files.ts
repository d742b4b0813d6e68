/** The files that the metadata of an RO-Crate describes, as strangers wrote it: checked before any of it is believed. */

import { z } from "zod";
import { ArchiveError, quoted } from "./errors";

/** What a file must be to be the one described. */
export interface DescribedFile {
  readonly bytes: number;
  /** In lower-case hexadecimal digits. */
  readonly sha256: string;
}

const graphSchema = z.object({
  "@graph": z.array(
    z.looseObject({ "@id": z.string(), "@type": z.union([z.string(), z.array(z.string())]) }),
  ),
});

const fileSchema = z.object({
  contentSize: z.union([z.string().regex(/^\d{1,15}$/), z.number().int().min(0)]),
  sha256: z.string().regex(/^[0-9a-f]{64}$/i),
});

/**
 * The described files by their path in the archive; files on the web are left out.
 *
 * @param place what is read, for messages
 * @throws ArchiveError where it is not the metadata of an RO-Crate, or a file lacks its size or checksum
 */
export function describedFiles(json: string, place: string): Map<string, DescribedFile> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new ArchiveError(`${place} is not JSON; ask for the archive again`);
  }
  const graph = graphSchema.safeParse(value);
  if (!graph.success)
    throw new ArchiveError(`${place} is not the metadata of an RO-Crate; ask for the archive again`);
  const files = new Map<string, DescribedFile>();
  for (const entity of graph.data["@graph"]) {
    const id = entity["@id"];
    if (![entity["@type"]].flat().includes("File") || /^([a-z][a-z0-9+.-]*:\/\/|#)/i.test(id)) continue;
    const path = pathOf(id, place);
    if (files.has(path))
      throw new ArchiveError(`${place} describes ${quoted(path)} twice; ask for the archive again`);
    const file = fileSchema.safeParse(entity);
    if (!file.success) {
      throw new ArchiveError(
        `${place} describes ${quoted(path)} without a valid ${String(file.error.issues[0]!.path[0])}; ask for an archive made by offcurve export`,
      );
    }
    files.set(path, { bytes: Number(file.data.contentSize), sha256: file.data.sha256.toLowerCase() });
  }
  return files;
}

function pathOf(id: string, place: string): string {
  try {
    return decodeURIComponent(id.replace(/^\.\//, ""));
  } catch {
    throw new ArchiveError(
      `${place} names a file by ${quoted(id)}, which is not a URI; ask for the archive again`,
    );
  }
}
