import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

describe("the memory that is estimated", () => {
  // Many trials whose activations are large, and one whose state is.
  it.each([8, 1536])("is what a process takes that trains size %i, and a little more", (size) => {
    const program = join(__dirname, "peak-memory.cjs");
    const { taken, estimated } = JSON.parse(
      execFileSync(process.execPath, [program, String(size)], { encoding: "utf8" }),
    );
    expect(taken).toBeLessThan(estimated);
    expect(taken).toBeGreaterThan(estimated / 3);
  });
});
