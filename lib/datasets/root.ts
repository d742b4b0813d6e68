/** Where the repository keeps its data, found from where this package lies and never from the working folder. */

import { existsSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The data root: the environment variable OFFCURVE_DATA, or `data` beside the folder of this package. */
export function defaultDataRoot(): string {
  const override = process.env.OFFCURVE_DATA;
  return override ? resolve(override) : join(packageFolder(), "..", "data");
}

/** The folder of this package's package.json: one step up from here in the sources, two in the compiled files. */
function packageFolder(): string {
  let folder = realpathSync(__dirname);
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
