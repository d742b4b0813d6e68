/**
 * Applies points 1 to 4 of the rule in README.md to losses.csv and prints every budget, best first, with the range of
 * all sizes that were explored and the widest that passes: `node choose.mjs`, as a table of Markdown; with `--json`, as
 * one JSON document. It stands alone, so that the choice can be repeated whatever becomes of the library.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";

const LEAST_R_SQUARED = 0.998;
const LARGEST_RESIDUAL = 0.03;
const FEWEST_SIZES = 6;
const MOST_FLOPS = 131_568_058_368_000;

const SHAPES = { "kanji-1000": [256, 1000], "fashion-mnist": [196, 10] };
const STUDY_SIZES = 12;
const TRIALS_A_SIZE = 36;

/** Of one update, as the manifest counts them: matrix products forward and of both gradients; biases are weights of a constant. */
function updateFlops(dataset, batchSize, size) {
  const [inputs, classes] = SHAPES[dataset];
  const weights = 2 * (inputs + 1) * size + 3 * (2 * (size + 1) * size + (size + 1) * classes);
  return 2 * batchSize * weights;
}

/** Of the 432 trials on 12 sizes evenly spaced in ln h. */
function studyFlops({ dataset, batchSize, updates }, smallest, largest) {
  let flops = 0;
  for (let i = 0; i < STUDY_SIZES; i++) {
    const size = smallest * (largest / smallest) ** (i / (STUDY_SIZES - 1));
    flops += TRIALS_A_SIZE * updates * updateFlops(dataset, batchSize, size);
  }
  return flops;
}

/** The line of the losses in ln h: R², and the largest residual as a share of its fall. */
function straightness(range) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = range.map(({ size }) => Math.log(size));
  const y = range.map(({ loss }) => loss);
  const [middle, level] = [mean(x), mean(y)];
  const slope = mean(x.map((value, i) => (value - middle) * (y[i] - level))) / mean(x.map((v) => (v - middle) ** 2));
  const residuals = y.map((loss, i) => loss - level - slope * (x[i] - middle));
  const rSquared = 1 - mean(residuals.map((r) => r * r)) / mean(y.map((loss) => (loss - level) ** 2));
  const fall = -slope * (x.at(-1) - x[0]);
  return { rSquared, residual: fall > 0 ? Math.max(...residuals.map(Math.abs)) / fall : Number.POSITIVE_INFINITY };
}

/** The best case of each size of a budget, ascending. */
function bestCases(rows) {
  return groupBy(rows, ({ size }) => size).map(([size, tried]) => {
    const rates = tried.map(({ rate }) => rate);
    const best = tried.reduce((a, b) => (b.loss < a.loss ? b : a));
    const inside = best.rate > Math.min(...rates) && best.rate < Math.max(...rates);
    return { size, loss: best.loss, rate: best.rate, inside };
  });
}

/** Every range of at least six neighbouring sizes with what the rule asks of it. */
function rangesOf(budget, cases) {
  const ranges = [];
  for (let from = 0; from < cases.length; from++) {
    for (let to = from + FEWEST_SIZES; to <= cases.length; to++) {
      const range = cases.slice(from, to);
      const [smallest, largest] = [range[0].size, range.at(-1).size];
      const line = straightness(range);
      const flops = studyFlops(budget, smallest, largest);
      const straight = line.rSquared >= LEAST_R_SQUARED && line.residual <= LARGEST_RESIDUAL;
      const inside = range.every((best) => best.inside);
      const passes = straight && inside && flops <= MOST_FLOPS;
      ranges.push({ ...budget, smallest, largest, ratio: largest / smallest, ...line, flops, straight, inside, passes });
    }
  }
  return ranges;
}

/** The rows by a key, in the order of the first of each. */
function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return [...groups];
}

const better = (a, b) => b.ratio - a.ratio || a.residual - b.residual;

const rows = readFileSync(join(import.meta.dirname, "losses.csv"), "utf8")
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => line.split(","))
  .map(([dataset, batch, updates, size, rate, , loss]) => ({
    budget: JSON.stringify({ dataset, batchSize: Number(batch), updates: Number(updates) }),
    size: Number(size),
    rate: Number(rate),
    loss: Number(loss),
  }))
  .filter(({ loss }) => Number.isFinite(loss));

/** Every budget of enough sizes with the range of all of them and its widest range that passes, best first. */
const budgets = groupBy(rows, ({ budget }) => budget).flatMap(([key, ofBudget]) => {
  const budget = JSON.parse(key);
  const ranges = rangesOf(budget, bestCases(ofBudget)).sort((a, b) => b.ratio - a.ratio);
  const widest = ranges.filter(({ passes }) => passes).sort(better)[0];
  return ranges.length === 0 ? [] : [{ ...budget, whole: ranges[0], widest }];
});
budgets.sort((a, b) => (a.widest && b.widest ? better(a.widest, b.widest) : !a.widest - !b.widest));

const range = (line) => `${line.smallest} to ${line.largest}`;
const percent = (share) => (share < 1 ? `${(100 * share).toFixed(1)} %` : "over 100 %");
const columns = [
  ["data set", ({ dataset }) => dataset],
  ["batch", ({ batchSize }) => batchSize],
  ["updates", ({ updates }) => updates],
  ["explored", ({ whole }) => range(whole)],
  ["R²", ({ whole }) => whole.rSquared.toFixed(4)],
  ["residual", ({ whole }) => percent(whole.residual)],
  ["widest range", ({ widest }) => (widest ? range(widest) : "none")],
  ["ratio", ({ widest }) => widest?.ratio.toFixed(0) ?? ""],
  ["R²", ({ widest }) => widest?.rSquared.toFixed(4) ?? ""],
  ["residual", ({ widest }) => (widest ? percent(widest.residual) : "")],
  ["TFLOP", ({ widest }) => (widest ? (widest.flops / 1e12).toFixed(0) : "")],
];

if (process.argv.includes("--json")) {
  console.log(JSON.stringify(budgets, null, 2));
} else {
  const row = (cells) => console.log(`| ${cells.join(" | ")} |`);
  row(columns.map(([title]) => title));
  row(columns.map((_, i) => (i === 0 ? "---" : "---:")));
  for (const budget of budgets) row(columns.map(([, cell]) => cell(budget)));
}
