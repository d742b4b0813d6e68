// How to start the mended tslab kernel: the command line, and the kernel spec from which Jupyter learns it.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The name under which notebooks ask for the kernel: tslab's own, so that they open wherever tslab is installed. */
export const kernelName = "tslab";

/**
 * The command line of the kernel: Node, our preload, and the tslab installed for `folder`.
 * @param connectionFile the connection file, or Jupyter's placeholder for it
 * @throws Error when tslab is not installed or the library has not been built.
 */
export function kernelCommand(folder: string, connectionFile: string): string[] {
  let tslab: string;
  try {
    tslab = dirname(createRequire(join(folder, "notebook.js")).resolve("tslab/package.json"));
  } catch {
    throw new Error(
      `The notebook kernel tslab is not installed for ${folder}; run \`npm install\` in the project's folder.`,
    );
  }
  const preload = join(libraryFolder(), "dist", "jupyter", "kernel", "preload.js");
  if (!existsSync(preload))
    throw new Error(`${preload} is missing; run \`npm run build\` in the project's folder.`);
  const script = join(tslab, "bin", "tslab");
  return [process.execPath, "--require", preload, script, "kernel", "--config-path", connectionFile];
}

/** Writes the kernel spec into `prefix` (a virtual environment), for notebooks in `folder`. Nothing outside `prefix` is touched. */
export function installKernelSpec(prefix: string, folder: string): void {
  const spec = {
    argv: kernelCommand(folder, "{connection_file}"),
    display_name: "TypeScript",
    // A signal can stop a cell that never yields; Windows has none to send.
    interrupt_mode: process.platform === "win32" ? "message" : "signal",
    language: "typescript",
  };
  const target = join(prefix, "share", "jupyter", "kernels", kernelName);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "kernel.json"), `${JSON.stringify(spec, null, 1)}\n`);
}

/** The folder of the library's package, above both its sources and its compiled files. */
function libraryFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
