// Studies with too little of everything: each conclusion is a whole sentence, and nothing is thrown.

import { describe, expect, test } from "vitest";
import { summarizeStudy } from "../../lib/cli/text/summary";
import { candidateLaws } from "../../lib/laws/candidates";
import { testCorrection } from "../../lib/laws/corrected";
import { bestCaseCurve, departures } from "../../lib/laws/departures";
import { extrapolationFindings, lawFindings, tuningFindings } from "../../lib/laws/findings";
import { fitForms } from "../../lib/laws/fit-forms";
import { concludeGrid, studyHeadline } from "../../lib/laws/headline";
import { judgeLargeRun } from "../../lib/laws/large-run";
import { candidateFrame, formsFrame, horizonFrame } from "../../lib/laws/law-frames";
import { correctionFindings, departureFindings } from "../../lib/laws/rate-findings";
import { rateSupport } from "../../lib/laws/rate-support";
import { sizeRoles } from "../../lib/laws/roles";
import type { TrialRecord } from "../../lib/sweep/record";
import { summarizeCells } from "../../lib/tables/cells";
import { diverged, noisyStudy, SIZES } from "../tables/trials";

const all = noisyStudy();
const ofSizes = (count: number) =>
  all.filter(({ factors }) => SIZES.slice(0, count).includes(factors.hidden_size as number));
const gone = (record: TrialRecord) => diverged(record.factors);
const LARGEST = SIZES.at(-1)!;

const STUDIES: Readonly<Record<string, readonly TrialRecord[]>> = {
  "one size": ofSizes(1),
  "two sizes": ofSizes(2),
  "three sizes": ofSizes(3),
  "four sizes": ofSizes(4),
  "five sizes": ofSizes(5),
  "one rate": all.filter(({ factors }) => factors.learning_rate === 3e-3),
  "one seed": all.filter(({ factors }) => factors.seed === 0),
  "one trial": all.slice(0, 1),
  "all diverged": all.map(gone),
  "the largest size diverged": all.map((record) =>
    record.factors.hidden_size === LARGEST ? gone(record) : record,
  ),
  "equal losses": all.map((record) => (record.status === "completed" ? { ...record, loss: 3 } : record)),
  "all of it": all,
};

describe.each(Object.entries(STUDIES))("%s", (name, records) => {
  const cells = summarizeCells(records);
  const { analysis, fixedRate, bestCase, headline } = concludeGrid(cells, { replicates: 50 });
  const { tuning, fitted } = sizeRoles(analysis.sizes);
  const rate = analysis.tuning.status === "unavailable" ? null : analysis.tuning.rate;
  const points = analysis.fixedRate?.points ?? [];
  const laws = candidateLaws(points.filter(({ size }) => fitted.includes(size)));
  const curve = bestCaseCurve(cells);
  const rows = departures(curve, cells, { replicates: 50 });
  const correction = testCorrection(cells, fitted, rate, { replicates: 50 });
  const large = judgeLargeRun(points, { replicates: 50 });

  test("is concluded from in whole sentences, the answer first", () => {
    const said = [
      tuningFindings(analysis.tuning, rateSupport(cells, tuning, { replicates: 5 }), analysis.bestRates),
      lawFindings(laws, 2 * Math.max(...analysis.sizes)),
      ...(fixedRate === null ? [] : [extrapolationFindings(fixedRate)]),
      extrapolationFindings(bestCase),
      correctionFindings(analysis.rateLaw, null, correction, rate),
      departureFindings(curve, rows, rate),
      large.sentences,
    ];
    for (const sentences of said) {
      expect(sentences.length).toBeGreaterThan(0);
      for (const sentence of sentences) {
        expect(sentence).toMatch(/^[A-Z0-9].*\.$/s);
        expect(sentence).not.toMatch(/NaN|undefined|null|Infinity|\[object|: \.|, ,| {2}|\.\.| of 0 /);
      }
    }
  });

  test("has a headline of one short sentence, which ends the summary of a run", () => {
    expect(headline).toMatch(/^[A-Z].*[^.]$/);
    expect(headline.split(" ").length).toBeLessThanOrEqual(30);
    expect(headline).not.toMatch(/NaN|undefined|null|Infinity/);
    expect(studyHeadline(records)).toBe(concludeGrid(cells).headline);
    expect(summarizeStudy(records)).not.toMatch(/NaN|undefined|null|Infinity/);
    expect(summarizeStudy(records).split("\n").at(-1)).toBe(`${studyHeadline(records)}.`);
  });

  test("has frames, be they empty", () => {
    expect(fitForms(points).length).toBe(
      candidateLaws(points).status === "unavailable" ? 0 : candidateFrame(candidateLaws(points)).height,
    );
    expect(formsFrame(bestCase).columns[0]).toBe("size");
    expect(
      horizonFrame(
        laws.status === "fitted"
          ? laws.choice
          : { status: "undecided", scores: [], horizons: [], sentence: "" },
      ).height,
    ).toBeGreaterThanOrEqual(0);
    expect(name).not.toBe("");
  });
});

describe("the headline", () => {
  const headline = (records: readonly TrialRecord[]) => studyHeadline(records);

  test.each([
    ["no trial", [], "No trial is finished yet"],
    [
      "no size",
      all.slice(0, 3).map((record) => ({ ...record, factors: { learning_rate: 1, seed: 0 } })),
      "No law of size: the study does not sweep hidden_size",
    ],
    ["one size", ofSizes(1), /^No law of size: too few sizes: 1/],
    [
      "all diverged",
      all.map(gone),
      /^No law: at no learning rate did all models of the tuning sizes train without diverging$/,
    ],
    ["equal losses", STUDIES["equal losses"]!, /^No law of size: over 8 sizes the loss does not fall/],
  ] as const)("of %s", (_, records, expected) => {
    expect(headline(records)).toMatch(expected);
  });

  test("of several configurations counts them", () => {
    const two = [32, 64].flatMap((batch_size) =>
      all.map((record) => ({ ...record, factors: { ...record.factors, batch_size } })),
    );
    expect(headline(two)).toMatch(
      /^Of 2 configurations, the largest model (misses|keeps|is better|cannot be judged) .*in 2$/,
    );
  });
});
