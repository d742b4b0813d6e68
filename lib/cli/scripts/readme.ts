/** `npm run readme`: makes the parts of the README anew that show the reference run. What they are is `readme-parts.ts`. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../../notebook/project";
import { writeWhole } from "../../sweep/folder";
import { referenceFolder } from "../reference-source";
import { referencePanels, withClaimTable } from "./readme-parts";

async function main(): Promise<void> {
  const readme = join(projectFolder(), "README.md");
  const panels = `${referenceFolder()}-panels.svg`;
  writeWhole(readme, withClaimTable(readFileSync(readme, "utf8")));
  writeWhole(panels, await referencePanels());
  process.stdout.write(`Written: ${readme}, ${panels}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`readme: ${(error as Error).message}\n`);
  process.exitCode = 1;
});
