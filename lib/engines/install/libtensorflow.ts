/**
 * libtensorflow from TensorFlow's Python packages: the libraries and C headers of the wheels that a lock names. Python
 * itself never runs TensorFlow.
 */

import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { InstallError } from "./tools";
import { unpackWheels } from "./wheels";

/** The names under which the addon is linked, and the libraries that have the symbols. */
const LIBRARIES = {
  "libtensorflow.so": "libtensorflow_cc.so.2",
  "libtensorflow_framework.so": "libtensorflow_framework.so.2",
};

/** The headers that TensorFlow's C interface consists of. */
const HEADERS =
  /^tensorflow\/(include\/(?:tensorflow\/c|tensorflow\/core\/platform|tsl\/platform|xla\/tsl\/c)\/.*\.h)$/;
const LIBRARY = /^tensorflow\/(libtensorflow_(?:cc|framework)\.so\.2)$/;
/** CUDA's libraries lie in a folder `nvidia` beside that of TensorFlow's, where they look for each other. */
const CUDA = /^(nvidia\/[^/]+\/(?:lib|bin|nvvm)\/.*(?<!\.a)(?<!\/))$/;

/**
 * A library that libtensorflow_framework opens as it starts, and the place of another one where it looks: it does not look
 * where this one lies, and where it misses one it uses no GPU at all.
 */
const UNFOUND = {
  library: join("nvidia", "cusolver", "lib", "libcusolver.so.11"),
  place: join("nvidia", "cusparse", "lib", "libcusolver.so.11"),
};

/**
 * Unpacks libraries and headers of all wheels of a folder into `target`: lib/, include/ and, of CUDA, nvidia/.
 *
 * @returns the version of TensorFlow
 * @throws InstallError where a wheel is damaged or holds no libtensorflow
 */
export async function unpackLibtensorflow(folder: string, target: string): Promise<string> {
  const versions = await unpackWheels(folder, target, placeOf);
  for (const [name, library] of Object.entries(LIBRARIES)) {
    if (!existsSync(join(target, "lib", library))) {
      throw new InstallError(`TensorFlow's package holds no ${library}; has the lock been changed?`);
    }
    symlinkSync(library, join(target, "lib", name));
  }
  if (existsSync(join(target, UNFOUND.library))) {
    const place = join(target, UNFOUND.place);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(relative(dirname(place), join(target, UNFOUND.library)), place);
  }
  return versions.get("tensorflow") ?? versions.get("tensorflow_cpu") ?? "unknown";
}

/** Where a file of a wheel goes below the target. */
function placeOf(file: string): string | undefined {
  const library = LIBRARY.exec(file)?.[1];
  if (library !== undefined) return join("lib", library);
  return HEADERS.exec(file)?.[1] ?? CUDA.exec(file)?.[1];
}
