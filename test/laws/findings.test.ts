// Findings and frames: sentences and tables that must be true, and whole, whatever a run gave.

import { describe, expect, test } from "vitest";
import { analyseGrid } from "../../lib/laws/analysis";
import { candidateLaws } from "../../lib/laws/candidates";
import { chooseForm } from "../../lib/laws/choice";
import { comparisonFrame } from "../../lib/laws/comparison";
import { confidenceIntervals } from "../../lib/laws/confidence";
import { testCorrection } from "../../lib/laws/corrected";
import { bestCaseCurve, departures } from "../../lib/laws/departures";
import { extrapolateForms } from "../../lib/laws/extrapolation";
import { costSentence, extrapolationFindings, lawFindings, tuningFindings } from "../../lib/laws/findings";
import { fitForms } from "../../lib/laws/fit-forms";
import { correctionFrame, departureFrame, departureMap, rateSupportFrame } from "../../lib/laws/grid-frames";
import { concludeGrid } from "../../lib/laws/headline";
import { judgeLargeRun } from "../../lib/laws/large-run";
import {
  extrapolationFrame,
  heldOutFrame,
  lawFrame,
  parameterFrame,
  residualFrame,
} from "../../lib/laws/law-frames";
import { rateBand } from "../../lib/laws/rate-band";
import { correctionFindings, departureFindings } from "../../lib/laws/rate-findings";
import { rateSupport } from "../../lib/laws/rate-support";
import { sizeRoles } from "../../lib/laws/roles";
import { sectionAtRate } from "../../lib/laws/sections";
import { referenceRecords } from "../../lib/notebook/reference";
import { DEFAULT_STUDY } from "../../lib/studies/presets";
import { summarizeCells } from "../../lib/tables/cells";
import { readLossTable } from "../../lib/tables/loss-table";
import { completed, diverged, noisyStudy, SIZES } from "../tables/trials";

const post = readLossTable("data/reference/metz-2022/grid.csv");
const records = noisyStudy();
const noisy = summarizeCells(records);
const grids = {
  post,
  noisy,
  "no seeds": summarizeCells(records.filter(({ factors }) => factors.seed === 0)),
};

