import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import pl from "nodejs-polars";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeTrials } from "../../lib/tables/files";
import { trialFrame } from "../../lib/tables/trial-frame";
import { completed, diverged, noisyStudy } from "./trials";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "offcurve-tables-"));
});
afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true });
});

describe("writeTrials", () => {
  test("writes both files and leaves no temporary one", () => {
    const paths = writeTrials(folder, noisyStudy());
    expect(paths).toEqual([join(folder, "trials.parquet"), join(folder, "trials.csv")]);
    expect(readdirSync(folder).sort()).toEqual(["trials.csv", "trials.parquet"]);
  });

  test("gives the same bytes for the same trials in another order", () => {
    const records = noisyStudy();
    const [parquet, csv] = writeTrials(folder, records) as [string, string];
    const before = [readFileSync(parquet), readFileSync(csv)];
    writeTrials(folder, [...records].reverse());
    expect([readFileSync(parquet), readFileSync(csv)]).toEqual(before);
  });

  test("writes parquet that reads back the same, of 432 trials and of none", () => {
    for (const records of [noisyStudy(), []]) {
      const [parquet] = writeTrials(folder, records) as [string];
      expect(pl.readParquet(parquet).toRecords()).toEqual(trialFrame(records).toRecords());
    }
  });

  test("writes CSV with a header and a row a trial", () => {
    writeTrials(folder, [
      diverged({ hidden_size: 8, seed: 0 }, 31),
      completed({ hidden_size: 8, seed: 1 }, 0.1),
    ]);
    expect(readFileSync(join(folder, "trials.csv"), "utf8").split("\n")).toEqual([
      "id,hidden_size,seed,status,loss,test_loss,test_accuracy,plateau,diverged_at,engine,seconds",
      '"{""hidden_size"":8,""seed"":0}",8,0,diverged,,,,,31,invented,0.5',
      '"{""hidden_size"":8,""seed"":1}",8,1,completed,0.1,0.35,0.9048374180359595,false,,invented,0.5',
      "",
    ]);
  });

  test("writes CSV from which every number and name reads back the same (property)", () => {
    const loss = fc.double({ min: Number.MIN_VALUE, max: 1e300, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(loss, { minLength: 1, maxLength: 5 }),
        fc.string({ minLength: 1, unit: "grapheme" }),
        (losses, name) => {
          const records = losses.map((value, seed) => completed({ name, seed, rate: value }, value));
          const frame = trialFrame([...records, diverged({ name, seed: losses.length, rate: 0.5 })]);
          const back = pl.readCSV(String(frame.writeCSV()), { schema: frame.schema as never });
          expect(back.toRecords()).toEqual(frame.toRecords());
        },
      ),
      { numRuns: 30 },
    );
  });

  test("names the file where the folder does not exist", () => {
    expect(() => writeTrials(join(folder, "nowhere"), [])).toThrow(/nowhere.trials\.parquet/);
  });
});
