import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { measureCommand } from "../../../lib/cli/commands/measure";
import { UsageError } from "../../../lib/cli/errors";
import { emptyFolder } from "../offcurve";
import { runCommand } from "./run-command";

const run = (...args: string[]) => runCommand(measureCommand, "measure", ...args);

const study = (factors: object, base: object = {}) => {
  const file = join(emptyFolder(), "study.json");
  const declared = {
    name: "mine",
    dataset: { name: "fashion-mnist" },
    base: { updates: 5, depth: 1, ...base },
  };
  writeFileSync(file, JSON.stringify({ ...declared, factors }));
  return file;
};

describe("offcurve measure", () => {
  it.each([
    [["--engines", "onnx"], /Expected names of engines: onnx-cpu/],
    [["--sizes", "8,0"], /Expected a whole number from 1 up/],
    [["--seconds", "0"], /Expected a number above 0/],
    [["--stack", "many"], /Expected a whole number/],
  ])("refuses %j", async (args, message) => {
    expect((await run(...args)).complaint).toMatch(message);
  });

  it("refuses to measure nothing, and studies that it cannot measure by size alone", async () => {
    expect((await run("--engines", "none")).error).toBeInstanceOf(UsageError);
    const batches = study({ hidden_size: [4], batch_size: [8, 16], learning_rate: [0.1] });
    const { error } = await run("--study", batches);
    expect(error).toBeInstanceOf(UsageError);
    expect(error!.message).toMatch(/^mine cannot be measured: its trials must share depth and batch size/);
  });

  it("measures the sizes of a study, and says what all of it would take", async () => {
    const file = study({ hidden_size: [4, 6], learning_rate: [0.1, 0.2] });
    const out = join(emptyFolder(), "table");
    const options = ["--engines", "onnx-cpu", "--threads", "1", "--seconds", "0.05", "--out", out];
    const { output, error } = await run("--study", file, ...options);
    expect(error).toBeUndefined();
    expect(output).toContain("196 inputs, 1 hidden layers, 10 classes, batch 128, Adam");
    expect(output.match(/^\| onnx-cpu \| \d+ \| 36 \| [\d,.]+ \(.*e-\d+ \|$/gm)).toHaveLength(2);
    expect(output).toMatch(/\| engine \| the study mine would take \|\n.*\n\| onnx-cpu \| 0 s \|\n$/);
    expect(readFileSync(`${out}.md`, "utf8")).toBe(output);
    const json = JSON.parse(readFileSync(`${out}.json`, "utf8"));
    expect(json).toMatchObject({ format: 1, study: "mine", problem: { inputs: 196, batch_size: 128 } });
    const [first, second] = json.rows;
    const seconds =
      10 / first.speed.trial_steps_per_second.median + 10 / second.speed.trial_steps_per_second.median;
    expect(json.hours).toEqual([{ name: "onnx-cpu", hours: expect.closeTo(seconds / 3600, 9) }]);
  }, 60_000);
});
