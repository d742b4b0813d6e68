// JSON text exactly as Python's json module writes it, so that a notebook saved here and one saved by Jupyter are the same bytes.
// A leaf: it imports nothing. The layout of a notebook file is notebook-file.ts.

/** How the text is laid out: `indent` spaces a level on separate lines (all on one line without it), keys in code point order or as given. */
export interface PythonJsonLayout {
  indent?: number;
  sortKeys?: boolean;
}

/** `value`, a tree of JSON values, as `json.dumps(value, ensure_ascii=False, …)` writes it. */
export function pythonJson(value: unknown, layout: PythonJsonLayout = {}): string {
  const write = (node: unknown, depth: number): string => {
    if (typeof node === "number") return pythonNumber(node);
    if (typeof node !== "object" || node === null) return JSON.stringify(node);
    if (Array.isArray(node))
      return enclose(
        "[",
        "]",
        node.map((item) => write(item, depth + 1)),
        depth,
      );
    const entries = Object.entries(node).filter(([, item]) => item !== undefined);
    if (layout.sortKeys) entries.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const items = entries.map(([key, item]) => `${JSON.stringify(key)}: ${write(item, depth + 1)}`);
    return enclose("{", "}", items, depth);
  };
  const enclose = (open: string, close: string, items: string[], depth: number): string => {
    if (items.length === 0) return open + close;
    if (layout.indent === undefined) return open + items.join(", ") + close;
    const margin = (levels: number) => `\n${" ".repeat(layout.indent! * levels)}`;
    return open + margin(depth + 1) + items.join(`,${margin(depth + 1)}`) + margin(depth) + close;
  };
  return write(value, 0);
}

/** Python writes the exponent from below 1e-4 on, with two digits at least; for the rest the two languages agree. */
function pythonNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  if (value === 0 || Math.abs(value) >= 1e-4) return JSON.stringify(value);
  return value.toExponential().replace(/e-(\d)$/, "e-0$1");
}
