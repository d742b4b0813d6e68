import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: {
      offcurve: join(import.meta.dirname, "lib/index.ts"),
      // The CommonJS build, which the built library loads too; the other one is for browsers and starts asynchronously.
      cephes: join(import.meta.dirname, "node_modules/cephes/index.js"),
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    // Many tests wait for kernels, browsers and compressors: one worker would leave half of a small machine idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
