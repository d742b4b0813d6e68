/** `npm run readme`: makes the parts of the README anew that show the reference run. What they are is `readme-parts.ts`. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../../notebook/project";
import { writeWhole } from "../../sweep/folder";
import { pictureFiles, referencePictures, withReferenceParts } from "./readme-parts";

async function main(): Promise<void> {
  const readme = join(projectFolder(), "README.md");
  writeWhole(readme, withReferenceParts(readFileSync(readme, "utf8")));
  const [files, pictures] = [pictureFiles(), await referencePictures()];
  for (const name of ["light", "dark", "panels"] as const) writeWhole(files[name], pictures[name]);
  process.stdout.write(`Written: ${[readme, ...Object.values(files)].join(", ")}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`readme: ${(error as Error).message}\n`);
  process.exitCode = 1;
});
