/** Values of options that several commands take, read from the text of the command line. */

import { InvalidArgumentError } from "commander";

/** The largest number of threads, trials or sizes that a command line may ask for. */
const LARGEST = 999_999;

/** @throws InvalidArgumentError where it is not a whole number from 1 up */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text.trim())) {
    throw new InvalidArgumentError(`Expected a whole number from 1 up to ${LARGEST}.`);
  }
  return Number(text);
}

/** @throws InvalidArgumentError where it is empty, as a variable of a script may be */
export function path(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("Expected a path, got nothing.");
  return text;
}
