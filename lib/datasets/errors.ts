/** The one error that reading a data set raises for a file that is missing, damaged or not what it should be. */

/** A data file that cannot be used: the message names the file, the byte where it went wrong and what to do. */
export class DatasetError extends Error {
  override readonly name = "DatasetError";

  /**
   * @param file path of the file, or of the folder where files are missing
   * @param problem what is wrong and what to do, as one clause
   * @param offset byte offset of the first thing that is wrong, where there is one
   */
  constructor(
    readonly file: string,
    problem: string,
    readonly offset?: number | undefined,
    options?: { cause?: unknown },
  ) {
    super(offset === undefined ? `${file}: ${problem}` : `${file}, byte ${offset}: ${problem}`, options);
  }
}

/** Runs a reader and turns whatever else it throws into a DatasetError about the file. */
export async function asDatasetError<T>(file: string, problem: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new DatasetError(file, `${problem} (${detail})`, undefined, { cause });
  }
}
