/** How large an archive may be: far above any study's results, and below what would fill a disk unawares. */

export interface ArchiveLimits {
  /** Files, the metadata included. */
  readonly files: number;
  /** Bytes of all files together, unpacked. */
  readonly bytes: number;
  /** Bytes of the metadata, which are held in memory. */
  readonly metadataBytes: number;
}

export const LIMITS: ArchiveLimits = { files: 10_000, bytes: 2 ** 30, metadataBytes: 16 * 2 ** 20 };
