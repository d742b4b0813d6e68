/**
 * libtensorflow from TensorFlow's Python packages: downloading them by pip, every file checked against the hashes of the
 * lock, and taking the libraries and C headers out. Python itself never runs TensorFlow.
 */

import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Entry, openPromise } from "yauzl";
import { runStep, TensorflowBuildError, type Tools } from "./tensorflow-tools";

/** The Python whose wheels are taken. The libraries in them are the same for all, so any other would do. */
const PYTHON = "312";

/** What pip calls Linux systems by the version 2.N of the C library they have; it takes a wheel only by its exact name. */
const PLATFORMS = [...Array.from({ length: 12 }, (_, i) => `manylinux_2_${28 - i}`), "manylinux2014"];

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = { x64: "x86_64", arm64: "aarch64" };

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
 * Downloads what the lock names into the folder.
 *
 * @throws TensorflowBuildError where pip fails: no network, or a file whose hash is not the lock's
 */
export async function downloadWheels(lock: string, folder: string, { python }: Tools): Promise<void> {
  const platforms = PLATFORMS.map((platform) => `${platform}_${ARCHITECTURES[process.arch]}`);
  await runStep(
    python,
    [
      ...["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"],
      ...["--require-hashes", "--no-deps", "--only-binary=:all:"],
      ...["--implementation", "cp", "--python-version", PYTHON, "--abi", `cp${PYTHON}`],
      ...platforms.flatMap((platform) => ["--platform", platform]),
      ...["--dest", folder, "--requirement", lock],
    ],
    {
      what: "download TensorFlow's packages with pip",
      folder: dirname(lock),
      remedy: "see that Python's package index can be reached, then give the command again",
    },
  );
}

/**
 * Unpacks libraries and headers of all wheels of a folder into `target`: lib/, include/ and, of CUDA, nvidia/. Each wheel
 * is then deleted, so that the disk need not hold all of it twice.
 *
 * @returns the version of TensorFlow
 * @throws TensorflowBuildError where a wheel is damaged or holds no libtensorflow
 */
export async function unpackWheels(folder: string, target: string): Promise<string> {
  const wheels = readdirSync(folder).filter((file) => file.endsWith(".whl"));
  for (const wheel of wheels) {
    await unpackWheel(join(folder, wheel), target);
    rmSync(join(folder, wheel));
  }
  for (const [name, library] of Object.entries(LIBRARIES)) {
    if (!existsSync(join(target, "lib", library))) {
      throw new TensorflowBuildError(`TensorFlow's package holds no ${library}; has the lock been changed?`);
    }
    symlinkSync(library, join(target, "lib", name));
  }
  if (existsSync(join(target, UNFOUND.library))) {
    const place = join(target, UNFOUND.place);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(relative(dirname(place), join(target, UNFOUND.library)), place);
  }
  const version = wheels.map((wheel) => /^tensorflow(?:_cpu)?-([^-]+)-/.exec(wheel)?.[1]).find(Boolean);
  return version ?? "unknown";
}

async function unpackWheel(wheel: string, target: string): Promise<void> {
  try {
    const zip = await openPromise(wheel, { lazyEntries: true, autoClose: false });
    try {
      for await (const entry of zip.eachEntry()) {
        const place = placeOf(entry);
        if (place === undefined) continue;
        const file = join(target, place);
        mkdirSync(dirname(file), { recursive: true });
        await pipeline(
          await zip.openReadStreamPromise(entry),
          createWriteStream(`${file}.part`, { mode: modeOf(entry) }),
        );
        renameSync(`${file}.part`, file);
      }
    } finally {
      zip.close();
    }
  } catch (error) {
    throw new TensorflowBuildError(
      `cannot unpack ${wheel}: ${(error as Error).message}; give the command again`,
    );
  }
}

/** Where an entry goes below the target; undefined where it is not needed. yauzl refuses names that lead outside. */
function placeOf({ fileName }: Entry): string | undefined {
  const library = LIBRARY.exec(fileName)?.[1];
  if (library !== undefined) return join("lib", library);
  return HEADERS.exec(fileName)?.[1] ?? CUDA.exec(fileName)?.[1];
}

/** The permissions that a zip file made on Unix carries; of them whether it may be executed, as ptxas must be. */
function modeOf({ externalFileAttributes }: Entry): number {
  return (externalFileAttributes >>> 16) & 0o111 ? 0o755 : 0o644;
}
