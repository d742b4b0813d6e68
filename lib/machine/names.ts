/** Names that the system gives to its parts, made fit to be read by strangers. */

const MOST_CHARACTERS = 120;

/** One line of printable characters, not too long; undefined where nothing is left. */
export function plainName(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  const plain = text.replace(/\p{C}/gu, " ").replace(/\s+/g, " ").trim().slice(0, MOST_CHARACTERS);
  return plain === "" || /^(unknown|n\/a|\[n\/a\])$/i.test(plain) ? undefined : plain;
}

/** A whole number from 1 up; undefined for anything else. */
export function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}
