// A cell that trains, interrupted through the kernel: it stops soon with its finished trials saved, and the next execution goes on.

import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it } from "vitest";
import { CellFailed, executeNotebook } from "../../lib/jupyter/execute-notebook";
import { readNotebook } from "../../lib/jupyter/notebook-file";
import { root, temporaryFolder } from "../jupyter/project";
import { notebookOf } from "./notebook-of";

it("an interrupted training cell keeps its finished trials, and the next execution trains only the others", async () => {
  const folder = join(temporaryFolder(), "smoke");
  const ledger = join(folder, "ledger.jsonl");
  const text = () => (existsSync(ledger) ? readFileSync(ledger, "utf8") : "");
  const file = notebookOf(
    'import { trialsFor } from "offcurve";',
    `const records = await trialsFor("smoke", {
       folder: ${JSON.stringify(relative(root, folder))},
       select: ({ config }) => config.hidden_size <= 12,
     });`,
    "console.log(records.length);",
  );
  const interrupt = new AbortController();
  const watch = setInterval(() => text().includes("\n") && interrupt.abort(), 5);
  const failure = await executeNotebook(file, { signal: interrupt.signal }).catch((error: unknown) => error);
  clearInterval(watch);
  expect(failure).toBeInstanceOf(CellFailed);
  expect(failure).toMatchObject({ cell: 2, reason: "Interrupt: the kernel was interrupted" });
  const finished = text();
  const count = finished.split("\n").length - 1;
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThan(48);
  expect(readNotebook(file).cells[1]!.outputs).toMatchObject([
    {
      data: {
        "text/plain": `smoke: stopped, ${count} of 48 missing trials trained and saved; run the cell again to go on`,
      },
    },
    { output_type: "error", ename: "Interrupt" },
  ]);

  await executeNotebook(file);
  expect(text().startsWith(finished)).toBe(true);
  const [, training, last] = readNotebook(file).cells;
  expect(training!.outputs).toMatchObject([
    { data: { "text/plain": "smoke: 48 of 144 trials, from your own results." } },
  ]);
  expect(last!.outputs).toMatchObject([{ text: "48\n" }]);
}, 90_000);
