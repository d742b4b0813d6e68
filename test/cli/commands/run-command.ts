/** Runs one command of the command line in this process, without the others. */

import { createRequire } from "node:module";
import { resolve } from "node:path";
import { vi } from "vitest";
import type { bundleCommand } from "../../../lib/cli/commands/bundle";

type Program = Parameters<typeof bundleCommand>[0];

/** The library's own, of which the project's other packages may use another version. */
const { Command } = createRequire(resolve(__dirname, "../../../lib/package.json"))("commander") as {
  readonly Command: new () => Program;
};

export interface Outcome {
  readonly output: string;
  /** What was said of wrong arguments. */
  readonly complaint: string;
  readonly error: Error | undefined;
}

export async function runCommand(
  register: (program: Program) => void,
  ...args: readonly string[]
): Promise<Outcome> {
  let complaint = "";
  let output = "";
  const written = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    output += text;
    return true;
  });
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const program = new Command().exitOverride().configureOutput({
    writeErr: (text) => {
      complaint += text;
    },
  });
  register(program);
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync(args, { from: "user" });
    return { output, complaint, error: undefined };
  } catch (error) {
    return { output, complaint, error: error as Error };
  } finally {
    written.mockRestore();
    said.mockRestore();
    process.exitCode = undefined;
  }
}
