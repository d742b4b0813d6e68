/** Output that goes nowhere: a reader that has closed its end (`offcurve table | head -1`), a full disk, a closed terminal. */

import { writeSync } from "node:fs";

/** What a shell reports of a program that SIGPIPE ended; Node takes the error instead of the signal. */
const BROKEN_PIPE = 128 + 13;

type Handler = (status: number) => void;

let handler: Handler = (status) => process.exit(status);

/** Makes lost output end the program quietly where nothing is at stake; a full disk is named. */
export function watchOutput(): void {
  let full = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (isClosed(error)) return handler(BROKEN_PIPE);
    if (!full) complain(`offcurve: cannot write the output: ${reasonOf(error)}`);
    full = true;
    handler(1);
  });
  // Where only progress and notices are lost, the results go on.
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (isClosed(error)) handler(BROKEN_PIPE);
  });
}

/**
 * Lets somebody who has something to save decide what lost output does.
 *
 * @returns gives the decision back
 */
export function onLostOutput(own: Handler): () => void {
  const before = handler;
  handler = own;
  return () => {
    handler = before;
  };
}

/** The reader of a pipe or a terminal is gone. */
function isClosed({ code }: NodeJS.ErrnoException): boolean {
  return code === "EPIPE" || code === "EIO";
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  return code === "ENOSPC" || code === "EDQUOT" ? "the disk is full" : message;
}

function complain(text: string): void {
  try {
    writeSync(process.stderr.fd, `${text}\n`);
  } catch {
    // Nobody reads that either.
  }
}
