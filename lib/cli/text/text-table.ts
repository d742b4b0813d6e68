/**
 * Tables as text, for the terminal.
 */

/**
 * Columns two spaces apart under their headings. Columns whose cells all begin with a digit or sign, or are empty, are
 * aligned to the right.
 */
export function textTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = headings.map((heading, i) => {
    const cells = rows.map((row) => row[i] ?? "");
    const width = Math.max(heading.length, ...cells.map((cell) => cell.length));
    const numeric = cells.every((cell) => /^([-+]?\d|$)/.test(cell));
    return [heading, ...cells].map((cell) => (numeric ? cell.padStart(width) : cell.padEnd(width)));
  });
  return [headings, ...rows]
    .map((_, row) =>
      columns
        .map((column) => column[row]!)
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A text with every line moved in by two spaces. */
export function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
