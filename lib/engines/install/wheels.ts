/**
 * Native libraries from Python packages: downloading them by pip, every file checked against the hashes of a lock, and
 * taking out of them what is wanted. Nothing of them is run in Python.
 */

import { createWriteStream, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Entry, openPromise } from "yauzl";
import { InstallError, runStep } from "./tools";

/** The Python whose wheels are taken. The libraries in them are the same for all, so any other would do. */
const PYTHON = "312";

/** What pip calls Linux systems by the version 2.N of the C library they have; it takes a wheel only by its exact name. */
const PLATFORMS = [...Array.from({ length: 12 }, (_, i) => `manylinux_2_${28 - i}`), "manylinux2014"];

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = { x64: "x86_64", arm64: "aarch64" };

/**
 * Downloads what the lock names into the folder.
 *
 * @param python command of a Python with pip
 * @throws InstallError where pip fails: no network, or a file whose hash is not the lock's
 */
export async function downloadWheels(lock: string, folder: string, python: string): Promise<void> {
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
      what: "download Python packages with pip",
      folder: dirname(lock),
      remedy: "see that Python's package index can be reached, then give the command again",
    },
  );
}

/**
 * Unpacks all wheels of a folder into `target`. Each is then deleted, so that the disk need not hold all of it twice.
 *
 * @param placeOf where a file of a wheel goes below the target; undefined where it is not needed
 * @returns the version of each package, by its name as the wheel has it
 * @throws InstallError where a wheel is damaged
 */
export async function unpackWheels(
  folder: string,
  target: string,
  placeOf: (file: string) => string | undefined,
): Promise<Map<string, string>> {
  const versions = new Map<string, string>();
  for (const wheel of readdirSync(folder).filter((file) => file.endsWith(".whl"))) {
    await unpackWheel(join(folder, wheel), target, placeOf);
    rmSync(join(folder, wheel));
    const [name, version] = wheel.split("-") as [string, string];
    versions.set(name, version);
  }
  return versions;
}

async function unpackWheel(
  wheel: string,
  target: string,
  placeOf: (file: string) => string | undefined,
): Promise<void> {
  try {
    const zip = await openPromise(wheel, { lazyEntries: true, autoClose: false });
    try {
      for await (const entry of zip.eachEntry()) {
        const place = placeOf(entry.fileName); // yauzl refuses names that lead outside
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
    throw new InstallError(`cannot unpack ${wheel}: ${(error as Error).message}; give the command again`);
  }
}

/** The permissions that a zip file made on Unix carries; of them whether it may be executed, as ptxas must be. */
function modeOf({ externalFileAttributes }: Entry): number {
  return (externalFileAttributes >>> 16) & 0o111 ? 0o755 : 0o644;
}
