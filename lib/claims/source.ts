/**
 * Where losses come from that claims are judged on: a study's trials, or a grid of means that someone published. Also
 * why a source may not be the post's kind of study. Judging is `judge.ts`.
 */

import { formatList } from "../laws/wording";
import type { Study } from "../studies/study";
import { trialsOf } from "../studies/trials";
import type { TrialRecord } from "../sweep/record";
import { type Cell, summarizeCells } from "../tables/cells";
import { levelsOf } from "../tables/levels";
import { LEAST_STUDY } from "./thresholds";

/**
 * What keeps a statement from being judged. `too_much_noise`: the interval reaches across the threshold;
 * `depends_on_form`: it holds by one form of law and not by another, and the fitted sizes refute neither;
 * `nothing_missed`: there is no miss of which a share could be recovered; `no_effect_of_size`: the loss does not fall
 * with size, so that there is no law.
 */
export type Obstacle =
  | "too_few_trials"
  | "too_much_noise"
  | "diverged"
  | "factor_missing"
  | "another_factor"
  | "depends_on_form"
  | "nothing_missed"
  | "no_effect_of_size";

/** An obstacle and a sentence about it. */
export interface Hindrance {
  readonly obstacle: Obstacle;
  readonly sentence: string;
}

/** Losses to judge the claims on. */
export interface ClaimSource {
  /** How the source is called at the head of its column: `the post`, `this run`. */
  readonly name: string;
  readonly cells: readonly Cell[];
  /** How many of its trials are finished, in one sentence without its full stop. */
  readonly completeness: string;
  /** Why no statement about scaling can be judged; null where they can. */
  readonly hindrance: Hindrance | null;
}

/** The trials of a study, finished or not. Records that are not of this study are left out. */
export function trialSource(name: string, study: Study, records: readonly TrialRecord[]): ClaimSource {
  const declared = trialsOf(study);
  const ids = new Set(declared.map(({ id }) => id));
  const own = records.filter(({ id }) => ids.has(id));
  const found = new Set(own.map(({ id }) => id));
  const diverged = own.filter(({ status }) => status === "diverged").length;
  const cellOf = ({ seed: _, ...others }: Readonly<Record<string, unknown>>) => JSON.stringify(others);
  const run = new Set(declared.filter(({ id }) => found.has(id)).map(({ factors }) => cellOf(factors)));
  const emptyCells = new Set(declared.map(({ factors }) => cellOf(factors))).size - run.size;
  const missing = declared.length - found.size;
  const cells = summarizeCells(own);
  const unfinished: Hindrance = {
    obstacle: "too_few_trials",
    sentence: `${missing} of ${declared.length} trials ${missing === 1 ? "is" : "are"} missing, and ${emptyCells} cells of the grid have none; finish the run`,
  };
  const swept = Object.keys(declared[0]!.factors);
  return {
    name,
    cells,
    completeness: `${missing === 0 ? `${declared.length} trials, none is missing` : `${missing} of ${declared.length} trials ${missing === 1 ? "is" : "are"} missing`}${diverged === 0 ? "" : `; ${diverged} diverged`}`,
    hindrance:
      kindHindrance(swept, (factor) => new Set(declared.map(({ factors }) => factors[factor])).size) ??
      (emptyCells > 0 ? unfinished : sizeHindrance(cells)),
  };
}

/** A published grid of losses, one cell for each size and learning rate. */
export function gridSource(name: string, cells: readonly Cell[]): ClaimSource {
  const factors = [...new Set(cells.flatMap((cell) => Object.keys(cell.factors)))];
  return {
    name,
    cells,
    completeness: `one mean for each of ${cells.length} cells; its trials are not known`,
    hindrance: kindHindrance(factors, (factor) => levelsOf(cells, factor).length) ?? sizeHindrance(cells),
  };
}

/** Whether size and learning rate vary, and nothing else but the seed. */
function kindHindrance(swept: readonly string[], levels: (factor: string) => number): Hindrance | null {
  const varying = swept.filter((factor) => factor !== "seed" && levels(factor) > 1);
  const missing = ["hidden_size", "learning_rate"].filter((factor) => !varying.includes(factor));
  if (missing.length > 0) {
    const sweeps = varying.length === 0 ? "nothing but seeds" : formatList(varying);
    return {
      obstacle: "factor_missing",
      sentence: `the study does not sweep ${formatList(missing)}, it sweeps ${sweeps}`,
    };
  }
  const others = varying.filter((factor) => factor !== "hidden_size" && factor !== "learning_rate");
  return others.length === 0
    ? null
    : {
        obstacle: "another_factor",
        sentence: `${formatList(others)} ${others.length === 1 ? "varies" : "vary"} too, and the post speaks of one configuration; judge a study for each value`,
      };
}

function sizeHindrance(cells: readonly Cell[]): Hindrance | null {
  for (const [factor, words, least] of [
    ["hidden_size", "sizes", LEAST_STUDY.sizes],
    ["learning_rate", "learning rates", LEAST_STUDY.rates],
  ] as const) {
    const found = levelsOf(cells, factor).length;
    if (found < least) {
      return {
        obstacle: "too_few_trials",
        sentence: `the grid has ${found} ${words}, and at least ${least} are needed`,
      };
    }
  }
  return null;
}
