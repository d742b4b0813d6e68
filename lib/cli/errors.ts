/**
 * The error of a command line that was called wrongly. Every other error is a failure of the work itself.
 */

/** Wrong arguments: the command ends with exit status 2 where other errors end with 1. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
