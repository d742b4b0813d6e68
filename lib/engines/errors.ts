/** The error of an engine that cannot work on this machine. */

/** One sentence says what is missing, and where a command can mend it, that command is part of the message. */
export class EngineUnavailableError extends Error {
  override readonly name = "EngineUnavailableError";

  /**
   * @param reason one sentence, without its full stop
   * @param command the one command that mends it; undefined where none can
   */
  constructor(
    readonly reason: string,
    readonly command: string | undefined,
    options?: ErrorOptions,
  ) {
    super(command === undefined ? reason : `${reason}; this mends it: ${command}`, options);
  }
}
