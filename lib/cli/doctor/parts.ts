/** Parts other than engines that a command may fail for: packages with native code. Each is loaded in a process of its own. */

import { execFile } from "node:child_process";
import { dirname } from "node:path";

export interface Part {
  readonly name: string;
  /** What needs it, in words. */
  readonly purpose: string;
  readonly ready: boolean;
  /** Why it does not load; absent where it does. */
  readonly reason?: string;
  readonly command?: string;
}

const PARTS = [
  { name: "nodejs-polars", purpose: "tables, and with them run, table, plot and report" },
  { name: "sharp", purpose: "ImageNet's files, and pictures in notebooks" },
  { name: "zeromq", purpose: "executing notebooks" },
];

/** Seconds that a part may take to load. */
const TIME_LIMIT = 30;

/** Loads each part. Never throws. */
export async function examineParts(): Promise<Part[]> {
  const parts: Part[] = [];
  for (const part of PARTS) {
    const reason = await failureOf(part.name);
    parts.push(
      reason === undefined ? { ...part, ready: true } : { ...part, ready: false, reason, command: "npm ci" },
    );
  }
  return parts;
}

/** Why a package does not load from where this library lies; undefined where it does. */
function failureOf(name: string): Promise<string | undefined> {
  const program = `require(require.resolve(${JSON.stringify(name)}, { paths: [process.argv[1]] })); process.exit(0)`;
  return new Promise((resolve) => {
    const limits = { timeout: TIME_LIMIT * 1000, killSignal: "SIGKILL" } as const;
    execFile(
      process.execPath,
      ["-e", program, dirname(dirname(__dirname))],
      limits,
      (error, _output, complaint) => {
        if (!error) resolve(undefined);
        else if (error.killed) resolve(`it did not load within ${TIME_LIMIT} seconds`);
        else
          resolve(
            firstComplaint(complaint) ?? `loading it ended with ${error.signal ?? `status ${error.code}`}`,
          );
      },
    );
  });
}

/** The line of Node's report that names the error. */
function firstComplaint(report: string): string | undefined {
  return report
    .split("\n")
    .find((line) => /^(\w*Error)\b.*:/.test(line))
    ?.replace(/^\w*Error(?: \[\w+\])?: /, "")
    .slice(0, 300);
}