describe.each(Object.entries(grids))("of a grid: %s", (_, cells) => {
  const sizes = cells.map(({ factors }) => factors.hidden_size as number);
  const { tuning, fitted, heldOut } = sizeRoles(sizes);
  const analysis = analyseGrid(cells);
  const support = rateSupport(cells, tuning, { replicates: 50 });
  const rate = analysis.tuning.status === "tuned" ? analysis.tuning.rate : 0;
  const points = sectionAtRate(cells, rate).points;
  const small = points.filter(({ size }) => fitted.includes(size));
  const fits = fitForms(small);
  const choice = chooseForm(small);
  const correction = testCorrection(cells, fitted, rate);
  const curve = bestCaseCurve(cells);
  const rows = departures(curve, cells);
  const said = [
    ...tuningFindings(analysis.tuning, support, analysis.bestRates),
    ...lawFindings(candidateLaws(small), Math.max(...sizes)),
    ...extrapolationFindings(extrapolateForms(points, fitted, heldOut)),
    ...correctionFindings(analysis.rateLaw, rateBand(cells, heldOut, { replicates: 20 }), correction, rate),
    ...departureFindings(curve, rows, rate),
  ];

  test("findings are whole sentences", () => {
    for (const sentence of said) {
      expect(sentence).toMatch(/^[A-Z\d].*\.$/s);
      expect(sentence).not.toMatch(/NaN|undefined|null|Infinity|\[object|: \.|, ,| {2}/);
    }
  });

  test("states add up to all cells", () => {
    const [, within, law, above, below, none = "0"] =
      /Of all \d+ cells (\d+) are on the curve .*, (\d+) depend .*, (\d+) are above and (\d+) below whatever the form(?:, and (\d+) diverged)?\.$/.exec(
        said.find((sentence) => /^Of all \d+ cells/.test(sentence))!,
      )!;
    const total = [within, law, above, below, none].reduce((sum, count) => sum + Number(count), 0);
    expect(total).toBe(cells.length);
    expect(Number(none)).toBe(cells.filter(({ mean }) => mean === null).length);
  });

  test("frames have a row for each of what they tell", () => {
    expect(lawFrame(fits).height).toBe(fits.length);
    expect(residualFrame(fits).columns).toHaveLength(2 + fits.length);
    expect(heldOutFrame(choice).height).toBe(choice.scores[0]!.predictions.length);
    const parameters = fits.reduce((sum, { law }) => sum + Object.keys(law.parameters).length, 0);
    const confidence = fits.map((fit) => confidenceIntervals(fit, { replicates: 20 }));
    expect(parameterFrame(fits, confidence).height).toBe(parameters);
    expect(rateSupportFrame(support).height).toBe(support.length);
    expect(departureFrame(rows).height).toBe(cells.length);
    expect(departureMap(rows).width).toBe(1 + analysis.rates.length);
    const { extrapolations } = analysis.fixedRate!;
    const told = extrapolationFrame(
      extrapolations.map((extrapolation) => ({ form: "logarithmic", extrapolation })),
    );
    expect(told.getColumn("size").toArray()).toEqual(heldOut);
    if (correction.status === "tested") expect(correctionFrame(correction.sizes).height).toBe(heldOut.length);
    expect(comparisonFrame([analysis, analyseGrid(post)], ["this", "that"]).columns).toEqual([
      "finding",
      "this",
      "that",
    ]);
  });

  test("residuals add up to the losses: fitted and residual", () => {
    const frame = residualFrame(fits);
    expect(frame.getColumn("loss").toArray()).toEqual(
      small.map(({ losses }) =>
        expect.closeTo(losses.reduce((sum, loss) => sum + loss, 0) / losses.length, 10),
      ),
    );
  });
});

describe("what went wrong is said", () => {
  const at = (learning_rate: number, seed = 0) => ({ hidden_size: 8, learning_rate, seed });

  test("a tuned rate on the edge is a bound", () => {
    const cells = summarizeCells([completed(at(0.1), 1), completed(at(0.2), 2)]);
    const { tuning, bestRates } = analyseGrid(cells, { fittedSizes: [8], tuningSizes: [8] });
    const said = tuningFindings(tuning, rateSupport(cells, [8], { replicates: 5 }), bestRates).join(" ");
    expect(said).toMatch(
      /^Rate 1e-1 or beyond, for it stands on the edge of the grid; with a single seed a cell/,
    );
  });

  test("no rate without divergence is no rate", () => {
    const cells = summarizeCells([diverged(at(0.1)), diverged(at(0.2))]);
    const { tuning, bestRates } = analyseGrid(cells, { fittedSizes: [8], tuningSizes: [8] });
    expect(tuningFindings(tuning, rateSupport(cells, [8], { replicates: 5 }), bestRates)).toEqual([
      "No learning rate could be tuned: none was run without divergence on size 8.",
    ]);
  });

  test("a cell that lost some trials, or is no better than guessing, carries a remark", () => {
    const cells = summarizeCells([
      ...records,
      ...[0, 1].map((seed) => completed({ hidden_size: 8, learning_rate: 0.5, seed }, 6.95)),
      diverged({ hidden_size: 8, learning_rate: 0.5, seed: 2 }),
    ]);
    const frame = departureFrame(departures(bestCaseCurve(cells), cells));
    expect(frame.getColumn("verdict").toArray()).toContain(
      "off the curve, worse than a tuned model, whatever the form of the law (1 of 3 trials diverged; 2 of 2 no better than guessing)",
    );
  });

  test("a largest size that diverges at the fixed rate is told without a number", () => {
    const cells = noisy.filter(
      ({ factors }) => factors.learning_rate !== 3e-3 || factors.hidden_size !== SIZES.at(-1),
    );
    const gone = summarizeCells(
      [0, 1].map((seed) => diverged({ hidden_size: 768, learning_rate: 3e-3, seed })),
    );
    const curve = bestCaseCurve(noisy);
    expect(departureFindings(curve, departures(curve, [...cells, ...gone]), 3e-3)[0]).toBe(
      "Size 768 at the rate tuned on small sizes, 3e-3, has no loss: all its trials diverged.",
    );
  });

  test("the cost of training is a sum over trials", () => {
    expect(costSentence(records)).toBe("432 trials took 4 min of training with invented.");
    expect(costSentence(records.slice(0, 3))).toBe("3 trials took 2 s of training with invented.");
  });
});

describe("what leaves a verdict open", () => {
  test("is named where it is a floor that the fitted sizes do not show", () => {
    const reference = summarizeCells(referenceRecords(DEFAULT_STUDY));
    const { fixedRate, bestCase } = concludeGrid(reference);
    const named = expect.stringContaining("a floor that the fitted sizes do not show");
    expect(extrapolationFindings(fixedRate!)).toContainEqual(named);
    expect(extrapolationFindings(bestCase)).not.toContainEqual(named);
  });

  test("is an interval that would hold a model which gains nothing, far beyond three noisy sizes", () => {
    const points = [
      { size: 4, losses: [2.3] },
      { size: 8, losses: [1.85] },
      { size: 16, losses: [1.42] },
      { size: 64, losses: [0.7] },
    ];
    const [answer] = extrapolationFindings(extrapolateForms(points, [4, 8, 16], [64]));
    expect(answer).toMatch(
      /cannot be told: the 95 % interval at size 64 is so wide that it holds a model no better than the fitted ones/,
    );
    expect(judgeLargeRun(points).headline).toContain("the interval is too wide");
  });
});
