/**
 * The eager engines `tfjs-node` and `tfjs-node-gpu`: the step program operation by operation in libtensorflow, by the
 * packages of the same names. They are found by `tensorflow-package.ts`; why a GPU is not used is told here.
 */

import { availableParallelism } from "node:os";
import * as tf from "@tensorflow/tfjs";
import { nvidiaGpus } from "../machine/gpus";
import { eagerEngine } from "./eager";
import type { Engine, EngineOptions } from "./engine";
import { EngineUnavailableError } from "./errors";
import { firstLine } from "./packages";
import {
  buildCommand,
  type TensorflowName,
  type TensorflowPackage,
  tensorflowPackages,
} from "./tensorflow-package";
import { updatesOnDevice } from "./updates-per-call";

/** The name under which both packages register with TensorFlow.js. */
const BACKEND = "tensorflow";

/** Seconds that nvidia-smi is given to say which GPUs there are. */
const GPU_QUERY_SECONDS = 5;

/** What this process has loaded. There is no unloading it. */
interface Loaded {
  readonly name: TensorflowName;
  readonly origin: TensorflowPackage["origin"];
  readonly packageVersion: string;
  /** Threads that libtensorflow was started with. */
  readonly threads: number;
}

let loadedPackage: Loaded | undefined;

/**
 * @param options.threads what libtensorflow is started with; a second engine of this process has the threads of the first
 * @throws EngineUnavailableError where the package is missing or does not load, where this process has loaded the other
 *   one, and, for `tfjs-node-gpu`, where libtensorflow finds no GPU: it would compute on the processor without a word
 */
export async function tensorflowEngine(name: TensorflowName, options: EngineOptions = {}): Promise<Engine> {
  if (loadedPackage && loadedPackage.name !== name) {
    const reason = `this process computes with ${loadedPackage.name} already, and one process holds one libtensorflow; use ${name} in a process of its own`;
    throw new EngineUnavailableError(reason, undefined);
  }
  loadedPackage ??= await loadPackage(name, options.threads ?? defaultThreads());
  const { origin, packageVersion, threads } = loadedPackage;
  const gpu = name === "tfjs-node-gpu";
  const { isUsingGpuDevice, libtensorflow } = backendFacts();
  if (gpu && !isUsingGpuDevice) throw await noGpu(libtensorflow, origin);
  const source = origin === "built" ? "built by npm run tensorflow" : "as npm installed it";
  const engine = await eagerEngine(BACKEND, {
    name,
    description: `@tensorflow/${name} ${packageVersion} over libtensorflow ${libtensorflow}, ${source}, ${gpu ? "NVIDIA GPU" : `${threads} ${threads === 1 ? "thread" : "threads"}`}`,
    version: `@tensorflow/${name} ${packageVersion}`,
    settings: {
      libtensorflow,
      threads: gpu ? 1 : threads,
      ...(gpu ? { matrix_precision: gpuPrecision() } : {}),
    },
    device: gpu ? "gpu" : "processor",
    ...(gpu ? { updatesPerCall: updatesOnDevice("gpu") } : {}),
  });
  return { ...engine, threads: gpu ? 1 : threads };
}

async function loadPackage(name: TensorflowName, threads: number): Promise<Loaded> {
  const packages = tensorflowPackages(name);
  const complete = packages.filter((candidate) => candidate.complete);
  if (complete.length === 0) {
    const absent = packages.length > 0 ? "is installed without its native part" : "is not installed";
    const hardware = name === "tfjs-node-gpu" ? await missingHardware() : "";
    throw new EngineUnavailableError(
      `the package @tensorflow/${name} ${absent}${hardware}`,
      buildCommand(name),
    );
  }
  prepareProcess(threads);
  const failures: string[] = [];
  for (const { folder, origin } of complete) {
    try {
      require(folder);
      const { version } = require(`${folder}/package.json`) as { version: string };
      return { name, origin, packageVersion: version, threads };
    } catch (error) {
      const which = origin === "built" ? "the one built by npm run tensorflow" : "the one npm installed";
      failures.push(`${which}: ${firstLine(error)}`);
    }
  }
  throw new EngineUnavailableError(
    `the package @tensorflow/${name} cannot be loaded (${failures.join("; ")})`,
    buildCommand(name),
  );
}

/** TensorFlow's own setting where there is one, or one for each core. */
function defaultThreads(): number {
  const setting = Number(process.env.TF_NUM_INTRAOP_THREADS);
  return Number.isInteger(setting) && setting > 0 ? setting : availableParallelism();
}

/** What must stand before the packages are loaded. */
function prepareProcess(threads: number): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2"; // errors only
  process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= "true"; // else all of the GPU's memory is taken at the start
  // The packages of 2024 call two functions of `util` that Node 23 has dropped, and of which Node 22 warns.
  const util = require("node:util") as Record<string, unknown>;
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}

interface BackendFacts {
  readonly isUsingGpuDevice: boolean;
  readonly libtensorflow: string;
}

/** What the packages' backend says about itself; its type is not part of their declarations. */
function backendFacts(): BackendFacts {
  const backend = tf.findBackend(BACKEND) as unknown as {
    readonly isUsingGpuDevice: boolean;
    readonly binding: { readonly TF_Version: string };
  };
  return { isUsingGpuDevice: backend.isUsingGpuDevice, libtensorflow: backend.binding.TF_Version };
}

/** TensorFlow multiplies matrices of float32 in TF32 on GPUs that have it, from the Ampere generation on. */
function gpuPrecision(): string {
  return process.env.NVIDIA_TF32_OVERRIDE === "0" ? "float32" : "tf32";
}

async function missingHardware(): Promise<string> {
  const { gpus } = await nvidiaGpus(GPU_QUERY_SECONDS);
  return gpus.length > 0 ? "" : " (nor is an NVIDIA GPU with its driver to be seen here, which it needs)";
}

async function noGpu(libtensorflow: string, origin: TensorflowPackage["origin"]): Promise<Error> {
  const { gpus, notice } = await nvidiaGpus(GPU_QUERY_SECONDS);
  const [first] = gpus;
  if (!first) {
    const detail = notice === undefined ? "" : ` (${notice})`;
    return new EngineUnavailableError(
      `no NVIDIA GPU with its driver is to be seen on this machine${detail}; in a container, the GPU must be passed in, as by --gpus all`,
      undefined,
    );
  }
  const what = `libtensorflow ${libtensorflow} cannot use the ${first.model} (driver ${first.driver ?? "unknown"})`;
  return origin === "npm"
    ? new EngineUnavailableError(
        `${what}: the npm package's own is made for CUDA 11.2`,
        buildCommand("tfjs-node-gpu"),
      )
    : new EngineUnavailableError(
        `${what}: its CUDA 12 needs driver 525.60 or newer; TF_CPP_MIN_LOG_LEVEL=0 in the environment of a run shows its own words`,
        undefined,
      );
}
