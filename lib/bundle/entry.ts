/** What a bundle is made of: entries of an archive, gathered in parts that are compressed one by one. */

/** A file or a symbolic link of the bundle. */
export type Entry =
  | {
      /** Path below the bundle's folder, `/` between its parts. */
      readonly path: string;
      readonly executable: boolean;
      readonly contents: Uint8Array;
    }
  | { readonly path: string; readonly linkTo: string };

/** How the bytes of a part are compressed best. */
export type Kind = "x86 code" | "other";

export interface Part {
  readonly name: string;
  readonly kind: Kind;
  /** In any order. */
  readonly entries: readonly Entry[];
}

/** A plain file. */
export function textEntry(path: string, text: string, executable = false): Entry {
  return { path, executable, contents: Buffer.from(text) };
}
