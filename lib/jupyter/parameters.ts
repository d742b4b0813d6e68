// Notebook parameters, the papermill way: values assigned in a cell of their own, right after the cell tagged `parameters`.
// environment/papermill-typescript writes the same text for papermill. Parsing of command lines is main.ts.

import { hasTag, type Notebook, type NotebookCell } from "./notebook-file";
import { pythonJson } from "./python-json";

/** Values by parameter name; any JSON value. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A parameter that a notebook declares, with its default as the cell's text has it. */
export interface DeclaredParameter {
  name: string;
  value: string;
}

const injectedTag = "injected-parameters";

/**
 * The notebook with `parameters` injected. The parameters cell declares with `let`, and the injected cell assigns, so that a value of the
 * wrong type is an error of that cell. A cell injected earlier is replaced; when every value is the declared default, none is left.
 * @throws Error when a parameter is not declared in the notebook's cell tagged `parameters`.
 */
export function injectParameters(notebook: Notebook, parameters: Parameters, name: string): Notebook {
  const cells = notebook.cells.filter((cell) => !hasTag(cell, injectedTag));
  if (Object.keys(parameters).length === 0) return { ...notebook, cells };
  const position = cells.findIndex((cell) => hasTag(cell, "parameters"));
  if (position < 0) {
    throw new Error(`${name} takes no parameters: it has no cell tagged "parameters".`);
  }
  const declared = declaredParameters(cells[position]!.source);
  for (const wanted of Object.keys(parameters)) {
    if (declared.some((parameter) => parameter.name === wanted)) continue;
    const known = declared.map((parameter) => parameter.name).join(", ") || "none";
    throw new Error(`${name} has no parameter ${wanted}; its cell tagged "parameters" declares: ${known}.`);
  }
  const changed = declared.some(
    ({ name, value }) => name in parameters && value !== literal(parameters[name]),
  );
  if (!changed) return { ...notebook, cells };
  const injected: NotebookCell = {
    cell_type: "code",
    execution_count: null,
    metadata: { tags: [injectedTag] },
    outputs: [],
    source: parametersSource(parameters),
    ...(notebook.nbformat_minor >= 5 && { id: injectedTag }),
  };
  return { ...notebook, cells: cells.toSpliced(position + 1, 0, injected) };
}

/** The text of the injected cell. The braces keep the kernel from printing the last value assigned. */
export function parametersSource(parameters: Parameters): string {
  const lines = Object.entries(parameters).map(([name, value]) => `  ${name} = ${literal(value)};\n`);
  return `// Parameters\n{\n${lines.join("")}}\n`;
}

/** A JSON value as TypeScript reads it: JSON leaves two characters as they are at which TypeScript's lines end, even within a string. */
function literal(value: unknown): string {
  return pythonJson(value).replace(/[\u2028\u2029]/g, (end) => (end === "\u2028" ? "\\u2028" : "\\u2029"));
}

/** The parameters that the text of a parameters cell declares, one `let` a line. */
export function declaredParameters(source: string): DeclaredParameter[] {
  const declaration = /^(?:let|const|var)\s+([\w$]+)\s*(?::[^=]*)?=\s*(.*?)\s*;?\s*(?:\/\/.*)?$/gmu;
  return [...source.matchAll(declaration)].map((match) => ({ name: match[1]!, value: match[2]! }));
}
