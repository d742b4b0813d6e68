/** The files of a bundle that lie nowhere before: the program that starts it, its page, and what stands in for packages that it goes without. */

import type { EngineName } from "../engines/names";
import { DEFAULT_STUDY, PRESETS } from "../studies/presets";
import { type Entry, textEntry } from "./entry";
import { NODE_PATH } from "./natives";
import { type LeftOut, NODE, type Target } from "./target";

/**
 * Uses nothing but the shell itself, so that it works where PATH is empty, and leaves the working folder as it is. Only where it is started
 * through a link it asks readlink, since a shell alone cannot tell where a link leads.
 */
const LAUNCHER = `#!/bin/sh
# Starts offcurve with the Node that lies beside it.
self=$0
while [ -h "$self" ]; do
  target=$(PATH=\${PATH:-/usr/bin:/bin} readlink "$self" 2>/dev/null)
  case "$target" in
    "") break ;;
    /*) self=$target ;;
    *) self=\${self%/*}/$target ;;
  esac
done
case "$self" in
  */*) here=\${self%/*} ;;
  *) here=. ;;
esac
if [ ! -x "$here/${NODE_PATH}" ]; then
  echo "offcurve: $here/${NODE_PATH} is missing; start offcurve by its path in the unpacked folder" >&2
  exit 1
fi
# ONNX Runtime would otherwise report its use to its makers, and keep files for that in HOME.
ORT_DISABLE_TELEMETRY=\${ORT_DISABLE_TELEMETRY:-1}
export ORT_DISABLE_TELEMETRY
exec "$here/${NODE_PATH}" "$here/lib/bin/offcurve.js" "$@"
`;

/** Trains in seconds on every engine. */
const CHECK = {
  name: "check",
  title: "A first check: 4 sizes and 4 rates, 150 updates of kanji",
  dataset: { name: "kanji-1000" },
  evaluation: { examples: 256 },
  base: { updates: 150, batch_size: 64 },
  factors: { hidden_size: [8, 16, 32, 64], learning_rate: [1e-3, 3e-3, 1e-2, 3e-2], seed: [0] },
};

/** What a bundle says of itself. */
export interface BundleDescription {
  readonly version: string;
  readonly target: Target;
  readonly engines: readonly EngineName[];
  /** Data sets that it holds. */
  readonly datasets: readonly string[];
}

/** Studies of the kit whose data are in the bundle, by name. */
export function bundledStudies({ datasets }: Pick<BundleDescription, "datasets">): string[] {
  return PRESETS.filter(({ dataset }) => datasets.includes(dataset.name)).map(({ name }) => name);
}

export function writtenEntries(description: BundleDescription, missing: readonly LeftOut[]): Entry[] {
  const { version, target, engines, datasets } = description;
  const json = {
    format: 1,
    version,
    target,
    node: NODE[target].version,
    engines,
    data_sets: datasets,
    studies: bundledStudies(description),
    left_out: Object.fromEntries(missing.map(({ packageName, reason }) => [packageName, reason])),
  };
  return [
    textEntry("offcurve", LAUNCHER, true),
    textEntry("README.txt", page(description)),
    textEntry("check.json", `${JSON.stringify(CHECK, null, 2)}\n`),
    textEntry("bundle.json", `${JSON.stringify(json, null, 2)}\n`),
    { path: "node_modules/offcurve", linkTo: "../lib" },
    ...missing.flatMap(standIn),
  ];
}

function page(description: BundleDescription): string {
  const { version, target, engines } = description;
  return `offcurve ${version} for ${target}, with all that it runs on

Nothing is installed and nothing is written outside the folder in which it is called:

    ./offcurve doctor                    what works on this machine
    ./offcurve run --study check.json    trains for some seconds; check.json lies beside this file
    ./offcurve run --yes                 a whole study; its results come to results/${DEFAULT_STUDY.name}
    ./offcurve --help

Engines in this bundle: ${engines.join(", ")}. WebGPU takes a Vulkan driver of the machine.
For onnx-cuda on an NVIDIA GPU: where there is a network, "npm run cuda" in the project; then put the files libonnxruntime_providers_*.so and the
folder cuda from its node_modules/onnxruntime-node/bin/napi-v6/linux/x64 into the same folder here.
Studies whose data are here: ${bundledStudies(description).join(", ")}, and your own on kanji-1000. Others take their data in data/, or in the
folder that the environment variable OFFCURVE_DATA names.

It needs Linux on x86-64 with glibc 2.28 or newer (Debian 10, Ubuntu 20.04, RHEL 8). Its Node ${NODE[target].version} is the official binary without symbols,
and with the language tables emptied but for English. The licence of each package lies beside it.
`;
}

/**
 * A package of one file that says why it is no more. What the library loads as it starts, whether it will be used or not, says so on use to
 * the library, and on loading to all others.
 */
function standIn({ packageName, reason, loadedAtStart }: LeftOut): Entry[] {
  const message = JSON.stringify(`the package ${packageName} is not in this bundle: ${reason}`);
  const lazily = `const asker = module.parent && module.parent.filename;
if (!asker || !/[\\/]lib[\\/]dist[\\/]/.test(asker)) absent();
const asked = (key) => typeof key === "string" && key !== "__esModule" && key !== "then";
module.exports = new Proxy(absent, { get: (_, key) => (asked(key) ? absent : undefined) });
`;
  const code = `function absent() {
  throw new Error(${message});
}
${loadedAtStart ? lazily : "absent();\n"}`;
  const description = `${JSON.stringify({ name: packageName, version: "0.0.0", main: "index.js" }, null, 2)}\n`;
  return [
    textEntry(`node_modules/${packageName}/package.json`, description),
    textEntry(`node_modules/${packageName}/index.js`, code),
  ];
}
