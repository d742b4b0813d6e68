// docs/recipes.md, executed from top to bottom in one kernel. The page must be what it becomes with the outputs of this execution below its
// programs; `npx vitest run test/docs/recipes.test.ts -u` writes them into it.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { executeNotebook } from "../../lib/jupyter/execute-notebook";
import { type NotebookCell, readNotebook, writeNotebook } from "../../lib/jupyter/notebook-file";
import { root } from "../jupyter/project";

const page = join(root, "docs", "recipes.md");
const results = join(root, "results");
/** Text between fences, by what stands behind the first. */
const BLOCK = /^```(\w+)\n(.*?)^```\n/gms;

/** What the recipes leave in the project's results. */
function clear(): void {
  mkdirSync(results, { recursive: true });
  for (const name of readdirSync(results)) {
    if (name.startsWith("recipe-")) rmSync(join(results, name), { recursive: true, force: true });
  }
}
beforeAll(clear);
afterAll(clear);

it("every recipe prints what the page shows", async () => {
  const source = readFileSync(page, "utf8");
  const programs = [...source.matchAll(BLOCK)].filter(([, language]) => language === "ts");
  expect(programs.length).toBeGreaterThanOrEqual(10);

  const folder = mkdtempSync(join(results, "recipe-page-"));
  const [, , table] = [...source.matchAll(BLOCK)].find(([, language]) => language === "csv")!;
  writeFileSync(join(folder, "mine.csv"), table!);
  const file = join(folder, "recipes.ipynb");
  writeNotebook(file, {
    cells: programs.map(
      ([, , program], i): NotebookCell => ({
        cell_type: "code",
        id: `recipe-${i}`,
        metadata: {},
        source: program!.trimEnd(),
        outputs: [],
        execution_count: null,
      }),
    ),
    metadata: { kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" } },
    nbformat: 4,
    nbformat_minor: 5,
  });
  await executeNotebook(file, { cellTimeout: 120 });

  const shown = readNotebook(file).cells.map(({ outputs = [] }) =>
    outputs
      .map(({ text, data }) => String(text ?? (data as Record<string, unknown>)["text/plain"]).trimEnd())
      .join("\n"),
  );
  let next = 0;
  const bare = source.replace(/\n```text\n.*?^```\n/gms, "");
  const executed = bare.replace(BLOCK, (block, language) =>
    language === "ts" ? `${block}\n\`\`\`text\n${shown[next++]}\n\`\`\`\n` : block,
  );
  await expect(executed).toMatchFileSnapshot(page);
}, 300_000);
