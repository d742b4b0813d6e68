/**
 * The one JSON document that a command prints for `--json`.
 */

/** Prints a value, its camelCase keys in the snake_case of all data that leaves the program. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(snakeCased(value), null, 2)}\n`);
}

/** The value with every key of its plain objects in snake_case. */
export function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCased(inner),
    ]),
  );
}
