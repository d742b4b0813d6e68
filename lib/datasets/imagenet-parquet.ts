/** Downsampled ImageNet as Parquet: a struct column `image` whose `bytes` are a PNG or JPEG, and a column `label`. */

import sharp from "sharp";
import { DatasetError } from "./errors";
import type { ImageShard } from "./images";
import { checkLabels } from "./labels";
import { type ParquetRows, readParquet } from "./parquet";

const CHANNELS = 3;
/** Images decoded at a time, so that all cores work and memory stays small. */
const AT_ONCE = 64;
/** More pixels than any image that could be meant; more is refused before it is decoded. */
const MAX_PIXELS = 2 ** 24;

/**
 * @param path the file
 * @param side pixels a side that every image must have
 * @param classes labels run from 0 to below this
 * @throws DatasetError for a damaged file, an image that does not decode or has another size, a label out of range
 */
export async function readImagenetParquet(path: string, side: number, classes: number): Promise<ImageShard> {
  const features = CHANNELS * side * side;
  const groups: ImageShard[] = [];
  await readParquet(path, ["image.bytes", "label"], async (group) => {
    groups.push(await decodeRows(group, path, side, classes));
  });
  const rows = groups.reduce((sum, group) => sum + group.labels.length, 0);
  const shard = { pixels: new Uint8Array(rows * features), labels: new Int32Array(rows) };
  let start = 0;
  for (const { pixels, labels } of groups) {
    shard.pixels.set(pixels, start * features);
    shard.labels.set(labels, start);
    start += labels.length;
  }
  return shard;
}

async function decodeRows(
  { rows, start, offset }: ParquetRows,
  path: string,
  side: number,
  classes: number,
): Promise<ImageShard> {
  const features = CHANNELS * side * side;
  const pixels = new Uint8Array(rows.length * features);
  const labels = rows.map((row) =>
    typeof row.label === "number" || typeof row.label === "bigint" ? Number(row.label) : Number.NaN,
  );
  const rowsFile = start === 0 ? path : `${path} (row group from row ${start})`;
  checkLabels(labels, classes, rowsFile, () => offset);
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const problems = await Promise.all(
      rows.slice(from, from + AT_ONCE).map(async (row, n) => {
        const bytes = (row.image as { bytes?: unknown } | null | undefined)?.bytes;
        const target = pixels.subarray((from + n) * features, (from + n + 1) * features);
        return await decodeImage(bytes, side, target).then(
          () => undefined,
          (cause: Error) => ({ row: start + from + n, cause }),
        );
      }),
    );
    // All have ended, so that it is always the first of them that is reported.
    const first = problems.find((problem) => problem !== undefined);
    if (first) {
      const { row, cause } = first;
      throw new DatasetError(path, `row ${row}: ${cause.message}`, offset, { cause });
    }
  }
  return { pixels, labels: Int32Array.from(labels) };
}

/** Decodes a PNG or JPEG into target [channel, row, column]. */
async function decodeImage(bytes: unknown, side: number, target: Uint8Array): Promise<void> {
  if (!(bytes instanceof Uint8Array) || !(startsWith(bytes, PNG) || startsWith(bytes, JPEG))) {
    throw new Error("image.bytes is not a PNG or JPEG image");
  }
  const { data, info } = await sharp(bytes, { failOn: "warning", limitInputPixels: MAX_PIXELS })
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.width !== side || info.height !== side) {
    throw new Error(`the image has ${info.width}×${info.height} pixels, expected ${side}×${side}`);
  }
  if (info.channels !== CHANNELS) throw new Error(`the image has ${info.channels} channels, expected 3`);
  const plane = side * side;
  for (let n = 0; n < plane; n++) {
    for (let channel = 0; channel < CHANNELS; channel++) {
      target[channel * plane + n] = data[n * CHANNELS + channel]!;
    }
  }
}

const PNG = [0x89, 0x50, 0x4e, 0x47];
const JPEG = [0xff, 0xd8, 0xff];

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, n) => bytes[n] === byte);
