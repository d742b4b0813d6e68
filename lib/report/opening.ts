/**
 * What a report opens with: its finding in one sentence, the chart that shows it, and on what it was found, how sure it
 * is and what could change it. The finding itself is worded in `laws`.
 */

import { headlineFigure } from "../charts/headline";
import type { ChartSpec } from "../charts/spec";
import type { JudgedSource } from "../claims/judge";
import { concludeGrid, type GridConclusion, studyHeadline } from "../laws/headline";
import { capitalised, formatList } from "../laws/wording";
import type { ConfigField } from "../studies/config";
import { type Study, valuesOf } from "../studies/study";
import type { TrialRecord } from "../sweep/record";
import { counted } from "../sweep/words";
import { summarizeCells } from "../tables/cells";
import { type CellGroup, groupCells } from "../tables/levels";
import { factorNames } from "../tables/trial-frame";
import type { ReportRow } from "./contents";

/** The first screen of a report, as plain text and a chart. */
export interface Opening {
  /** The finding in one sentence, without its full stop. */
  readonly finding: string;
  readonly facts: readonly ReportRow[];
  /** Undefined for a study of which no law of size can be drawn. */
  readonly chart: ChartSpec | undefined;
}

/** Names of factors in the singular; others are named by their field. */
const NOUNS: Readonly<Partial<Record<ConfigField, string>>> = {
  hidden_size: "hidden size",
  learning_rate: "learning rate",
  seed: "seed",
};

/** What the trials of a study show; `judged` are the claims on them. */
export function openingOf(study: Study, records: readonly TrialRecord[], judged: JudgedSource): Opening {
  const groups = lawGroups(records);
  const [first] = groups;
  const conclusion = groups.length === 1 ? concludeGrid(first!.cells) : undefined;
  return {
    finding: studyHeadline(records),
    facts: [
      { label: "On what", value: trainingSentences(study, records) },
      { label: "How sure", value: certainty(conclusion, judged) },
      { label: "What could change it", value: doubts(study, conclusion, judged) },
    ],
    chart: first === undefined ? undefined : lawChart(first, groups.length > 1),
  };
}

/** The grids of size and rate in a study, one for each combination of its other factors. */
function lawGroups(records: readonly TrialRecord[]): CellGroup[] {
  const swept = factorNames(records);
  if (!swept.includes("hidden_size") || !swept.includes("learning_rate")) return [];
  return groupCells(summarizeCells(records), ["hidden_size", "learning_rate"]);
}

/** The picture of the finding, which the page's heading words; of several grids the first, which its title then names. */
function lawChart({ shared, cells }: CellGroup, oneOfSeveral: boolean): ChartSpec {
  const { title: _title, ...chart } = headlineFigure(cells);
  const values = Object.entries(shared).map(([name, value]) => `${name} ${value}`);
  return oneOfSeveral ? { ...chart, title: { text: `Here with ${values.join(", ")}` } } : chart;
}

function trainingSentences(study: Study, records: readonly TrialRecord[]): string {
  const fields = Object.keys(study.factors) as ConfigField[];
  const grid = fields
    .map((name) => {
      const noun = NOUNS[name];
      const count = study.factors[name]!.length;
      return noun === undefined ? `${counted(count, "value")} of ${name}` : counted(count, noun);
    })
    .join(" × ");
  const updates = onlyValue(study, "updates");
  const length = updates === undefined ? "" : `, ${updates.toLocaleString("en")} updates each`;
  const diverged = records.filter(({ status }) => status === "diverged").length;
  const end = diverged === 0 ? "All of them ran to the end" : `${diverged} of them diverged`;
  return `${counted(records.length, "trial")} on the data set ${study.dataset.name}: ${grid}${length}. ${end}.`;
}

/** The largest size against the intervals of the laws, and how many claims could be judged. */
function certainty(conclusion: GridConclusion | undefined, { results }: JudgedSource): string {
  const rate = conclusion?.analysis.tuning;
  const largest = conclusion?.fixedRate?.sizes.at(-1);
  const held =
    largest === undefined || rate === undefined || rate.status === "unavailable"
      ? ""
      : `${capitalised(`at ${rate.sentence}, ${largest.sentence}`)}. `;
  const of = (verdict: (typeof results)[number]["verdict"]) =>
    results.filter((result) => result.verdict === verdict).length;
  return `${held}Of the ${results.length} claims of Luke Metz’s “On the Difficulty of Extrapolation with NN Scaling” (2022) ${of("reproduced")} are reproduced in this run, ${of("not_reproduced")} are not, and ${of("cannot_tell")} cannot be told.`;
}

/** What was held fixed, what stands on an edge, and what the seeds leave open: each with what would settle it. */
function doubts(study: Study, conclusion: GridConclusion | undefined, { results }: JudgedSource): string {
  const seeds = valuesOf(study, "seed").length;
  const noisy = results.filter(({ obstacle }) => obstacle === "too_much_noise").length;
  const ofForm = results.filter(({ obstacle }) => obstacle === "depends_on_form").length;
  const edges = (conclusion?.analysis.bestRates ?? [])
    .filter(({ edge }) => edge !== "none")
    .map(({ level }) => level);
  const everySize = edges.length === conclusion?.analysis.bestRates.length;
  const fixed = [
    "another data set",
    ...(onlyValue(study, "updates") === undefined ? [] : ["another number of updates"]),
    ...(onlyValue(study, "depth") === undefined ? [] : ["another kind of model"]),
  ];
  return [
    `${capitalised(formatList(fixed)).replace(" and another", " or another")}: ${fixed.length > 1 ? "none of them was" : "it was not"} varied here.`,
    noisy > 0
      ? `More seeds than ${seeds}: ${noisy === 1 ? "one claim is" : `${noisy} claims are`} lost in their noise.`
      : "",
    ofForm > 0
      ? `Larger models: ${ofForm === 1 ? "one verdict hangs" : `${ofForm} verdicts hang`} on the form of the law, which these sizes leave open.`
      : "",
    edges.length > 0
      ? `More learning rates: the best of ${everySize ? "every size" : `size${edges.length > 1 ? "s" : ""} ${formatList(edges as number[])}`} lies on the edge of the grid.`
      : "",
  ]
    .filter(Boolean)
    .join(" ");
}

function onlyValue(study: Study, field: ConfigField) {
  const [value, ...others] = valuesOf(study, field);
  return others.length > 0 ? undefined : value;
}
