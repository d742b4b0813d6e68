// Loaded with `node --require` before tslab's command: mends the kernel in memory, leaving tslab's files alone. In any other process that
// inherits the option (a worker thread, a forked child) it does nothing.

import { isMainThread } from "node:worker_threads";
import { mendExecutor } from "./executor";
import { mendServer } from "./server";
import { mendShorthands } from "./shorthand";
import { loadTslab } from "./tslab";

const [, script, command] = process.argv;

if (isMainThread && script !== undefined && command === "kernel") {
  const tslab = loadTslab(script, process.cwd());
  if (tslab) {
    mendShorthands(tslab.compiler);
    mendExecutor(tslab);
    mendServer(tslab);
    endWithParent();
  }
}

/** Ends this kernel when the process that started it is gone, even if that one was killed. Jupyter names its own id in JPY_PARENT_PID. */
function endWithParent(): void {
  const parent = Number(process.env.JPY_PARENT_PID);
  if (parent !== process.ppid || process.platform === "win32") return;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
  }, 1000).unref();
}
