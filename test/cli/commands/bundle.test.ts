import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bundleCommand } from "../../../lib/cli/commands/bundle";
import { UsageError } from "../../../lib/cli/errors";
import { emptyFolder } from "../offcurve";
import { runCommand } from "./run-command";

const run = (...args: string[]) => runCommand(bundleCommand, "bundle", ...args);

describe("offcurve bundle", () => {
  const file = join(emptyFolder(), "b.tar.xz");

  it.each([
    [[file], /required option '--target <machine>' not specified/],
    [["--target", "abacus", file], /Allowed choices are linux-x64/],
    [["--target", "linux-x64"], /missing required argument 'file.tar.xz'/],
    [
      ["--target", "linux-x64", "--engines", "onnx", file],
      /Expected names of engines: onnx-cpu, onnx-webgpu/,
    ],
    [["--target", "linux-x64", "--limit", "-1", file], /Expected a number of megabytes/],
  ])("refuses %j", async (args, message) => {
    const { complaint } = await run(...args);
    expect(complaint).toMatch(message);
    expect(existsSync(file)).toBe(false);
  });

  it("writes nothing but .tar.xz", async () => {
    const { error } = await run("--target", "linux-x64", "b.zip");
    expect(error).toBeInstanceOf(UsageError);
    expect(error!.message).toBe("a bundle is an archive named FILE.tar.xz, which b.zip is not");
  });

  it("cannot hold every engine", async () => {
    const { error } = await run("--target", "linux-x64", "--engines", "onnx-cpu,tfjs-node-gpu", file);
    expect(error!.message).toMatch(/^tfjs-node-gpu cannot be bundled: TensorFlow's libraries are larger/);
  });
});
