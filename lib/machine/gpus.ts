/**
 * The graphics processors of this machine. NVIDIA's own program knows theirs best, in containers too; for all others there is the inventory,
 * of which only what is reliable is taken.
 */

import { ask } from "./ask";
import type { Inventory } from "./inventory";
import { plainName } from "./names";

export interface GpuDescription {
  readonly model: string;
  /** Its own memory in bytes; null where unknown or shared with the processor. */
  readonly memoryBytes: number | null;
  /** Version of its driver; null where unknown. */
  readonly driver: string | null;
}

export interface NvidiaGpus {
  readonly gpus: readonly GpuDescription[];
  /** What a reader should know, such as a driver that does not answer. */
  readonly notice?: string;
}

const MEBIBYTE = 2 ** 20;

/** What `nvidia-smi` reports within so many seconds; nothing where it is not installed. Never throws. */
export async function nvidiaGpus(seconds: number): Promise<NvidiaGpus> {
  const query = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"];
  const { outcome, text } = await ask("nvidia-smi", query, { seconds });
  if (outcome === "missing") return { gpus: [] };
  if (outcome === "late") return { gpus: [], notice: `nvidia-smi did not answer within ${seconds} s` };
  if (outcome === "failed") {
    return { gpus: [], notice: "nvidia-smi is installed and finds no working NVIDIA GPU or driver" };
  }
  const gpus = text.split("\n").flatMap((line): GpuDescription[] => {
    const [name, mebibytes, driver] = line.split(",").map((field) => plainName(field));
    if (name === undefined) return [];
    const memory = /^\d+$/.test(mebibytes ?? "") ? Number(mebibytes) * MEBIBYTE : null;
    return [{ model: name, memoryBytes: memory, driver: /^[\d.]+$/.test(driver ?? "") ? driver! : null }];
  });
  return { gpus };
}

/**
 * Graphics processors of the inventory.
 *
 * Their memory is taken from macOS alone: elsewhere the inventory has the size of the window through which the processor sees the memory,
 * or a number that ends at 4 GiB.
 */
export function inventoryGpus({ graphics = [] }: Inventory): GpuDescription[] {
  return graphics.flatMap(({ vendor, model, driver, mebibytes, shared }) => {
    const [maker, name] = [plainName(vendor), plainName(model)];
    if (name === undefined) return [];
    const known = process.platform === "darwin" && shared !== true && typeof mebibytes === "number";
    return [
      {
        model:
          maker === undefined || name.toLowerCase().startsWith(maker.toLowerCase())
            ? name
            : `${maker} ${name}`,
        memoryBytes: known ? Math.round(mebibytes) * MEBIBYTE : null,
        driver: plainName(driver) ?? null,
      },
    ];
  });
}
