/** Loading the packages that engines stand on, which may be missing, half-installed or of another machine. */

import { EngineUnavailableError } from "./errors";

/** What brings a damaged installation back to what the lock file says. */
export const REINSTALL = "npm ci";

/**
 * What `load` returns.
 *
 * @param name of the package, for the message
 * @throws EngineUnavailableError where it throws
 */
export async function loaded<T>(name: string, load: () => T | Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof EngineUnavailableError) throw error;
    const missing = /^(ERR_)?MODULE_NOT_FOUND$/.test((error as NodeJS.ErrnoException).code ?? "");
    const reason = missing && firstLine(error).includes(`'${name}`) ? "is not installed" : "cannot be loaded";
    const detail = reason === "cannot be loaded" ? ` (${firstLine(error)})` : "";
    throw new EngineUnavailableError(`the package ${name} ${reason}${detail}`, REINSTALL, { cause: error });
  }
}

/** The first line of an error's message. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split("\n")[0]!.replace(/\.$/, "");
}
