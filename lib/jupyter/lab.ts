// The command `npm run lab [-- OPTIONS…]`: opens JupyterLab on the project's notebooks; options go to `jupyter lab`.
// What it runs in is made by python-environment.ts.

import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { preparePythonEnvironment } from "./python-environment";

/** Opens JupyterLab for the project in `root` and answers its exit code once it has ended. */
export async function lab(root: string, options: readonly string[]): Promise<number> {
  const environment = await preparePythonEnvironment(root, (line) => console.error(line));
  const child = spawn(
    join(environment.bin, "jupyter-lab"),
    [
      "--LabApp.default_url=/lab/tree/notebooks",
      "--MultiKernelManager.default_kernel_name=tslab",
      ...options,
    ],
    {
      cwd: root,
      stdio: "inherit",
      env: {
        ...process.env,
        ...environment.variables,
        PATH: `${environment.bin}${delimiter}${process.env.PATH ?? ""}`,
      },
    },
  );
  // Ctrl-C reaches JupyterLab too, which asks before it ends; other signals are passed on.
  process.on("SIGINT", () => {});
  for (const name of ["SIGTERM", "SIGHUP"] as const) process.on(name, () => child.kill(name));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

if (require.main === module) {
  lab(process.cwd(), process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code;
    },
    (error: Error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
