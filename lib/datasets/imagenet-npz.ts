/** One batch of downsampled ImageNet in its `.npz` distribution: `data` as bytes and `labels` counted from 1. */

import { DatasetError } from "./errors";
import type { ImageShard } from "./images";
import { checkLabels } from "./labels";
import { npyNumbers, npyOffset, parseNpy } from "./npy";
import { readZipMembers } from "./npz";

/**
 * @param path the file
 * @param features 3 · side², the length of a row of `data`
 * @param classes labels run from 1 to this
 * @throws DatasetError for a damaged file or arrays of another type or shape
 */
export async function readImagenetNpz(path: string, features: number, classes: number): Promise<ImageShard> {
  const members = await readZipMembers(path, ["data.npy", "labels.npy"]);
  const dataFile = `${path} (data.npy)`;
  const labelFile = `${path} (labels.npy)`;
  const data = parseNpy(members["data.npy"], dataFile);
  const labels = parseNpy(members["labels.npy"], labelFile);
  if (data.type !== "|u1" || data.shape.length !== 2 || data.shape[1] !== features) {
    throw new DatasetError(
      dataFile,
      `array of ${data.type} with shape (${data.shape.join(", ")}), expected |u1 with shape (N, ${features})`,
      0,
    );
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== data.shape[0]) {
    throw new DatasetError(
      labelFile,
      `shape (${labels.shape.join(", ")}), expected (${data.shape[0]},): one label for each image`,
      0,
    );
  }
  const fromZero = npyNumbers(labels).map((label) => label - 1);
  checkLabels(fromZero, classes, labelFile, (example) => npyOffset(labels, example), { first: 1 });
  return { pixels: data.data, labels: Int32Array.from(fromZero) };
}
