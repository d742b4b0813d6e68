/**
 * Golden files of chart specifications: JSON with rounded numbers. To accept a change that is meant, run the tests
 * with UPDATE_GOLDEN=1, format with `npx biome check --write test/charts/golden`, and read the difference.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(__dirname, "golden");

/** The specification as it would be read from its golden file: numbers with four significant digits. */
export function roundedSpec(spec: unknown): unknown {
  return JSON.parse(
    JSON.stringify(spec, (_, value) => (typeof value === "number" ? Number(value.toPrecision(4)) : value)),
  );
}

/** The golden specification of a name; with UPDATE_GOLDEN=1 it is made from `spec` first. */
export function golden(name: string, spec: unknown): unknown {
  const file = join(FOLDER, `${name}.json`);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, JSON.stringify(roundedSpec(spec)));
  }
  if (!existsSync(file)) throw new Error(`${file} is missing; make it with UPDATE_GOLDEN=1`);
  return JSON.parse(readFileSync(file, "utf8"));
}
