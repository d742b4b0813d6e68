/**
 * The command `npm run tensorflow [-- --gpu]`: builds @tensorflow/tfjs-node or tfjs-node-gpu over a current libtensorflow
 * (lib/engines/install/tensorflow.ts), then tries it.
 */

import { Command } from "commander";
import { buildTensorflow } from "../../engines/install/tensorflow";
import type { TensorflowName } from "../../engines/tensorflow-package";
import { runProgram, say, tryInstalled } from "./installed";

/** @throws Error where it cannot be built, or was built and does not work */
async function build({ gpu = false }: { readonly gpu?: boolean }): Promise<void> {
  const name: TensorflowName = gpu ? "tfjs-node-gpu" : "tfjs-node";
  const { libtensorflow, folder } = await buildTensorflow(name, say);
  say(`Built @tensorflow/${name} over libtensorflow ${libtensorflow} in ${folder}.`);
  await tryInstalled(name, gpu);
}

if (require.main === module) {
  const command = new Command()
    .description("Build @tensorflow/tfjs-node over a current libtensorflow, and try it.")
    .option("--gpu", "tfjs-node-gpu, over libtensorflow and CUDA 12 for NVIDIA GPUs")
    .action(build);
  runProgram("tensorflow", command);
}
