/**
 * Writes losses.csv from the results of the studies in studies/: `node collect.mjs RESULTS…`, each a results folder.
 *
 * A trial of U updates is recorded at 50 points of its training curve, each the mean loss since the point before. Under
 * a constant learning rate the first points are those of a trial of fewer updates, whose loss, the mean of its last 5 %,
 * is taken from the nearest whole number of points. Below 40 % of U one point is more than 5 % of the updates.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SHARES = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** The losses of one trial by number of updates, its own last. */
function lossesByUpdates({ curve, loss }, updates) {
  const shorter = SHARES.map((share) => {
    const points = Math.round(share * curve.length);
    const last = curve.slice(points - Math.max(1, Math.round(points / 20)), points);
    return [share * updates, last.reduce((sum, [, value]) => sum + value, 0) / last.length];
  });
  return [...shorter, [updates, loss]];
}

const cells = new Map();
for (const folder of process.argv.slice(2)) {
  const { dataset, base } = JSON.parse(readFileSync(join(folder, "study.json"), "utf8"));
  const lines = readFileSync(join(folder, "ledger.jsonl"), "utf8").trimEnd().split("\n");
  for (const record of lines.map((line) => JSON.parse(line))) {
    const { hidden_size, learning_rate } = record.factors;
    const losses =
      record.status === "completed" ? lossesByUpdates(record, base.updates) : [[base.updates, Number.NaN]];
    for (const [updates, loss] of losses) {
      const cell = [dataset.name, base.batch_size, Math.round(updates), hidden_size, learning_rate].join(",");
      cells.set(cell, [...(cells.get(cell) ?? []), loss]);
    }
  }
}
const rows = [...cells].map(([cell, losses]) => {
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  return `${cell},${losses.length},${mean.toFixed(4)}\n`;
});
const header = "dataset,batch_size,updates,hidden_size,learning_rate,seeds,loss\n";
const numbers = (row) => row.split(",").slice(1).map(Number);
rows.sort((a, b) => {
  const [x, y] = [numbers(a), numbers(b)];
  const at = x.findIndex((value, i) => value !== y[i]);
  return a.split(",")[0].localeCompare(b.split(",")[0]) || x[at] - y[at];
});
writeFileSync(join(import.meta.dirname, "losses.csv"), header + rows.join(""));
