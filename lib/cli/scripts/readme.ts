/** `npm run readme`: makes the parts of the documents anew that show the reference run. What they are is `readme-parts.ts`. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../../notebook/project";
import { writeWhole } from "../../sweep/folder";
import { DOCUMENTS, pictureFiles, referencePictures, withParts } from "./readme-parts";

async function main(): Promise<void> {
  const written: string[] = [];
  for (const name of Object.keys(DOCUMENTS)) {
    const file = join(projectFolder(), name);
    writeWhole(file, withParts(name, readFileSync(file, "utf8")));
    written.push(file);
  }
  const [files, pictures] = [pictureFiles(), await referencePictures()];
  for (const name of ["light", "dark", "panels"] as const) {
    writeWhole(files[name], pictures[name]);
    written.push(files[name]);
  }
  process.stdout.write(`Written: ${written.join(", ")}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`readme: ${(error as Error).message}\n`);
  process.exitCode = 1;
});
