/**
 * The command `npm run cuda`: installs ONNX Runtime's CUDA provider with NVIDIA's libraries (lib/engines/install/onnx-cuda.ts),
 * then tries the engine onnx-cuda.
 */

import { Command } from "commander";
import { installOnnxCuda } from "../../engines/install/onnx-cuda";
import { runProgram, say, tryInstalled } from "./installed";

/** @throws Error where it cannot be installed, or was installed and does not agree with the reference */
async function install(): Promise<void> {
  const { folder } = await installOnnxCuda(say);
  say(`Installed the CUDA provider in ${folder}.`);
  await tryInstalled("onnx-cuda", true);
}

if (require.main === module) {
  const command = new Command()
    .description("Install ONNX Runtime's CUDA provider for NVIDIA GPUs, with CUDA 13, and try it.")
    .action(install);
  runProgram("cuda", command);
}
