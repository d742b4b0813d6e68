// What nbformat 4.5 asks of a notebook: its own JSON schema where the project's Python environment has one, and always the part of it that
// tools rely on, written here.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ValidateFunction } from "ajv";

const text = { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] };
const bundle = {
  type: "object",
  patternProperties: { "^(?!application/(.*\\+)?json$).*$": text },
};
const output = {
  oneOf: [
    {
      properties: { output_type: { const: "stream" }, name: { enum: ["stdout", "stderr"] }, text },
      required: ["output_type", "name", "text"],
      additionalProperties: false,
    },
    {
      properties: { output_type: { const: "display_data" }, data: bundle, metadata: { type: "object" } },
      required: ["output_type", "data", "metadata"],
      additionalProperties: false,
    },
    {
      properties: {
        output_type: { const: "execute_result" },
        execution_count: { type: ["integer", "null"] },
        data: bundle,
        metadata: { type: "object" },
      },
      required: ["output_type", "execution_count", "data", "metadata"],
      additionalProperties: false,
    },
  ],
};
const common = {
  id: { type: "string", pattern: "^[a-zA-Z0-9-_]+$", minLength: 1, maxLength: 64 },
  metadata: { type: "object" },
  source: text,
};
/** Without outputs of type `error`: an executed notebook of the project has none. */
const schema = {
  type: "object",
  required: ["cells", "metadata", "nbformat", "nbformat_minor"],
  additionalProperties: false,
  properties: {
    metadata: { type: "object", required: ["kernelspec"] },
    nbformat: { const: 4 },
    nbformat_minor: { const: 5 },
    cells: {
      type: "array",
      items: {
        oneOf: [
          {
            properties: { cell_type: { const: "markdown" }, ...common },
            required: ["id", "cell_type", "metadata", "source"],
            additionalProperties: false,
          },
          {
            properties: {
              cell_type: { const: "code" },
              ...common,
              execution_count: { type: ["integer", "null"], minimum: 0 },
              outputs: { type: "array", items: output },
            },
            required: ["id", "cell_type", "metadata", "source", "execution_count", "outputs"],
            additionalProperties: false,
          },
        ],
      },
    },
  },
};

/** The schemas to hold a notebook against, by name; nbformat's own is among them where the environment in `root` has it. */
export function notebookSchemas(root: string): Record<string, ValidateFunction> {
  const compile = (document: object) => new Ajv({ strict: false, validateFormats: false }).compile(document);
  const own = { "the schema of this project": compile(schema) };
  const [file] = schemaFiles(root);
  if (file === undefined) return own;
  // Draft 4 by name, but nothing in it differs from draft 7, which Ajv reads.
  const { $schema: _, ...document } = JSON.parse(readFileSync(file, "utf8"));
  return { ...own, "nbformat's own schema": compile(document) };
}

function schemaFiles(root: string): string[] {
  const libraries = join(root, ".venv", "lib");
  if (!existsSync(libraries)) return [];
  return readdirSync(libraries)
    .map((python) => join(libraries, python, "site-packages", "nbformat", "v4", "nbformat.v4.5.schema.json"))
    .filter((file) => existsSync(file));
}
