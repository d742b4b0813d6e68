import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { offcurve: join(import.meta.dirname, "lib/index.ts") } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
  },
});
