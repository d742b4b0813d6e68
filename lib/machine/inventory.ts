/**
 * What the library systeminformation finds out: physical cores, distribution, graphics controllers. It asks a dozen programs, some of them in
 * ways that block its process, so it does so in a process of its own that is given up when it takes too long. Of all that it finds,
 * serial numbers and host names included, only the fields below ever leave that process.
 */

import { z } from "zod";
import { ask } from "./ask";

const inventorySchema = z.object({
  cpu: z.object({ brand: z.unknown(), physicalCores: z.unknown() }).optional(),
  system: z.object({ distribution: z.unknown(), release: z.unknown() }).optional(),
  graphics: z
    .array(
      z.object({
        vendor: z.unknown(),
        model: z.unknown(),
        driver: z.unknown(),
        mebibytes: z.unknown(),
        shared: z.unknown(),
      }),
    )
    .optional(),
});

/** What was found out within the time given; a part that was not is left out. */
export interface Inventory {
  readonly cpu?: { readonly brand?: unknown; readonly physicalCores?: unknown } | undefined;
  readonly system?: { readonly distribution?: unknown; readonly release?: unknown } | undefined;
  readonly graphics?:
    | readonly {
        readonly vendor?: unknown;
        readonly model?: unknown;
        readonly driver?: unknown;
        readonly mebibytes?: unknown;
        /** True where it is the processor's memory that is shared. */
        readonly shared?: unknown;
      }[]
    | undefined;
}

/** Runs in the other process; each part is printed as soon as it is known, in the order of how reliable they are. */
const SCRIPT = `
const system = require(process.argv[1]);
const tell = (part) => process.stdout.write(JSON.stringify(part) + "\\n");
(async () => {
  const cpu = await system.cpu();
  tell({ cpu: { brand: [cpu.manufacturer, cpu.brand].filter(Boolean).join(" "), physicalCores: cpu.physicalCores } });
  const { distro, release } = await system.osInfo();
  tell({ system: { distribution: distro, release } });
  const { controllers } = await system.graphics();
  tell({
    graphics: controllers.map((controller) => ({
      vendor: controller.vendor,
      model: controller.model,
      driver: controller.driverVersion,
      mebibytes: controller.vram,
      shared: controller.vramDynamic,
    })),
  });
})();
`;

/** Asks the library for what it finds within so many seconds. Never throws. */
export async function takeInventory(seconds: number): Promise<Inventory> {
  let library: string;
  try {
    library = require.resolve("systeminformation");
  } catch {
    return {};
  }
  const { text } = await ask(process.execPath, ["-e", SCRIPT, library], {
    seconds,
    // No display is asked for its graphics, and no debugger or preload of this process comes along.
    env: { DISPLAY: undefined, NODE_OPTIONS: undefined },
  });
  const parts = text.split("\n").flatMap((line) => {
    try {
      const part = inventorySchema.safeParse(JSON.parse(line));
      return part.success ? [part.data] : [];
    } catch {
      return []; // the line that was being written when the time was up
    }
  });
  return Object.assign({}, ...parts) as Inventory;
}
